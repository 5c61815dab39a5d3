namespace Firn.Data;

/// <summary>How a file of labeled texts is laid out.</summary>
public enum CorpusFormat
{
    /// <summary>Found out from the file's content and name.</summary>
    Auto,

    /// <summary>Comma-separated, without header: target, ids, date, flag, user, text.</summary>
    Sentiment140,

    /// <summary>
    /// Separated by comma, tab, semicolon or bar, with a header; or without one, the class first or last.
    /// </summary>
    Delimited,

    /// <summary>One JSON object a line.</summary>
    JsonLines,

    /// <summary>fastText: <c>__label__x</c> and the text.</summary>
    FastText,

    /// <summary>A folder with a folder for each class, in it a file for each text.</summary>
    Folders,

    /// <summary>A file for each class, told apart by extension: <c>x.pos</c> and <c>x.neg</c>.</summary>
    ClassFiles,

    /// <summary>One text a line in one file, its label on the same line of another (TweetEval).</summary>
    PairedFiles,

    /// <summary>The label, a tab or a space, the text.</summary>
    LabelFirst,

    /// <summary>The text, a tab, the label.</summary>
    LabelLast,

    /// <summary>One text a line and no label; never found by <see cref="Auto"/>.</summary>
    Lines,

    /// <summary>
    /// JSON objects over several lines, in an array, in an array under a key, or columns in one object.
    /// </summary>
    Json,

    /// <summary>Weka's ARFF.</summary>
    Arff,

    /// <summary>Sentences as trees in brackets (Stanford Sentiment Treebank).</summary>
    SentimentTrees,

    /// <summary>A table that is no text, Parquet or an Excel workbook; the library Firn.Formats reads them.</summary>
    Table,
}

/// <summary>What to do with a row that cannot be read.</summary>
public enum RowErrorPolicy
{
    /// <summary>Throw a <see cref="CorpusException"/>.</summary>
    Stop,

    /// <summary>Leave the row out, count it, and keep the first hundred for a report.</summary>
    Skip,
}

/// <summary>How to read a corpus; the defaults find everything out.</summary>
public sealed record CorpusOptions
{
    /// <summary>The layout.</summary>
    public CorpusFormat Format { get; init; } = CorpusFormat.Auto;

    /// <summary>
    /// Whether a text may have any number of labels: in lists, in columns of 0 and 1, several <c>__label__</c>, or in
    /// one cell with something between. Null finds it out. They are handed on with a bar between; a lone bar is none.
    /// </summary>
    public bool? SeveralLabels { get; init; }

    /// <summary>
    /// Name of the column or JSON property of the text, or the column's number from 1; several with commas between are
    /// joined by a space. Null looks for a usual name, and then at what the columns hold.
    /// </summary>
    public string? TextColumn { get; init; }

    /// <summary>
    /// Name of the column or JSON property of the label, or the column's number from 1; null looks for a usual name,
    /// and then at what the columns hold. A column that is named may hold whatever it likes; others are refused where
    /// their values can be no classes.
    /// </summary>
    public string? LabelColumn { get; init; }

    /// <summary>The character between the fields of a delimited file; null finds it.</summary>
    public char? Separator { get; init; }

    /// <summary>Whether the first row of a delimited file names its columns; null finds it.</summary>
    public bool? HasHeader { get; init; }

    /// <summary>
    /// The file of labels that belongs to a file of texts; null finds <c>X_labels.txt</c> beside <c>X_text.txt</c>.
    /// </summary>
    public string? LabelsPath { get; init; }

    /// <summary>What to do with a row that cannot be read.</summary>
    public RowErrorPolicy OnError { get; init; } = RowErrorPolicy.Stop;

    /// <summary>How bytes become characters: any name that <see cref="TextEncodings"/> knows.</summary>
    public string Encoding { get; init; } = TextEncodings.Auto;

    /// <summary>
    /// Whether double quotes enclose fields (RFC 4180). Null: yes, but in tab-separated files only where the first
    /// lines have whole fields in quotes.
    /// </summary>
    public bool? Quoted { get; init; }
}
