namespace Firn.Data;

/// <summary>
/// fastText's lines: every token that begins with <c>__label__</c> is a label, wherever it stands; the rest is the
/// text.
/// </summary>
internal sealed class FastTextSource : CorpusSource
{
    private const string Prefix = "__label__";
    private const int SampleLines = 1000;

    private readonly CorpusFile _file;
    private readonly bool _single;

    public FastTextSource(CorpusFile file, CorpusOptions options)
    {
        _file = file;
        using var lines = new LineReader(file);
        int[] counts = [.. Counts(lines).Take(SampleLines)];
        HasSeveralLabels = options.SeveralLabels ?? counts.Any(count => count > 1);
        _single = !HasSeveralLabels;
    }

    public override CorpusFormat Format => CorpusFormat.FastText;

    public override string Description => "fastText, __label__ before the text";

    public override CorpusLayout Layout =>
        new(Description) { Remarks = HasSeveralLabels ? ["several __label__ in a line"] : [] };

    public override bool HasSeveralLabels { get; }

    /// <summary>Whether most lines have such a label, at their beginning or elsewhere.</summary>
    public static bool Fits(IReadOnlyCollection<string> lines) =>
        lines.Count > 0 && lines.Count(line => Labels(line).Count > 0) >= 0.9 * lines.Count;

    public override IEnumerable<LabeledText> Read(RowLog log)
    {
        var pool = new LabelPool();
        using var lines = new LineReader(_file);
        while (Next(lines, pool, log, out LabeledText row))
            yield return row;
    }

    private bool Next(LineReader lines, LabelPool pool, RowLog log, out LabeledText row)
    {
        while (lines.Read(out ReadOnlySpan<char> line))
        {
            if (line.IsWhiteSpace())
                continue;
            if (Problem(line, pool, out row) is not { } problem)
                return true;
            log.Bad(_file.Path, lines.Line, problem);
        }
        row = default;
        return false;
    }

    private string? Problem(ReadOnlySpan<char> line, LabelPool pool, out LabeledText row)
    {
        row = default;
        line = line.Trim("\uFEFF \t");
        List<Range> labels = Labels(line);
        if (labels.Count == 0 && _single)
            return "no word of the line begins with __label__";
        if (labels.Count > 1 && _single)
            return $"the line has {labels.Count} labels where one is expected";
        var names = new List<string>();
        foreach (Range label in labels)
            names.Add(line[label][Prefix.Length..].ToString());
        if (names.Any(name => name.Length == 0))
            return "no name follows __label__";
        string text =
            labels.Count == 1 && labels[0].Start.Value == 0
                ? line[labels[0].End.Value..].Trim().ToString()
                : TextOf(line, labels);
        row = new LabeledText(text, pool.Get(_single ? names[0] : SeveralLabels.Join(names)));
        return null;
    }

    private static string TextOf(ReadOnlySpan<char> line, List<Range> labels)
    {
        var text = new System.Text.StringBuilder();
        int from = 0;
        foreach (Range label in labels.Append(line.Length..line.Length))
        {
            ReadOnlySpan<char> part = line[from..label.Start.Value].Trim();
            text.Append(text.Length > 0 && !part.IsEmpty ? " " : "").Append(part);
            from = label.End.Value;
        }
        return text.ToString();
    }

    private static List<Range> Labels(ReadOnlySpan<char> line)
    {
        var labels = new List<Range>();
        for (int at = 0; at < line.Length; )
        {
            int found = line[at..].IndexOf(Prefix);
            if (found < 0)
                break;
            at += found;
            int length = line[at..].IndexOfAny(' ', '\t');
            int end = length < 0 ? line.Length : at + length;
            if (at == 0 || line[at - 1] is ' ' or '\t' or '\uFEFF')
                labels.Add(at..end);
            at = end;
        }
        return labels;
    }

    private static IEnumerable<int> Counts(LineReader lines)
    {
        while (NextCount(lines) is { } count)
            yield return count;
    }

    private static int? NextCount(LineReader lines)
    {
        while (lines.Read(out ReadOnlySpan<char> line))
        {
            if (!line.IsWhiteSpace())
                return Labels(line).Count;
        }
        return null;
    }
}
