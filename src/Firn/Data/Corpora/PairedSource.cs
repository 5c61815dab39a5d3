namespace Firn.Data;

/// <summary>
/// Texts in one file and their labels, line by line, in another; names of labels in <c>mapping.txt</c> beside them.
/// </summary>
internal sealed class PairedSource : CorpusSource
{
    private readonly CorpusFile _texts;
    private readonly CorpusFile _labels;

    public PairedSource(CorpusFile texts, string labelsPath)
    {
        _texts = texts;
        _labels = texts.Sibling(labelsPath);
        LabelNames = ReadMapping(texts.Sibling(Path.Combine(Path.GetDirectoryName(texts.Path) ?? "", "mapping.txt")));
    }

    public override CorpusFormat Format => CorpusFormat.PairedFiles;

    public override string Description => $"one text a line, labels in {Path.GetFileName(_labels.Path)}";

    public override IReadOnlyDictionary<string, string> LabelNames { get; }

    /// <summary>
    /// The file of labels that belongs to <c>X_text.txt</c>: <c>X_labels.txt</c>; null for other names.
    /// </summary>
    public static string? LabelsFor(string textPath)
    {
        string name = Path.GetFileName(textPath);
        int at = name.LastIndexOf("_text", StringComparison.Ordinal);
        return at < 0
            ? null
            : Path.Combine(
                Path.GetDirectoryName(textPath) ?? "",
                string.Concat(name.AsSpan(0, at), "_labels", name.AsSpan(at + "_text".Length))
            );
    }

    public override IEnumerable<LabeledText> Read(RowLog log)
    {
        var pool = new LabelPool();
        using var textLines = new LineReader(_texts);
        using var labelLines = new LineReader(_labels);
        while (Next(textLines, labelLines, pool, log, out LabeledText row))
            yield return row;
    }

    private bool Next(LineReader textLines, LineReader labelLines, LabelPool pool, RowLog log, out LabeledText row)
    {
        row = default;
        while (true)
        {
            bool hasText = textLines.Read(out ReadOnlySpan<char> text),
                hasLabel = labelLines.Read(out ReadOnlySpan<char> label);
            if (hasText != hasLabel)
            {
                long rows = Math.Min(textLines.Line, labelLines.Line);
                (string shorter, string longer) = hasText ? (_labels.Path, _texts.Path) : (_texts.Path, _labels.Path);
                throw new CorpusException(
                    shorter,
                    rows,
                    $"the file ends here, and {longer} goes on",
                    "Each text needs its label on the line of the same number."
                );
            }
            if (!hasText)
                return false;
            if (!label.IsWhiteSpace())
            {
                row = new LabeledText(text.ToString(), pool.Get(label.Trim()));
                return true;
            }
            log.Bad(_labels.Path, labelLines.Line, "the label is missing");
        }
    }

    private static IReadOnlyDictionary<string, string> ReadMapping(CorpusFile file)
    {
        if (!File.Exists(file.Path))
            return NoNames;
        var names = new Dictionary<string, string>();
        using var lines = new LineReader(file);
        while (lines.Read(out ReadOnlySpan<char> line))
        {
            int tab = line.IndexOf('\t');
            if (tab > 0)
                names[line[..tab].Trim().ToString()] = line[(tab + 1)..].Trim().ToString();
        }
        return names;
    }
}
