using System.Collections;
using Firn.Files;

namespace Firn.Data;

/// <summary>
/// Reads labeled texts row by row, in bounded memory, from any layout of <see cref="CorpusFormat"/>, packed or not.
/// Each enumeration reads the files from the start; one at a time.
/// </summary>
public sealed class CorpusReader : IEnumerable<LabeledText>
{
    private const int ShownLabels = 100;
    private readonly CorpusFile _file;
    private readonly CorpusSource _source;
    private readonly RowErrorPolicy _policy;
    private RowLog _log;
    private RowLog? _whole;

    private CorpusReader(CorpusFile file, CorpusSource source, RowErrorPolicy policy)
    {
        _file = file;
        Path = file.Path;
        _source = source;
        _policy = policy;
        _log = new RowLog(policy);
    }

    /// <summary>The file or folder.</summary>
    public string Path { get; }

    /// <summary>The layout that was asked for or found; never <see cref="CorpusFormat.Auto"/>.</summary>
    public CorpusFormat Format => _source.Format;

    /// <summary>The layout in words: <c>CSV, columns target and text</c>.</summary>
    public string Description => _source.Description;

    /// <summary>The layout, part by part.</summary>
    public CorpusLayout Layout => _source.Layout;

    /// <summary>The encoding by which the bytes are read, a name that <see cref="TextEncodings"/> knows.</summary>
    /// <exception cref="CorpusException">The first bytes cannot be read.</exception>
    public string Encoding =>
        _source is FolderSource ? _file.AskedEncoding
        : _source.Format == CorpusFormat.Table ? "utf-8"
        : _file.Decoding.Name;

    /// <summary>
    /// Names of labels that the format or a file beside it tells: Sentiment140's 0, 2 and 4, TweetEval's
    /// <c>mapping.txt</c>, AG News' <c>classes.txt</c>; else empty.
    /// </summary>
    public IReadOnlyDictionary<string, string> LabelNames => _source.LabelNames;

    /// <summary>
    /// Whether a text may have any number of labels, as was asked for or found: they stand with a bar between then; a
    /// lone bar is none.
    /// </summary>
    public bool HasSeveralLabels => _source.HasSeveralLabels;

    /// <summary>Rows given out by the latest enumeration that reached the end, or so far where none has.</summary>
    public long RowsRead => Log.Read;

    /// <summary>Bad rows that it left out.</summary>
    public long RowsSkipped => Log.Skipped;

    /// <summary>The first hundred of the rows left out.</summary>
    public IReadOnlyList<RowError> Errors => Log.Errors;

    private RowLog Log => _whole ?? _log;

    /// <summary>Opens a file or folder and finds out its layout.</summary>
    /// <param name="path">A file, packed or not, or a folder of class folders.</param>
    /// <param name="options">What is known already; null finds everything out.</param>
    /// <exception cref="CorpusException">
    /// There is no such file, it is empty, its layout cannot be found out, or a named column is absent; rows throw it
    /// while they are read. The message names file, line, reason and remedy.
    /// </exception>
    public static CorpusReader Open(string path, CorpusOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new CorpusOptions();
        var file = new CorpusFile(path, TextEncodings.NameOf(options.Encoding));
        return new CorpusReader(file, FormatDetection.Open(file, options), options.OnError);
    }

    /// <summary>What the latest enumeration that reached the end came to, or the rows so far where none has.</summary>
    public CorpusSummary Summary() => Summary(Log);

    private CorpusSummary Summary(RowLog log) =>
        new()
        {
            Layout = Layout,
            Encoding = Encoding,
            InvalidBytes = log.InvalidBytes,
            Rows = log.Read,
            Skipped = log.Skipped,
            SkipReasons = log.Reasons,
            DistinctLabels = log.Labels.Count,
            Labels =
            [
                .. log
                    .Labels.OrderByDescending(l => l.Value)
                    .ThenBy(l => l.Key, StringComparer.Ordinal)
                    .Take(ShownLabels)
                    .Select(l => new LabelCount(l.Key, l.Value)),
            ],
            Remarks = [.. CorpusRemarks.Of(log)],
        };

    /// <summary>The characters of a file, packed or not, by the same rules.</summary>
    /// <param name="path">The file.</param>
    /// <param name="encoding">Any name that <see cref="TextEncodings"/> knows.</param>
    /// <exception cref="CorpusException">There is no such file, or it is no text.</exception>
    public static StreamReader OpenText(string path, string encoding = TextEncodings.Auto)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = new CorpusFile(path, encoding);
        file.RequireText();
        return file.OpenText();
    }

    /// <summary>
    /// The characters of bytes, such as those of standard input, by the same rules; what has arrived is not waited for.
    /// </summary>
    /// <param name="bytes">Read from where they stand.</param>
    /// <param name="encoding">Any name that <see cref="TextEncodings"/> knows.</param>
    public static StreamReader Decode(Stream bytes, string encoding = TextEncodings.Auto)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        var stream = HeadedStream.OfLines(bytes, lines: 0, out _);
        return EncodingDetection.Find(encoding, stream.Head, new InvalidBytes()).Read(stream);
    }

    /// <summary>Reads the rows from the start.</summary>
    /// <exception cref="CorpusException">A row is bad and the policy is to stop, or the file is damaged.</exception>
    public IEnumerator<LabeledText> GetEnumerator()
    {
        var current = new RowLog(_policy);
        _log = current;
        _file.Invalid.Count = 0;
        foreach (LabeledText row in _source.Read(current))
        {
            current.Good(row);
            yield return row;
        }
        current.InvalidBytes = _file.Invalid.Count;
        _whole = current;
        if (_source.LabelIsGuess)
            CorpusRemarks.RefuseNoClasses(_file.Path, _source.Layout, current);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
