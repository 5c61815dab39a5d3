using System.Text;
using CsvHelper;
using Firn.Text;

namespace Firn.Data;

/// <summary>Rows of a delimited file.</summary>
internal sealed class DelimitedSource(
    CorpusFile file,
    DelimitedLayout layout,
    IReadOnlyDictionary<string, string>? labelNames
) : CorpusSource
{
    public override CorpusFormat Format => layout.Format;

    public override string Description => layout.Description;

    public override CorpusLayout Layout =>
        new(layout.Kind)
        {
            Separator = CorpusLayout.SeparatorName(layout.Dialect.Separator),
            HasHeader = layout.HasHeader,
            TextColumn = layout.TextName,
            LabelColumn = layout.LabelName,
            Remarks = layout.Remarks,
        };

    public override IReadOnlyDictionary<string, string> LabelNames => labelNames ?? NoNames;

    public override bool LabelIsGuess => layout.LabelIsGuess;

    public override IEnumerable<LabeledText> Read(RowLog log)
    {
        var labels = new LabelPool();
        using DelimitedRows rows =
            layout.Dialect.Backslashes || !file.IsUtf8
                ? new(file, layout.Dialect, file.OpenText())
                : new(file, layout.Dialect, file.Open());
        CsvReader csv = rows.Csv;
        rows.Skip(layout.Skipped + (layout.HasHeader ? 1 : 0));
        while (rows.Read())
        {
            if (IsBlank(csv))
            {
                log.Blank++;
                continue;
            }
            string? problem = rows.Problem ?? Problem(csv);
            string label = problem is null ? LabelOf(csv, labels) : "";
            if (problem is null && label.Length == 0)
                problem = "the label is empty";
            if (problem is null)
                yield return new LabeledText(TextOf(csv), label);
            else
                log.Bad(file.Path, csv.LineNumber, problem);
        }
    }

    // Spreadsheets end their tables with rows of separators alone.
    private static bool IsBlank(CsvReader csv)
    {
        for (int i = 0; i < csv.FieldCount; i++)
        {
            if (!csv.IsEmpty(i))
                return false;
        }
        return true;
    }

    private string? Problem(CsvReader csv)
    {
        int fields = csv.FieldCount;
        while (fields > layout.Fields && csv.IsEmpty(fields - 1))
            fields--;
        return fields > layout.Fields || fields < layout.Least
            ? $"the row has {Counted.Of(csv.FieldCount, "field")} where {layout.Fields} are expected"
            : null;
    }

    private string TextOf(CsvReader csv) =>
        layout.Text.Length == 1
            ? Decode(csv, layout.Text[0])
            : string.Join(' ', layout.Text.Select(i => Decode(csv, i)));

    // Bytes are handed over as they are, so what is not UTF-8 among them is decoded here, by the file's own rule.
    private string Decode(CsvReader csv, int field)
    {
        if (!file.IsUtf8 || layout.Dialect.Backslashes)
            return csv.GetString(field);
        long before = file.Invalid.Count;
        string text = file.Encoding.GetString(csv.GetSpan(field));
        // The decoder meets each byte twice: it counts the characters before it makes them.
        file.Invalid.Count = before + (file.Invalid.Count - before) / 2;
        return text;
    }

    private string LabelOf(CsvReader csv, LabelPool labels)
    {
        ReadOnlySpan<byte> bytes = csv.GetSpan(layout.Label);
        if (bytes.Length > 64 || !Ascii.IsValid(bytes))
            return labels.Get(Decode(csv, layout.Label).AsSpan().Trim());
        Span<char> chars = stackalloc char[64];
        ReadOnlySpan<char> label = chars[..Encoding.ASCII.GetChars(bytes, chars)].Trim();
        return labels.Get(layout.WholeNumbers && WholeNumbers.Of(label.ToString()) is { } whole ? whole : label);
    }
}
