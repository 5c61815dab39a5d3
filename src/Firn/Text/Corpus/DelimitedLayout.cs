using CsvHelper;

namespace Firn.Text;

/// <summary>How a delimited file is built and which fields are read.</summary>
internal sealed record DelimitedLayout
{
    public required CorpusFormat Format { get; init; }

    public required char Separator { get; init; }

    public required bool Quoted { get; init; }

    public required bool HasHeader { get; init; }

    /// <summary>Fields of every row.</summary>
    public required int Fields { get; init; }

    public required int Label { get; init; }

    /// <summary>First field of the text and the one after its last; several are joined by a space.</summary>
    public required Range Text { get; init; }

    /// <summary>What the columns are called, for the description.</summary>
    public required string Columns { get; init; }

    public CsvReaderOptions ReaderOptions => OptionsFor(Separator, Quoted);

    public static CsvReaderOptions OptionsFor(char separator, bool quoted) => new()
    {
        Separator = separator,
        HasHeader = false,
        Mode = quoted ? CsvMode.Rfc4180 : CsvMode.NoEscape,
        TrackLineNumbers = true,
        MaxRecordSize = 1 << 24,
    };

    public string Description
    {
        get
        {
            string kind = Format == CorpusFormat.Sentiment140 ? "Sentiment140"
                : Separator switch { '\t' => "TSV", ',' => "CSV", _ => $"text separated by '{Separator}'" };
            return $"{kind}, {(HasHeader ? "" : "no header, ")}{Columns}";
        }
    }
}
