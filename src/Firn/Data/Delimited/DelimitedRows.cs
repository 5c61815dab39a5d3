using CsvHelper;

namespace Firn.Data;

/// <summary>Rows of fields as a dialect reads them, one after another, with what is wrong with each.</summary>
internal sealed class DelimitedRows : IDisposable
{
    private const string UnclosedRemedy =
        "Close it (quotes inside a field are doubled), or read quotes as text with {Quoted = false}.";
    private readonly CorpusFile _file;
    private long _openSince;

    /// <summary>Reads UTF-8; bytes that are none stand in the fields as they are.</summary>
    public DelimitedRows(CorpusFile file, Dialect dialect, Stream bytes)
    {
        _file = file;
        Csv = CsvReader.Create(bytes, dialect.ReaderOptions with { OnMalformedRecord = Note }, leaveOpen: false);
    }

    /// <summary>Reads characters.</summary>
    public DelimitedRows(CorpusFile file, Dialect dialect, TextReader text)
    {
        _file = file;
        TextReader plain = dialect.Backslashes ? new BackslashQuotes(text) : text;
        Csv = CsvReader.Create(plain, dialect.ReaderOptions with { OnMalformedRecord = Note }, leaveOpen: false);
    }

    /// <summary>The row that was read last.</summary>
    public CsvReader Csv { get; }

    /// <summary>What is wrong with its quotes, or null.</summary>
    public string? Problem { get; private set; }

    /// <summary>Reads the next row.</summary>
    /// <exception cref="CorpusException">
    /// The rest cannot be read: a quote is never closed, the file is damaged.
    /// </exception>
    public bool Read()
    {
        Problem = null;
        _openSince = 0;
        bool read;
        try
        {
            read = Csv.Read();
        }
        catch (CsvFormatException error)
        {
            throw new CorpusException(
                _file.Path,
                error.LineNumber,
                "the row is longer than 16 MiB, so a quote is probably not closed",
                UnclosedRemedy,
                error
            );
        }
        catch (InvalidDataException error)
        {
            throw _file.Damaged(error);
        }
        // The rest of the file went into this field: leaving out one row would hide the loss of all others.
        if (_openSince > 0)
            throw new CorpusException(
                _file.Path,
                _openSince,
                "a quote that opens a field in this row is not closed before the end of the file",
                UnclosedRemedy
            );
        return read;
    }

    /// <summary>Passes over rows that are no data.</summary>
    public void Skip(int rows)
    {
        for (int i = 0; i < rows; i++)
            Read();
    }

    public void Dispose() => Csv.Dispose();

    private void Note(CsvMalformedRecord record)
    {
        if (record.Reason == CsvMalformedReason.UnterminatedQuote)
            _openSince = Math.Max(record.LineNumber, 1);
        else if (record.Reason == CsvMalformedReason.TextAfterClosingQuote)
            Problem = "text follows the closing quote of a field";
    }
}
