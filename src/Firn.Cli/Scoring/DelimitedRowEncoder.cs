using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using Firn.Data;
using Firn.Evaluation;

namespace Firn.Cli.Scoring;

/// <summary>
/// CSV and TSV. A row of a table that is laid out alike is copied byte for byte, so its quoting stays; other rows get
/// quotes where RFC 4180 wants them.
/// </summary>
internal sealed class DelimitedRowEncoder : RowEncoder
{
    private readonly byte _separator;
    private readonly bool _quoted;
    private readonly bool _header;
    private readonly IReadOnlyList<string> _columns;
    private readonly ReadOnlyMemory<byte> _rawHeader;
    private readonly FrozenDictionary<string, byte[]> _labels;

    public DelimitedRowEncoder(TextTable table, Additions additions, char separator)
        : base(additions)
    {
        _separator = (byte)separator;
        bool alike = table.Format == TextTableFormat.Delimited && table.Separator == separator && table.HasUsualQuotes;
        NeedsFields = !alike;
        _quoted = !alike || table.Quoted;
        _header = table.Format != TextTableFormat.Delimited || table.HasHeader;
        _columns = table.Columns;
        _rawHeader = alike ? table.RawHeader : default;
        _labels = additions.Labels.Distinct().ToFrozenDictionary(label => label, Cell);
    }

    public override bool NeedsFields { get; }

    public override void WriteHeader(IBufferWriter<byte> output)
    {
        if (!_header)
            return;
        if (!NeedsFields)
            output.Write(_rawHeader.Span);
        else
            Row(_columns, output);
        foreach (string name in Additions.Names)
        {
            Byte(output, _separator);
            output.Write(Cell(name));
        }
        Byte(output, (byte)'\n');
    }

    public override void WriteRow(RowBatch batch, int row, Prediction? prediction, IBufferWriter<byte> output)
    {
        if (NeedsFields)
            Row(batch.Fields(row), output);
        else
            output.Write(batch.Raw(row));
        // A row that is too short is filled up, so that what is added stands in its own columns.
        Pad(batch.MissingFields(row), output);
        if (prediction is { } known)
            Added(known, output);
        else
            Pad(Additions.Names.Count, output);
        Byte(output, (byte)'\n');
    }

    private void Added(in Prediction prediction, IBufferWriter<byte> output)
    {
        Label(prediction.Label, output);
        Probability(prediction.Score, output);
        foreach (int c in Likeliest.Of(prediction, Additions.Labels.Count, Additions.Top))
        {
            Label(Additions.Labels[c], output);
            Probability(LabelRule.ProbabilityOf(c, prediction.Probabilities), output);
        }
        for (int c = 0; Additions.All && c < Additions.Labels.Count; c++)
            Probability(LabelRule.ProbabilityOf(c, prediction.Probabilities), output);
        Byte(output, _separator);
        Number(output, prediction.KnownTokens);
    }

    private void Label(string label, IBufferWriter<byte> output)
    {
        Byte(output, _separator);
        output.Write(_labels.TryGetValue(label, out byte[]? cell) ? cell : Cell(label));
    }

    private void Probability(float value, IBufferWriter<byte> output)
    {
        Byte(output, _separator);
        Number(output, value);
    }

    private void Pad(int cells, IBufferWriter<byte> output)
    {
        for (int i = 0; i < cells; i++)
            Byte(output, _separator);
    }

    private void Row(IReadOnlyList<string> fields, IBufferWriter<byte> output)
    {
        for (int i = 0; i < fields.Count; i++)
        {
            if (i > 0)
                Byte(output, _separator);
            output.Write(Cell(fields[i]));
        }
    }

    private byte[] Cell(string value)
    {
        bool special =
            value.AsSpan().IndexOfAny("\"\r\n") >= 0 || value.Contains((char)_separator, StringComparison.Ordinal);
        if (!special)
            return Encoding.UTF8.GetBytes(value);
        // Where quotes are text like any other, a separator in a name cannot be told from a true one.
        return Encoding.UTF8.GetBytes(
            _quoted
                ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
                : value.Replace((char)_separator, ' ').ReplaceLineEndings(" ")
        );
    }
}
