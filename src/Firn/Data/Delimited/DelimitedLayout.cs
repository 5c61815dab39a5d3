using CsvHelper;

namespace Firn.Data;

/// <summary>How a delimited file separates and quotes its fields.</summary>
/// <param name="Separator">Between fields.</param>
/// <param name="Quoted">Whether fields may stand in quotes.</param>
internal readonly record struct Dialect(char Separator, bool Quoted)
{
    public char Quote { get; init; } = '"';

    /// <summary>Whether quotes inside a field are written <c>\"</c>.</summary>
    public bool Backslashes { get; init; }

    /// <summary>Whether white space stands between separators and quotes.</summary>
    public bool Trimmed { get; init; }

    public CsvReaderOptions ReaderOptions =>
        new()
        {
            Separator = Separator,
            HasHeader = false,
            DetectSeparatorHint = false,
            Mode = Quoted ? CsvMode.Rfc4180 : CsvMode.NoEscape,
            Quote = Quote,
            TrimWhitespace = Trimmed && Quoted,
            TrackLineNumbers = true,
            MaxRecordSize = 1 << 24,
        };

    /// <summary>The layout in words.</summary>
    public string Kind =>
        Separator switch
        {
            '\t' => "TSV",
            ',' => "CSV",
            _ => $"text separated by '{Separator}'",
        };

    /// <summary>What is unusual about the quotes, or null.</summary>
    public string? Remark =>
        !Quoted ? null
        : Backslashes ? "quotes inside fields are written \\\" and read as quotes"
        : Quote == '\'' ? "fields stand in single quotes, which are no part of the text"
        : null;
}

/// <summary>How a delimited file is built and which fields are read.</summary>
internal sealed record DelimitedLayout
{
    public required CorpusFormat Format { get; init; }

    public required Dialect Dialect { get; init; }

    /// <summary>Rows before the first row or the header that are no data: a remark, Excel's <c>sep=;</c>.</summary>
    public int Skipped { get; init; }

    public required bool HasHeader { get; init; }

    /// <summary>Fields of every row; fields beyond must be empty.</summary>
    public required int Fields { get; init; }

    /// <summary>Fields without the last columns that are always empty, which a row may lack.</summary>
    public required int Least { get; init; }

    public required int Label { get; init; }

    /// <summary>The columns of the text; several are joined by a space.</summary>
    public required int[] Text { get; init; }

    /// <summary>What the columns are called, for the description.</summary>
    public required string Columns { get; init; }

    /// <summary>Name of the text column, or its number where there is no header.</summary>
    public required string TextName { get; init; }

    public required string LabelName { get; init; }

    /// <summary>Whether labels such as 0 and 0.0 are one: all are numbers, and some are written both ways.</summary>
    public bool WholeNumbers { get; init; }

    /// <summary>
    /// Whether the label column was chosen by its name or content, so that it is refused where its values can be no
    /// classes.
    /// </summary>
    public bool LabelIsGuess { get; init; }

    /// <summary>What a reader should know of how the file is read.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    public string Kind => Format == CorpusFormat.Sentiment140 ? "Sentiment140" : Dialect.Kind;

    public string Description => $"{Kind}, {(HasHeader ? "" : "no header, ")}{Columns}";
}
