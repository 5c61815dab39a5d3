namespace Firn.Data;

/// <summary>How a table of texts is laid out.</summary>
public enum TextTableFormat
{
    /// <summary>
    /// By the name's ending: .csv, .tsv and .tab are delimited, .jsonl and .ndjson JSON lines, others plain lines;
    /// where a text column is named, by the first character.
    /// </summary>
    Auto,

    /// <summary>Rows of fields between separators, with or without a header.</summary>
    Delimited,

    /// <summary>One JSON object a line.</summary>
    JsonLines,

    /// <summary>One text a line.</summary>
    Lines,
}

/// <summary>How to read a table of texts; the defaults find everything out.</summary>
public sealed record TextTableOptions
{
    /// <summary>The layout.</summary>
    public TextTableFormat Format { get; init; } = TextTableFormat.Auto;

    /// <summary>
    /// Name of the text's column or JSON property, or the column's number from 1; several with commas between are
    /// joined by a space. Null looks for a usual name.
    /// </summary>
    public string? TextColumn { get; init; }

    /// <summary>What separates fields; null finds it out. ASCII.</summary>
    public char? Separator { get; init; }

    /// <summary>Whether the first row names the columns; null finds it out.</summary>
    public bool? Header { get; init; }

    /// <summary>Whether double quotes enclose fields; as <see cref="CorpusOptions.Quoted"/>.</summary>
    public bool? Quoted { get; init; }

    /// <summary>How bytes become characters: any name that <see cref="TextEncodings"/> knows.</summary>
    public string Encoding { get; init; } = TextEncodings.Auto;
}
