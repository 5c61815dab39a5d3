namespace Firn.Data;

/// <summary>Formats with one row a line: label first or last, fastText, JSON, plain lines.</summary>
internal sealed class LineSource(
    CorpusFile file,
    CorpusFormat format,
    string description,
    LineSource.Parser parser,
    bool skipBlank = true
) : CorpusSource
{
    /// <summary>Takes a line apart; returns what is wrong with it, or null.</summary>
    public delegate string? Parser(ReadOnlySpan<char> line, LabelPool labels, out LabeledText row);

    public override CorpusFormat Format => format;

    public override string Description => description;

    public static LineSource LabelFirst(CorpusFile file, char? separator)
    {
        string by = separator switch
        {
            '\t' => "a tab",
            ' ' => "a space",
            _ => "a tab or a space",
        };
        return new LineSource(file, CorpusFormat.LabelFirst, $"label, {by}, text", Parse);

        string? Parse(ReadOnlySpan<char> line, LabelPool labels, out LabeledText row)
        {
            int cut = separator is { } known ? line.IndexOf(known) : line.IndexOfAny('\t', ' ');
            row = default;
            if (cut < 0)
                return $"{by} between label and text is missing";
            if (line[..cut].IsWhiteSpace())
                return "the label is missing";
            row = new LabeledText(line[(cut + 1)..].ToString(), labels.Get(line[..cut].Trim()));
            return null;
        }
    }

    public static LineSource LabelLast(CorpusFile file) =>
        new(
            file,
            CorpusFormat.LabelLast,
            "text, a tab, label",
            (ReadOnlySpan<char> line, LabelPool labels, out LabeledText row) =>
            {
                int cut = line.LastIndexOf('\t');
                row = default;
                if (cut < 0)
                    return "a tab between text and label is missing";
                if (line[(cut + 1)..].Trim().IsEmpty)
                    return "the label is missing";
                row = new LabeledText(line[..cut].ToString(), labels.Get(line[(cut + 1)..].Trim()));
                return null;
            }
        );

    public static LineSource PlainLines(CorpusFile file) =>
        new(
            file,
            CorpusFormat.Lines,
            "one text a line, no labels",
            (ReadOnlySpan<char> line, LabelPool _, out LabeledText row) =>
            {
                row = new LabeledText(line.ToString(), "");
                return null;
            },
            skipBlank: false
        );

    public override IEnumerable<LabeledText> Read(RowLog log)
    {
        var labels = new LabelPool();
        using var reader = new LineReader(file);
        while (Next(reader, labels, log, out LabeledText row))
            yield return row;
    }

    private bool Next(LineReader reader, LabelPool labels, RowLog log, out LabeledText row)
    {
        while (reader.Read(out ReadOnlySpan<char> line))
        {
            if (skipBlank && line.IsWhiteSpace())
                continue;
            string? problem = parser(line, labels, out row);
            if (problem is null)
                return true;
            log.Bad(file.Path, reader.Line, problem);
        }
        row = default;
        return false;
    }
}
