using CsvHelper;

namespace Firn.Text;

/// <summary>Rows of fields between separators.</summary>
internal sealed class DelimitedTable : TextTable
{
    private const string UnclosedRemedy = "Close it (quotes inside a field are doubled), or read quotes as text with {Quoted = false}.";
    private readonly CsvReader _csv;
    private readonly string _path;
    private string? _malformed;
    private long _openSince;

    private DelimitedTable(TableInput input, Dialect dialect)
        : base(input)
    {
        _path = input.File.Path;
        CsvReaderOptions options = dialect.ReaderOptions with { OnMalformedRecord = Note };
        _csv = dialect.Backslashes ? CsvReader.Create(new BackslashQuotes(input.OpenText()), options, leaveOpen: false)
            : input.IsUtf8 ? CsvReader.Create(input.Bytes, options, leaveOpen: false)
            : CsvReader.Create(input.OpenText(), options, leaveOpen: false);
        Separator = dialect.Separator;
        Quoted = dialect.Quoted;
        HasUsualQuotes = !dialect.Backslashes && !dialect.Trimmed && dialect.Quote == '"';
    }

    public override TextTableFormat Format => TextTableFormat.Delimited;

    public override long Line => _csv.LineNumber;

    public override ReadOnlySpan<byte> Raw => AsUtf8(_csv.RawRecord);

    public override string Text => Problem is not null ? ""
        : TextColumns.Count == 1 ? Decode(_csv.GetSpan(TextColumns[0])) : string.Join(' ', TextColumns.Select(column => Decode(_csv.GetSpan(column))));

    public static DelimitedTable Open(TableInput input, TextTableOptions options)
    {
        string path = input.File.Path;
        if (input.Head.AsSpan().IsWhiteSpace())
            throw new CorpusException(path, 0, "the file is empty", "Name a file that holds texts.");
        (DelimitedSample sample, int skipped) = Sample(input, options);
        string[] first = sample.Rows[0];
        bool header = options.Header ?? NamesColumns(first, sample.Rows, options.TextColumn)
            ?? throw new CorpusException(path, 1 + skipped, $"it is not clear whether the first row names the columns: {ColumnNames.List(first)}",
                "Say it with {HasHeader = true} or {HasHeader = false}.");
        string[] names = header ? first : [.. Enumerable.Range(1, first.Length).Select(n => $"{n}")];
        // A table of one column has but one that can be meant.
        string? wanted = options.TextColumn ?? (names.Length == 1 ? "1" : null);
        var table = new DelimitedTable(input, sample.Dialect)
        {
            HasHeader = header,
            Columns = names,
            TextColumns = ColumnNames.FindText(path, names, wanted),
        };
        for (int i = 0; i < skipped; i++)
            table.Advance();
        if (header && table.Advance())
            table.RawHeader = table.Raw.ToArray();
        return table;
    }

    public override bool Read()
    {
        Problem = null;
        if (!Advance())
            return false;
        Row++;
        Problem = _malformed ?? (HasAllFields() ? null : $"the row has {Counted.Of(_csv.FieldCount, "field")} where {Columns.Count} are expected");
        return true;
    }

    // Spreadsheets leave separators at the ends of rows.
    private bool HasAllFields()
    {
        for (int i = Columns.Count; i < _csv.FieldCount; i++)
        {
            if (!_csv.IsEmpty(i))
                return false;
        }
        return _csv.FieldCount >= Columns.Count;
    }

    public override string[] Fields()
    {
        var fields = new string[_csv.FieldCount];
        for (int i = 0; i < fields.Length; i++)
            fields[i] = Decode(_csv.GetSpan(i));
        return fields;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _csv.Dispose();
    }

    private bool Advance()
    {
        _malformed = null;
        _openSince = 0;
        bool read;
        try
        {
            read = _csv.Read();
        }
        catch (CsvFormatException error)
        {
            throw new CorpusException(_path, error.LineNumber, "the row is longer than 16 MiB, so a quote is probably not closed", UnclosedRemedy, error);
        }
        catch (InvalidDataException error)
        {
            throw new CorpusException(_path, 0, "the gzip data is damaged or cut short", "Copy or download the file again.", error);
        }
        // The rest of the file went into this field.
        if (_openSince > 0)
            throw new CorpusException(_path, _openSince, "a quote that opens a field in this row is not closed before the end of the file", UnclosedRemedy);
        return read;
    }

    private void Note(CsvMalformedRecord record)
    {
        if (record.Reason == CsvMalformedReason.UnterminatedQuote)
            _openSince = Math.Max(record.LineNumber, 1);
        else if (record.Reason == CsvMalformedReason.TextAfterClosingQuote)
            _malformed = "text follows the closing quote of a field";
    }

    /// <summary>Whether the first row is a header: it holds the name asked for, or it differs from the rows below; null where that is not clear.</summary>
    private static bool? NamesColumns(string[] first, IReadOnlyList<string[]> rows, string? wanted)
    {
        if (wanted is not null && first.Any(name => name.Trim().Equals(wanted.Trim(), StringComparison.OrdinalIgnoreCase)))
            return true;
        bool? found = HeaderDetection.Find(first, DelimitedDetection.Profiles(rows, 1));
        if (found is not null || wanted is null)
            return found;
        // A name that the first row lacks is no header's; a number says nothing of it, and such a row is most often a text.
        return wanted.Split(',').Any(one => ColumnNames.ByNumber(one.Trim(), first.Length) < 0);
    }

    private static (DelimitedSample Sample, int Skipped) Sample(TableInput input, TextTableOptions options)
    {
        if (DialectDetection.Find(input.Head, input.IsWhole, new CorpusOptions { Separator = options.Separator, Quoted = options.Quoted }) is var (sample, skipped) && sample.Rows.Count > 0)
            return (sample, skipped);
        // Nothing separates fields: one column.
        char separator = options.Separator ?? (input.File.Path.Contains(".tsv", StringComparison.OrdinalIgnoreCase) ? '\t' : ',');
        return (DelimitedSample.Of(input.Head, input.IsWhole, new Dialect(separator, options.Quoted ?? separator != '\t')), 0);
    }
}
