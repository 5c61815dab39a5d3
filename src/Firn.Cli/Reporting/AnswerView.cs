using System.Globalization;
using System.Text.Json.Nodes;
using Firn.Cli.Output;
using Firn.Evaluation;

namespace Firn.Cli.Reporting;

/// <summary>How often a model abstains, and what its answers are worth.</summary>
internal static class AnswerView
{
    /// <summary>A line where the model left texts without a class, and one where it knew no word of some.</summary>
    public static void Print(Terminal terminal, LabelCounts answers)
    {
        if (answers.Abstained > 0)
            terminal.Out.WriteLine(InWords(answers));
        if (answers.WithoutKnownWord > 0)
            terminal.Out.WriteLine(UnknownTexts.InWords(answers.WithoutKnownWord, answers.Texts));
    }

    /// <summary>The share of texts that got a class, and how many of those are right.</summary>
    public static string InWords(LabelCounts answers) =>
        answers.Abstained == answers.Texts
            ? "abstained on every text; the figures above count each by its likelier class"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"abstained on {answers.Abstained:N0} of {Plural.Of(answers.Texts, "text")}; of the others "
                    + $"{answers.AnsweredAccuracy:0.00%} are right (the figures above count every text by its "
                    + $"likelier class)"
            );

    public static JsonObject AsJson(LabelCounts answers)
    {
        var labels = new JsonObject();
        foreach (var (label, count) in answers.Labels)
            labels[label] = count;
        return new JsonObject
        {
            ["labels"] = labels,
            ["abstained"] = answers.Abstained,
            ["answeredAccuracy"] = Json.Number(answers.AnsweredAccuracy),
            ["withoutKnownWord"] = answers.WithoutKnownWord,
        };
    }
}
