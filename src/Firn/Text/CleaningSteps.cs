using System.Text;
using System.Text.RegularExpressions;

namespace Firn.Text;

/// <summary>Runs an author's own cleaning; safe for many threads.</summary>
internal sealed class CleaningSteps
{
    private readonly Func<string, string>[] _steps;

    /// <summary>Makes the steps ready.</summary>
    /// <exception cref="ArgumentException">
    /// A step says nothing, two things, or has a pattern that cannot be matched in linear time.
    /// </exception>
    public CleaningSteps(IReadOnlyList<CleaningStep> steps) =>
        _steps = [.. steps.Select((step, i) => Make(step, i + 1))];

    /// <summary>The cleaned text.</summary>
    public string Clean(string text)
    {
        foreach (Func<string, string> step in _steps)
            text = step(text);
        return text;
    }

    private static Func<string, string> Make(CleaningStep step, int number)
    {
        int kinds =
            (step.LowerCase ? 1 : 0)
            + (step.Replace is null ? 0 : 1)
            + (step.DropWords is null ? 0 : 1)
            + (step.DropStopWords is null ? 0 : 1)
            + (step.Stem is null ? 0 : 1)
            + (step.Preset is null ? 0 : 1);
        if (kinds != 1 || (step.By is not null && step.Replace is null))
            throw new ArgumentException(
                $"Step {number} of the cleaning must do one thing: lower_case, replace (with by), drop_words, "
                    + $"drop_stop_words, stem or preset.",
                nameof(step)
            );
        if ((step.DropStopWords ?? step.Stem ?? "english") is not "english" and var language)
            throw new ArgumentException(
                $"Step {number} of the cleaning names the language '{language}'; only english is known. List the "
                    + $"words under drop_words.",
                nameof(step)
            );
        if (step.LowerCase)
            return PythonText.Lower;
        if (step.Replace is { } pattern)
            return Replacing(pattern, step.By ?? "", number);
        if (step.DropWords is { } words)
        {
            var dropped = words.ToHashSet(StringComparer.Ordinal);
            return text => OfWords(text, word => dropped.Contains(word) ? "" : word);
        }
        if (step.DropStopWords is not null)
            return text => OfWords(text, word => EnglishStopWords.Contains(word) ? "" : word);
        if (step.Stem is not null)
            return text => OfWords(text, Stemmed);
        var tokenizer = new Tokenizer(CleaningOptions.ForPreset(step.Preset!));
        return text => string.Join(' ', tokenizer.Tokenize(text));
    }

    private static Func<string, string> Replacing(string pattern, string by, int number)
    {
        try
        {
            var expression = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return text => expression.Replace(text, _ => by);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new ArgumentException(
                $"Step {number} of the cleaning has a pattern that cannot be used, '{pattern}': "
                    + $"{e.Message.ReplaceLineEndings(" ")}",
                nameof(pattern),
                e
            );
        }
    }

    private static string Stemmed(string word)
    {
        char[] chars = word.ToCharArray();
        return new string(chars, 0, SnowballEnglish.Stem(chars));
    }

    private static string OfWords(string text, Func<string, string> change)
    {
        var result = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            int start = i;
            while (i < text.Length && !UnicodeSpace.Is(text[i]))
                i++;
            string word = i > start ? change(text[start..i]) : "";
            if (word.Length > 0)
                result.Append(result.Length > 0 ? " " : "").Append(word);
        }
        return result.ToString();
    }
}
