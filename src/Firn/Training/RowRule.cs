using System.Globalization;

namespace Firn.Training;

/// <summary>
/// Which rows of the table may move in a phase that trains it; the conditions hold together. The pad and the zero row
/// never move. Occurrences are counted in the training texts as the model sees them, those of words that share a row
/// together.
/// </summary>
public sealed record RowRule
{
    private const string Seen = "seen:",
        Top = "top:",
        Without = "without-vector";

    /// <summary>
    /// Every row with a vector that occurs in training; a row that does not occur has no gradient anyway.
    /// </summary>
    public static RowRule WithVector { get; } = new();

    /// <summary>A row moves when its words occur at least so often in the training texts; 1 or more.</summary>
    public int SeenAtLeast { get; init; } = 1;

    /// <summary>
    /// Only so many rows move, the most frequent ones; of equals those that stand first. Null: no limit.
    /// </summary>
    public int? TopByCount { get; init; }

    /// <summary>Rows that begin as zeros, because their word has no vector, move too.</summary>
    public bool WithoutVector { get; init; }

    /// <summary>The rule as <see cref="Parse"/> reads it: <c>all</c>, <c>seen:5+top:1000+without-vector</c>.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        if (SeenAtLeast > 1)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{Seen}{SeenAtLeast}"));
        if (TopByCount is { } most)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{Top}{most}"));
        if (WithoutVector)
            parts.Add(Without);
        return parts.Count == 0 ? "all" : string.Join('+', parts);
    }

    /// <summary>Reads <c>all</c>, or <c>seen:K</c>, <c>top:N</c>, <c>without-vector</c> joined by +.</summary>
    /// <exception cref="ArgumentException">The text is no rule.</exception>
    public static RowRule Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        RowRule rule = WithVector;
        if (text == "all")
            return rule;
        foreach (string part in text.Split('+'))
        {
            if (part == Without)
                rule = rule with { WithoutVector = true };
            else if (part.StartsWith(Seen, StringComparison.Ordinal))
                rule = rule with { SeenAtLeast = Count(part, Seen) };
            else if (part.StartsWith(Top, StringComparison.Ordinal))
                rule = rule with { TopByCount = Count(part, Top) };
            else
                throw new ArgumentException(
                    $"'{part}' is no rule for rows; write all, or seen:K, top:N and without-vector joined by +.",
                    nameof(text)
                );
        }
        return rule;
    }

    private static int Count(string part, string prefix) =>
        int.TryParse(part.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int count)
        && count >= 1
            ? count
            : throw new ArgumentException($"'{part}' needs a whole number of 1 or more: {prefix}5.");
}
