using System.Globalization;
using Firn.Cli.Output;
using Firn.Data;
using Firn.Recipes;

namespace Firn.Cli.Reporting;

/// <summary>
/// What there is to know about the texts of a training before its figures are believed: copies, leaks, long texts that
/// were cut.
/// </summary>
internal static class DataNotes
{
    /// <summary>A sentence each; none where there is nothing to say.</summary>
    public static IReadOnlyList<string> Of(RecipeResult result)
    {
        var notes = new List<string>();
        DuplicateCounts copies = result.Duplicates;
        if (copies.Repeated > 0)
        {
            notes.Add(
                $"{Plural.Of(copies.Repeated, "text equals", "texts equal")} an earlier one after cleaning"
                    + (
                        copies.Conflicting > 0
                            ? $"; {Plural.Of(copies.Conflicting, "text equals", "texts equal")} one with another label"
                            : ""
                    )
            );
        }
        if (copies.TestInTraining > 0)
            notes.Add(Leak("test", copies.TestInTraining, result.TestTexts, "training", "the test"));
        if (copies.TestInValidation > 0)
            notes.Add(Leak("test", copies.TestInValidation, result.TestTexts, "validation", "the test"));
        if (copies.ValidationInTraining > 0)
            notes.Add(
                Leak("validation", copies.ValidationInTraining, result.ValidationTexts, "training", "the validation")
            );
        if (
            result.Options.CountValidation
            && result.ValidationTexts > 0
            && result.Options.Preset == RecipeOptions.Notebook.Preset
        )
            notes.Add(
                "vocabulary and word vectors are made of the validation texts too, as in the notebook, so the "
                    + "validation looks better than the test"
            );
        if (result.Cut.Texts > 0)
        {
            notes.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{result.Cut.Texts:N0} of {Plural.Of(result.Cut.OfTexts, "text")} "
                        + $"{Plural.Choose(result.Cut.Texts, "has", "have")} more than {result.Options.MaxTokens} "
                        + $"tokens, and of all tokens {100.0 * result.Cut.Tokens / result.Cut.OfTokens:0.##}% are "
                        + $"cut; {Stays(result.Options)} (--max-tokens, --truncate)"
                )
            );
        }
        return notes;
    }

    private static string Stays(RecipeOptions options) =>
        options.Truncation switch
        {
            Text.Truncation.Head => "the first stay",
            Text.Truncation.Middle => "those around the middle stay",
            Text.Truncation.Ends => "half of them stay at either end",
            _ => "the last stay",
        };

    private static string Leak(string part, int count, int of, string other, string figure) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{count:N0} of {Plural.Of(of, $"{part} text")} {Plural.Choose(count, "equals", "equal")} a {other} text "
                + $"after cleaning, so {figure} looks better than it is"
        );
}
