namespace Firn.Data;

/// <summary>A corpus whose format is known: reads its rows from the start as often as asked.</summary>
internal abstract class CorpusSource
{
    /// <summary>What the format knows about the names of labels when it knows nothing.</summary>
    protected static readonly IReadOnlyDictionary<string, string> NoNames = new Dictionary<string, string>();

    public abstract CorpusFormat Format { get; }

    /// <summary>The format for a reader of the report: "CSV, columns target and text".</summary>
    public abstract string Description { get; }

    /// <summary>The layout, part by part.</summary>
    public virtual CorpusLayout Layout => new(Description);

    /// <summary>
    /// Whether the labels were chosen by a name or by what a column holds, so that they are refused where they can be
    /// no classes.
    /// </summary>
    public virtual bool LabelIsGuess => false;

    /// <summary>Whether a text may have any number of labels, which stand with a bar between then.</summary>
    public virtual bool HasSeveralLabels => false;

    public virtual IReadOnlyDictionary<string, string> LabelNames => NoNames;

    public abstract IEnumerable<LabeledText> Read(RowLog log);
}
