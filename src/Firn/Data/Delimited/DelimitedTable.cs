using CsvHelper;
using Firn.Text;

namespace Firn.Data;

/// <summary>Rows of fields between separators.</summary>
internal sealed class DelimitedTable : TextTable
{
    private readonly DelimitedRows _rows;

    private DelimitedTable(TableInput input, Dialect dialect)
        : base(input)
    {
        _rows =
            dialect.Backslashes || !input.Decoding.IsUtf8
                ? new(input.File, dialect, input.OpenText())
                : new(input.File, dialect, input.Bytes);
        Separator = dialect.Separator;
        Quoted = dialect.Quoted;
        HasUsualQuotes = !dialect.Backslashes && !dialect.Trimmed && dialect.Quote == '"';
    }

    private CsvReader Csv => _rows.Csv;

    public override TextTableFormat Format => TextTableFormat.Delimited;

    public override long Line => Csv.LineNumber;

    public override ReadOnlySpan<byte> Raw => AsUtf8(Csv.RawRecord);

    public override string Text =>
        Problem is not null ? ""
        : TextColumns.Count == 1 ? Decode(Csv.GetSpan(TextColumns[0]))
        : string.Join(' ', TextColumns.Select(column => Decode(Csv.GetSpan(column))));

    public static DelimitedTable Open(TableInput input, TextTableOptions options)
    {
        string path = input.File.Path;
        if (input.Head.AsSpan().IsWhiteSpace())
            throw new CorpusException(path, 0, "the file is empty", "Name a file that holds texts.");
        (DelimitedSample sample, int skipped) = Sample(input, options);
        string[] first = sample.Rows[0];
        bool header =
            options.Header
            ?? NamesColumns(first, sample.Rows, options.TextColumn)
            ?? throw new CorpusException(
                path,
                1 + skipped,
                $"it is not clear whether the first row names the columns: {ColumnNames.List(first)}",
                "Say it with {HasHeader = true} or {HasHeader = false}."
            );
        string[] names = header ? first : [.. Enumerable.Range(1, first.Length).Select(n => $"{n}")];
        // A table of one column has but one that can be meant.
        string? wanted = options.TextColumn ?? (names.Length == 1 ? "1" : null);
        var table = new DelimitedTable(input, sample.Dialect)
        {
            HasHeader = header,
            Columns = names,
            TextColumns = ColumnNames.FindText(path, names, wanted),
        };
        table._rows.Skip(skipped);
        if (header && table._rows.Read())
            table.RawHeader = table.Raw.ToArray();
        return table;
    }

    public override bool Read()
    {
        Problem = null;
        if (!_rows.Read())
            return false;
        Row++;
        Problem =
            _rows.Problem
            ?? (
                HasAllFields()
                    ? null
                    : $"the row has {Counted.Of(Csv.FieldCount, "field")} where {Columns.Count} are expected"
            );
        return true;
    }

    // Spreadsheets leave separators at the ends of rows.
    private bool HasAllFields()
    {
        for (int i = Columns.Count; i < Csv.FieldCount; i++)
        {
            if (!Csv.IsEmpty(i))
                return false;
        }
        return Csv.FieldCount >= Columns.Count;
    }

    public override string[] Fields()
    {
        var fields = new string[Csv.FieldCount];
        for (int i = 0; i < fields.Length; i++)
            fields[i] = Decode(Csv.GetSpan(i));
        return fields;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _rows.Dispose();
    }

    /// <summary>
    /// Whether the first row is a header: it holds the name asked for, or it differs from the rows below; null where
    /// that is not clear.
    /// </summary>
    private static bool? NamesColumns(string[] first, IReadOnlyList<string[]> rows, string? wanted)
    {
        if (
            wanted is not null
            && first.Any(name => name.Trim().Equals(wanted.Trim(), StringComparison.OrdinalIgnoreCase))
        )
            return true;
        bool? found = HeaderDetection.Find(first, DelimitedDetection.Profiles(rows, 1));
        if (found is not null || wanted is null)
            return found;
        // A name that the first row lacks is no header's; a number says nothing of it, and such a row is most often a
        // text.
        return wanted.Split(',').Any(one => ColumnNames.ByNumber(one.Trim(), first.Length) < 0);
    }

    private static (DelimitedSample Sample, int Skipped) Sample(TableInput input, TextTableOptions options)
    {
        if (
            DialectDetection.Find(
                input.Head,
                input.IsWhole,
                new CorpusOptions { Separator = options.Separator, Quoted = options.Quoted }
            )
                is var (sample, skipped)
            && sample.Rows.Count > 0
        )
            return (sample, skipped);
        // Nothing separates fields: one column.
        char separator =
            options.Separator ?? (input.File.Path.Contains(".tsv", StringComparison.OrdinalIgnoreCase) ? '\t' : ',');
        return (
            DelimitedSample.Of(input.Head, input.IsWhole, new Dialect(separator, options.Quoted ?? separator != '\t')),
            0
        );
    }
}
