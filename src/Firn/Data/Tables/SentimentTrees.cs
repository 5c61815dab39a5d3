using System.Text;

namespace Firn.Data;

/// <summary>
/// Sentences as trees in brackets with a class at each node (Stanford Sentiment Treebank): <c>(3 (2 It) (4 works))</c>.
/// </summary>
internal static class SentimentTrees
{
    /// <summary>Whether lines are such trees.</summary>
    public static bool Fits(IReadOnlyCollection<string> lines) =>
        lines.Count > 0 && lines.All(line => Parse(line, out _, out _) is null);

    /// <summary>The class of the whole sentence and its words.</summary>
    public static LineSource Source(CorpusFile file) =>
        new(
            file,
            CorpusFormat.SentimentTrees,
            "sentiment trees, the class of the whole sentence and its words",
            (ReadOnlySpan<char> line, LabelPool labels, out LabeledText row) =>
            {
                string? problem = Parse(line, out string label, out string text);
                row = problem is null ? new LabeledText(text, labels.Get(label)) : default;
                return problem;
            }
        );

    private static string? Parse(ReadOnlySpan<char> line, out string label, out string text)
    {
        label = text = "";
        line = line.Trim("\uFEFF \t\r");
        const string no = "the line is no tree such as (3 (2 It) (4 works))";
        var words = new StringBuilder();
        int depth = 0;
        for (int at = 0; at < line.Length; )
        {
            if (line[at] == ' ')
            {
                at++;
                continue;
            }
            if (line[at] == ')')
            {
                depth--;
                at++;
                if (depth < 0 || (depth == 0 && at < line.Length))
                    return no;
                continue;
            }
            if (line[at] != '(' || (depth == 0 && at > 0))
                return no;
            int digits = at + 1;
            while (digits < line.Length && char.IsAsciiDigit(line[digits]))
                digits++;
            if (digits == at + 1 || digits >= line.Length || line[digits] != ' ')
                return no;
            if (depth++ == 0)
                label = line[(at + 1)..digits].ToString();
            at = digits + 1;
            int end = line[at..].IndexOfAny('(', ')');
            if (end < 0)
                return no;
            ReadOnlySpan<char> word = line.Slice(at, end).Trim();
            if (!word.IsEmpty)
                words.Append(words.Length > 0 ? " " : "").Append(Plain(word.ToString()));
            at += end;
        }
        text = words.ToString();
        return depth == 0 && label.Length > 0 && text.Length > 0 ? null : no;
    }

    // Brackets and slashes as the Penn Treebank writes them.
    private static string Plain(string word) =>
        word switch
        {
            "-LRB-" => "(",
            "-RRB-" => ")",
            _ => word.Replace("\\/", "/", StringComparison.Ordinal).Replace("\\*", "*", StringComparison.Ordinal),
        };
}
