using System.Globalization;
using Firn.Files;

namespace Firn.Text;

/// <summary>
/// Phrases as text: the line <c>firn-phrases-1</c>; for each pass a line <c>pass</c>, tab, the separator, tab, the
/// connectors between spaces; then a line a phrase: score, tab, count, tab, its words between spaces.
/// </summary>
internal static class PhraseFile
{
    private const string Mark = "firn-phrases-1",
        Pass = "pass";

    public static void Write(string path, IReadOnlyList<Phrases> passes)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(passes);
        var lines = new List<string> { Mark };
        foreach (Phrases phrases in passes)
        {
            lines.Add($"{Pass}\t{phrases.Separator}\t{Joined(phrases.Connectors)}");
            lines.AddRange(
                phrases.Items.Select(item =>
                    string.Create(CultureInfo.InvariantCulture, $"{item.Score:R}\t{item.Count}\t{Joined(item.Words)}")
                )
            );
        }
        OutputFile.WriteText(path, string.Join('\n', lines) + "\n");
    }

    public static IReadOnlyList<Phrases> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var passes = new List<(List<Phrase> Items, string[] Connectors, char Separator)>();
        int line = 0;
        using var reader = new StreamReader(InputFile.Open(path));
        while (reader.ReadLine() is { } text)
        {
            line++;
            string[] fields = text.Split('\t');
            if (line == 1 && text != Mark)
                throw Wrong(path, line, $"'{Mark}' is expected");
            else if (line == 1)
                continue;
            else if (fields is [Pass, { Length: 1 } separator, var connectors])
                passes.Add(([], Words(connectors), separator[0]));
            else if (
                passes.Count > 0
                && fields is [var score, var count, var words]
                && Words(words) is { Length: > 1 } parts
                && double.TryParse(score, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
                && long.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out long times)
            )
                passes[^1].Items.Add(new Phrase(parts, times, value));
            else
                throw Wrong(
                    path,
                    line,
                    passes.Count == 0
                        ? "a line that begins with 'pass' is expected"
                        : "a score, a count and two words or more, parted by tabs, are expected"
                );
        }
        return line > 0
            ? [.. passes.Select(pass => new Phrases(pass.Items, pass.Connectors, pass.Separator))]
            : throw Wrong(path, 1, $"'{Mark}' is expected, and the file is empty");
    }

    private static string Joined(IEnumerable<string> words)
    {
        string[] all = [.. words];
        string? bad = Array.Find(all, word => word.Length == 0 || word.Any(char.IsWhiteSpace));
        return bad is null
            ? string.Join(' ', all)
            : throw new ArgumentException(
                $"The word '{bad}' holds white space or nothing, which a file of phrases cannot tell from the space "
                    + $"between words."
            );
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static InvalidDataException Wrong(string path, int line, string expected) =>
        new(
            $"{path}: line {line}: {expected}. The file holds no phrases of Firn; make it with 'firn vectors train "
                + $"--phrases N --save-phrases FILE'"
        );
}
