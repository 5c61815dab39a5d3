using System.Globalization;

namespace Firn.Text;

/// <summary>Which column is the text and which the label, by the names that data sets use.</summary>
internal static class ColumnNames
{
    // In order of preference; compared without case, spaces, hyphens and underscores.
    private static readonly string[] Texts =
        ["text", "tweet", "sentimenttext", "tweettext", "reviewtext", "review", "sentence", "content", "message", "comment", "commenttext", "body", "document", "phrase", "description", "headline", "title", "summary"];

    private static readonly string[] Labels =
        ["label", "target", "sentiment", "class", "polarity", "category", "airlinesentiment", "sentimentlabel", "labels", "topic", "emotion", "intent", "y", "score", "rating", "stars"];

    /// <summary>Whether a row of names can be a header: it has a usual name for the text and one for the label.</summary>
    public static bool LookLikeHeader(IReadOnlyList<string> names) => Guess(names, Texts) >= 0 && Guess(names, Labels) >= 0;

    /// <summary>Whether one of the names is usual for a text or a label.</summary>
    public static bool HasUsualName(IReadOnlyList<string> names) => Guess(names, Texts) >= 0 || Guess(names, Labels) >= 0;

    /// <summary>The columns of text and label.</summary>
    /// <exception cref="CorpusException">A named column is absent, or none has a usual name.</exception>
    public static (int Text, int Label) Find(string path, IReadOnlyList<string> names, CorpusOptions options)
    {
        int text = options.TextColumn is { } t ? Named(path, names, t, "text") : Guess(names, Texts);
        int label = options.LabelColumn is { } l ? Named(path, names, l, "label") : Guess(names, Labels);
        if (text < 0)
            throw Unknown(path, names, "text", "TextColumn (--text-column)");
        if (label < 0)
            throw Unknown(path, names, "label", "LabelColumn (--label-column)");
        if (text == label)
            throw new CorpusException(path, 1, $"column {names[text]} cannot be both text and label", "Name two columns.");
        return (text, label);
    }

    /// <summary>The column of a number from 1, or -1 where the name is no number.</summary>
    public static int ByNumber(string? name, int columns) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= columns ? number - 1 : -1;

    private static int Named(string path, IReadOnlyList<string> names, string wanted, string role)
    {
        for (int pass = 0; pass < 2; pass++)
        {
            StringComparison comparison = pass == 0 ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
            for (int i = 0; i < names.Count; i++)
            {
                if (names[i].Trim().Equals(wanted, comparison))
                    return i;
            }
        }
        int number = ByNumber(wanted, names.Count);
        return number >= 0 ? number : throw new CorpusException(path, 1, $"there is no column '{wanted}' for the {role}", $"The columns are: {List(names)}.");
    }

    private static int Guess(IReadOnlyList<string> names, string[] usual)
    {
        foreach (string name in usual)
        {
            for (int i = 0; i < names.Count; i++)
            {
                if (Plain(names[i]).Equals(name, StringComparison.Ordinal))
                    return i;
            }
        }
        return -1;
    }

    private static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    private static CorpusException Unknown(string path, IReadOnlyList<string> names, string role, string option) =>
        new(path, 1, $"no column has a usual name for the {role}", $"Name one with {option}; the columns are: {List(names)}.");

    private static string List(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(20).Select(n => n.Length <= 40 ? n : n[..40] + "...")) + (names.Count > 20 ? ", ..." : "");
}
