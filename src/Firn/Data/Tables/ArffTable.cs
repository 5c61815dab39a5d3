using System.Text;

namespace Firn.Data;

/// <summary>
/// Weka's ARFF: named attributes, then rows of values with commas between, in single or double quotes where they need
/// them.
/// </summary>
internal sealed class ArffTable : CorpusTable
{
    private readonly CorpusFile _file;

    private ArffTable(CorpusFile file, IReadOnlyList<string> columns)
    {
        _file = file;
        Columns = columns;
    }

    public override CorpusFormat Format => CorpusFormat.Arff;

    public override string Kind => "ARFF";

    public override IReadOnlyList<string> Columns { get; }

    /// <summary>Whether the first characters are those of such a file: remarks behind %, then @relation.</summary>
    public static bool Fits(string head)
    {
        foreach (string line in head.Split('\n'))
        {
            string trimmed = line.Trim('\uFEFF', ' ', '\t', '\r');
            if (trimmed.Length > 0 && trimmed[0] != '%')
                return Begins(trimmed, "@relation");
        }
        return false;
    }

    public static ArffTable Open(CorpusFile file)
    {
        using var lines = new LineReader(file);
        var names = new List<string>();
        while (NextLine(lines) is { } line)
        {
            if (Begins(line, "@data"))
            {
                return names.Count >= 2
                    ? new ArffTable(file, names)
                    : throw new CorpusException(
                        file.Path,
                        lines.Line,
                        $"the file declares {names.Count} attributes before @data",
                        "A text and a label need one each."
                    );
            }
            if (!Begins(line, "@attribute"))
                continue;
            string rest = line["@attribute".Length..].TrimStart();
            int at = 0;
            names.Add(
                rest.Length > 0 && rest[0] is '\'' or '"'
                    ? Quoted(rest, ref at) ?? rest
                    : rest[..Math.Max(0, rest.IndexOfAny([' ', '\t']))]
            );
        }
        throw new CorpusException(
            file.Path,
            0,
            "the file has no line @data",
            "It is cut short; copy or download it again."
        );
    }

    public override IEnumerable<TableRow> Read(RowLog log, IReadOnlyList<int> columns)
    {
        using var lines = new LineReader(_file);
        bool data = false;
        while (NextLine(lines) is { } line)
        {
            if (!data)
            {
                data = Begins(line, "@data");
                continue;
            }
            List<TableCell>? cells = Values(line);
            if (cells?.Count == Columns.Count)
                yield return new TableRow(lines.Line, [.. columns.Select(column => cells[column])]);
            else
                log.Bad(
                    _file.Path,
                    lines.Line,
                    line[0] == '{' ? "the row is sparse, which is not read"
                        : cells is null ? "a quote is not closed"
                        : $"the row has {cells.Count} values where {Columns.Count} are expected"
                );
        }
    }

    private static bool Begins(string line, string word) => line.StartsWith(word, StringComparison.OrdinalIgnoreCase);

    private static string? NextLine(LineReader lines)
    {
        while (lines.Read(out ReadOnlySpan<char> line))
        {
            line = line.Trim("\uFEFF \t\r");
            if (!line.IsEmpty && line[0] != '%')
                return line.ToString();
        }
        return null;
    }

    /// <summary>The values of a row; null where a quote is not closed.</summary>
    private static List<TableCell>? Values(string line)
    {
        var cells = new List<TableCell>();
        int at = 0;
        while (true)
        {
            while (at < line.Length && line[at] is ' ' or '\t')
                at++;
            if (at < line.Length && line[at] is '\'' or '"')
            {
                if (Quoted(line, ref at) is not { } quoted)
                    return null;
                cells.Add(new TableCell(quoted));
            }
            else
            {
                int end = line.IndexOf(',', Math.Min(at, line.Length));
                string bare = (end < 0 ? line[at..] : line[at..end]).Trim();
                cells.Add(new TableCell(bare == "?" ? null : bare));
                at = end < 0 ? line.Length : end;
            }
            int comma = at >= line.Length ? -1 : line.IndexOf(',', at);
            if (comma < 0)
                return cells;
            at = comma + 1;
        }
    }

    /// <summary>The value in quotes that begins at a place, with Weka's escapes; null where it does not end.</summary>
    private static string? Quoted(string line, ref int at)
    {
        char quote = line[at];
        var value = new StringBuilder();
        for (int i = at + 1; i < line.Length; i++)
        {
            if (line[i] == quote)
            {
                at = i + 1;
                return value.ToString();
            }
            if (line[i] == '\\' && i + 1 < line.Length)
            {
                i++;
                value.Append(
                    line[i] switch
                    {
                        'n' => '\n',
                        't' => '\t',
                        'r' => '\r',
                        var other => other,
                    }
                );
                continue;
            }
            value.Append(line[i]);
        }
        return null;
    }
}
