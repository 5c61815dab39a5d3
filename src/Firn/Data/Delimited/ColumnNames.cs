using System.Globalization;

namespace Firn.Data;

/// <summary>The names that data sets give to the columns of text and label.</summary>
internal static class ColumnNames
{
    // In order of preference; compared without case, spaces, hyphens and underscores.
    private static readonly string[] Texts =
    [
        "text",
        "tweet",
        "sentimenttext",
        "tweettext",
        "reviewtext",
        "review",
        "reviews",
        "sentence",
        "content",
        "message",
        "comment",
        "commenttext",
        "body",
        "document",
        "questiontext",
        "verifiedreviews",
        "cleantext",
        "cleanedtext",
        "cleantweet",
        "cleancomment",
        "fulltext",
        "rawtext",
        "posttext",
        "statement",
        "utterance",
        "sms",
        "post",
        "posts",
        "originaltweet",
        "tweetcontent",
        "newstext",
        "reviewbody",
        "reviewcontent",
        "comments",
        "phrase",
        "description",
        "headline",
        "title",
        "shortdescription",
        "summary",
        "question",
        "query",
        "article",
        "news",
        "email",
    ];

    private static readonly string[] Labels =
    [
        "label",
        "target",
        "sentiment",
        "class",
        "polarity",
        "labels",
        "airlinesentiment",
        "sentimentlabel",
        "classindex",
        "classlabel",
        "classname",
        "labeltext",
        "labelname",
        "labelcoarse",
        "coarselabel",
        "spamham",
        "category",
        "topic",
        "emotion",
        "intent",
        "isspam",
        "y",
        "score",
        "rating",
        "stars",
        "overall",
        "feedback",
        "tag",
    ];

    // What these mean differs between data sets, so that two of them in one file decide nothing.
    private static readonly HashSet<string> Weak =
    [
        "category",
        "topic",
        "emotion",
        "intent",
        "y",
        "score",
        "rating",
        "stars",
        "overall",
        "feedback",
        "tag",
    ];

    /// <summary>
    /// Whether a row of names can be a header: it has a usual name for the text and one for the label.
    /// </summary>
    public static bool LookLikeHeader(IReadOnlyList<string> names) =>
        TextsIn(names).Count > 0 && LabelsIn(names).Count > 0;

    /// <summary>Whether a name among others is usual for a text or a label.</summary>
    public static bool IsUsual(string name, IReadOnlyList<string> all)
    {
        string plain = Plain(name);
        return Texts.Contains(plain) || Labels.Contains(plain) || IsNumbered(plain, all);
    }

    /// <summary>Columns with a usual name for a text, the likeliest first.</summary>
    public static IReadOnlyList<int> TextsIn(IReadOnlyList<string> names) =>
        [.. Ranked(names, Texts), .. Numbered(names, "v2")];

    /// <summary>Columns with a usual name for a label, the likeliest first.</summary>
    public static IReadOnlyList<int> LabelsIn(IReadOnlyList<string> names) =>
        [
            .. Ranked(names, Labels),
            .. Numbered(names, "v1"),
            .. Enumerable.Range(0, names.Count).Where(i => IsYesOrNo(names[i]) && !Labels.Contains(Plain(names[i]))),
        ];

    /// <summary>The columns of the text: those that an option names, or the first with a usual name.</summary>
    /// <exception cref="CorpusException">A named column is absent, or none has a usual name.</exception>
    public static int[] FindText(string path, IReadOnlyList<string> names, string? wanted)
    {
        if (wanted is not null)
            return AllNamed(path, names, wanted, "text");
        IReadOnlyList<int> usual = TextsIn(names);
        return usual.Count > 0
            ? [usual[0]]
            : throw new CorpusException(
                path,
                1,
                "no column has a usual name for the text",
                $"Name one with {{TextColumn}}; the columns are: {List(names)}."
            );
    }

    /// <summary>Whether a name means a label in some data sets and something else in others.</summary>
    public static bool IsWeak(string name) => Weak.Contains(Plain(name)) || IsYesOrNo(name);

    /// <summary>The column of a number from 1, or -1 where the name is no number.</summary>
    public static int ByNumber(string? name, int columns) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        && number >= 1
        && number <= columns
            ? number - 1
            : -1;

    /// <summary>The column that an option names, by its name or number.</summary>
    /// <exception cref="CorpusException">There is none.</exception>
    public static int Named(string path, IReadOnlyList<string> names, string wanted, string role)
    {
        foreach (
            StringComparison comparison in (ReadOnlySpan<StringComparison>)
                [StringComparison.Ordinal, StringComparison.OrdinalIgnoreCase]
        )
        {
            for (int i = 0; i < names.Count; i++)
            {
                if (names[i].Trim().Equals(wanted.Trim(), comparison))
                    return i;
            }
        }
        int number = ByNumber(wanted.Trim(), names.Count);
        return number >= 0
            ? number
            : throw new CorpusException(
                path,
                1,
                $"there is no column '{wanted}' for the {role}",
                $"The columns are: {List(names)}."
            );
    }

    /// <summary>
    /// The columns that an option names with commas between; a name that holds commas itself is taken first.
    /// </summary>
    public static int[] AllNamed(string path, IReadOnlyList<string> names, string wanted, string role) =>
        names.Any(name => name.Trim().Equals(wanted.Trim(), StringComparison.OrdinalIgnoreCase))
            ? [Named(path, names, wanted, role)]
            : [.. wanted.Split(',').Select(one => Named(path, names, one, role))];

    /// <summary>Names for a message.</summary>
    public static string List(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(20).Select(n => n.Length <= 40 ? n : n[..40] + "..."))
        + (names.Count > 20 ? ", ..." : "");

    private static IEnumerable<int> Ranked(IReadOnlyList<string> names, string[] usual)
    {
        string[] plain = [.. names.Select(Plain)];
        return usual.SelectMany(name => Enumerable.Range(0, plain.Length).Where(i => plain[i] == name));
    }

    // Kaggle's spam collection calls its columns v1 and v2.
    private static IEnumerable<int> Numbered(IReadOnlyList<string> names, string wanted) =>
        Enumerable.Range(0, names.Count).Where(i => Plain(names[i]) == wanted && IsNumbered(wanted, names));

    private static bool IsNumbered(string plain, IReadOnlyList<string> all) =>
        plain is "v1" or "v2" && all.Any(name => Plain(name) == "v1") && all.Any(name => Plain(name) == "v2");

    /// <summary>Whether a name asks a question that yes or no answers: <c>is_sarcastic</c>, <c>isToxic</c>.</summary>
    private static bool IsYesOrNo(string name)
    {
        string trimmed = name.Trim();
        return trimmed.Length > 3
            && trimmed.StartsWith("is", StringComparison.OrdinalIgnoreCase)
            && (trimmed[2] is '_' or ' ' || char.IsUpper(trimmed[2]) && char.IsLower(trimmed[1]));
    }

    private static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
