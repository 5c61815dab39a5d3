using CsvHelper;

namespace Firn.Data;

/// <summary>The first rows of a delimited file as one dialect reads them.</summary>
internal sealed class DelimitedSample
{
    private const int MaxRows = 1000;

    private DelimitedSample(Dialect dialect, List<string[]> rows, int malformed)
    {
        Dialect = dialect;
        Rows = rows;
        Malformed = malformed;
        IGrouping<int, string[]>? usual = rows.GroupBy(row => row.Length).MaxBy(group => group.Count());
        Fields = usual?.Key ?? 0;
        Consistency = rows.Count == 0 ? 0 : (double)usual!.Count() / rows.Count;
    }

    public Dialect Dialect { get; }

    public IReadOnlyList<string[]> Rows { get; }

    /// <summary>Rows whose quotes are wrong.</summary>
    public int Malformed { get; }

    /// <summary>The number of fields that most rows have.</summary>
    public int Fields { get; }

    /// <summary>The share of the rows that have it.</summary>
    public double Consistency { get; }

    /// <summary>Takes the head apart.</summary>
    /// <param name="head">The first characters of a file.</param>
    /// <param name="isWhole">Whether they are all; else the last row may be cut and is left out.</param>
    /// <param name="dialect">How to read them.</param>
    public static DelimitedSample Of(string head, bool isWhole, Dialect dialect)
    {
        int malformed = 0;
        bool open = false;
        CsvReaderOptions options = dialect.ReaderOptions with { OnMalformedRecord = Note };
        var rows = new List<string[]>();
        using CsvReader csv = CsvReader.FromText(dialect.Backslashes ? BackslashQuotes.Of(head) : head, options);
        while (rows.Count <= MaxRows && csv.Read())
            rows.Add(csv.Current.ToArray());
        if (!isWhole && rows.Count is > 1 and <= MaxRows)
            rows.RemoveAt(rows.Count - 1);
        // A quote that swallows a good part of the head is none.
        return new DelimitedSample(dialect, rows, malformed + (open ? 1 : 0));

        void Note(CsvMalformedRecord record)
        {
            if (record.Reason == CsvMalformedReason.TextAfterClosingQuote)
                malformed++;
            else if (record.Reason == CsvMalformedReason.UnterminatedQuote)
                open = isWhole || head.Length - record.ByteOffset > head.Length / 5;
        }
    }

    /// <summary>The rows behind the first ones that are no data.</summary>
    public DelimitedSample Without(int rows) => new(Dialect, [.. Rows.Skip(rows)], Malformed);
}
