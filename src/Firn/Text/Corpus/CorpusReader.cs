using System.Collections;

namespace Firn.Text;

/// <summary>
/// Reads labelled texts row by row, in bounded memory, from any layout of <see cref="CorpusFormat"/>, plain or gzip. Each
/// enumeration reads the files from the start; one at a time.
/// </summary>
public sealed class CorpusReader : IEnumerable<LabeledText>
{
    private readonly CorpusSource source;
    private readonly RowErrorPolicy policy;
    private RowLog log;

    private CorpusReader(string path, CorpusSource source, RowErrorPolicy policy)
    {
        Path = path;
        this.source = source;
        this.policy = policy;
        log = new RowLog(policy);
    }

    /// <summary>The file or folder.</summary>
    public string Path { get; }

    /// <summary>The layout that was asked for or found; never <see cref="CorpusFormat.Auto"/>.</summary>
    public CorpusFormat Format => source.Format;

    /// <summary>The layout in words: <c>CSV, columns target and text</c>.</summary>
    public string Description => source.Description;

    /// <summary>
    /// Names of labels that the format or a file beside it tells: Sentiment140's 0, 2 and 4, TweetEval's <c>mapping.txt</c>,
    /// AG News' <c>classes.txt</c>; else empty.
    /// </summary>
    public IReadOnlyDictionary<string, string> LabelNames => source.LabelNames;

    /// <summary>Rows given out by the latest enumeration.</summary>
    public long RowsRead => log.Read;

    /// <summary>Bad rows that the latest enumeration left out.</summary>
    public long RowsSkipped => log.Skipped;

    /// <summary>The first hundred of the rows left out.</summary>
    public IReadOnlyList<RowError> Errors => log.Errors;

    /// <summary>Opens a file or folder and finds out its layout.</summary>
    /// <param name="path">A file, plain or gzip, or a folder of class folders.</param>
    /// <param name="options">What is known already; null finds everything out.</param>
    /// <exception cref="CorpusException">
    /// There is no such file, it is empty, its layout cannot be found out, or a named column is absent; rows throw it while
    /// they are read. The message names file, line, reason and remedy.
    /// </exception>
    public static CorpusReader Open(string path, CorpusOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new CorpusOptions();
        return new CorpusReader(path, FormatDetection.Open(path, options), options.OnError);
    }

    /// <summary>Reads the rows from the start.</summary>
    /// <exception cref="CorpusException">A row is bad and the policy is to stop, or the file is damaged.</exception>
    public IEnumerator<LabeledText> GetEnumerator()
    {
        var current = new RowLog(policy);
        log = current;
        foreach (LabeledText row in source.Read(current))
        {
            current.Read++;
            yield return row;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
