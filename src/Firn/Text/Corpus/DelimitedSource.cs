using System.Text;
using CsvHelper;

namespace Firn.Text;

/// <summary>Rows of a delimited file.</summary>
internal sealed class DelimitedSource(CorpusFile file, DelimitedLayout layout, IReadOnlyDictionary<string, string>? labelNames) : CorpusSource
{
    public override CorpusFormat Format => layout.Format;

    public override string Description => layout.Description;

    public override IReadOnlyDictionary<string, string> LabelNames => labelNames ?? NoNames;

    public override IEnumerable<LabeledText> Read(RowLog log)
    {
        var labels = new LabelPool();
        var broken = new Broken();
        CsvReaderOptions options = layout.ReaderOptions with { OnMalformedRecord = broken.Note };
        using CsvReader csv = file.IsUtf8 ? CsvReader.Create(file.Open(), options, leaveOpen: false) : CsvReader.Create(file.OpenText(), options, leaveOpen: false);
        if (layout.HasHeader)
            Advance(csv, broken);
        while (Advance(csv, broken))
        {
            string? problem = broken.Problem ?? Problem(csv);
            if (problem is null)
                yield return new LabeledText(TextOf(csv), LabelOf(csv, labels));
            else
                log.Bad(file.Path, csv.LineNumber, problem);
        }
    }

    private bool Advance(CsvReader csv, Broken broken)
    {
        broken.Problem = null;
        broken.OpenSince = 0;
        bool read;
        try
        {
            read = csv.Read();
        }
        catch (CsvFormatException error)
        {
            throw new CorpusException(file.Path, error.LineNumber, "the row is longer than 16 MiB, so a quote is probably not closed", UnclosedRemedy, error);
        }
        catch (InvalidDataException error)
        {
            throw file.Damaged(error);
        }
        // The rest of the file went into this field: leaving out one row would hide the loss of all others.
        if (broken.OpenSince > 0)
            throw new CorpusException(file.Path, broken.OpenSince, "a quote that opens a field in this row is not closed before the end of the file", UnclosedRemedy);
        return read;
    }

    private const string UnclosedRemedy = "Close it (quotes inside a field are doubled), or read quotes as text with Quoted = false (--no-quotes).";

    private string? Problem(CsvReader csv) =>
        csv.FieldCount != layout.Fields ? $"the row has {csv.FieldCount} fields where {layout.Fields} are expected"
        : csv.IsEmpty(layout.Label) ? "the label is empty"
        : null;

    private string TextOf(CsvReader csv)
    {
        (int first, int count) = layout.Text.GetOffsetAndLength(layout.Fields);
        return count == 1 ? Decode(csv, first) : string.Join(' ', Enumerable.Range(first, count).Select(i => Decode(csv, i)));
    }

    // Bytes are handed over as they are, so what is not UTF-8 among them is decoded here, by the file's own rule.
    private string Decode(CsvReader csv, int field) => file.IsUtf8 ? file.Encoding.GetString(csv.GetSpan(field)) : csv.GetString(field);

    private string LabelOf(CsvReader csv, LabelPool labels)
    {
        ReadOnlySpan<byte> bytes = csv.GetSpan(layout.Label);
        if (bytes.Length > 64 || !Ascii.IsValid(bytes))
            return labels.Get(Decode(csv, layout.Label));
        Span<char> chars = stackalloc char[64];
        return labels.Get(chars[..Encoding.ASCII.GetChars(bytes, chars)]);
    }

    /// <summary>What the parser says of the row that it reads.</summary>
    private sealed class Broken
    {
        public string? Problem { get; set; }

        public long OpenSince { get; set; }

        public void Note(CsvMalformedRecord record)
        {
            if (record.Reason == CsvMalformedReason.UnterminatedQuote)
                OpenSince = Math.Max(record.LineNumber, 1);
            else if (record.Reason == CsvMalformedReason.TextAfterClosingQuote)
                Problem = "text follows the closing quote of a field";
        }
    }
}
