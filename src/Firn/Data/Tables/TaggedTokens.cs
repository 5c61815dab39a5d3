namespace Firn.Data;

/// <summary>Files of tokens, one a line with its tags (CoNLL), which hold no labels of texts.</summary>
internal static class TaggedTokens
{
    /// <summary>
    /// Whether most lines are a token and tags of which the last is O, B-X or I-X, or ten columns as in Universal
    /// Dependencies.
    /// </summary>
    public static bool Fits(IReadOnlyCollection<string> lines)
    {
        string[] filled = [.. lines.Where(line => !string.IsNullOrWhiteSpace(line) && !line.StartsWith('#'))];
        if (filled.Length < 3)
            return false;
        return filled.Count(line => line.StartsWith("-DOCSTART-", StringComparison.Ordinal) || HasTag(line))
                >= 0.9 * filled.Length
            || filled.All(line =>
                line.Split('\t') is { Length: 10 } columns
                && columns[0].All(c => char.IsAsciiDigit(c) || c is '-' or '.')
            );
    }

    /// <summary>The refusal.</summary>
    public static CorpusException Refusal(string path) =>
        new(
            path,
            1,
            "the file holds tokens with a tag each (CoNLL), not texts with a label",
            "Write each text on a line with its label, for instance as CSV with the columns text and label."
        );

    private static bool HasTag(string line)
    {
        string[] columns = line.TrimEnd('\r').Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return columns.Length is >= 2 and <= 6
            && (
                columns[^1] == "O"
                || (
                    columns[^1].Length > 2
                    && columns[^1][0] is 'B' or 'I' or 'E' or 'S' or 'L' or 'U'
                    && columns[^1][1] == '-'
                )
            );
    }
}
