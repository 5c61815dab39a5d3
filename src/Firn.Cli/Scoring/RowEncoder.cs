using System.Buffers;
using System.Buffers.Text;
using Firn.Data;

namespace Firn.Cli.Scoring;

/// <summary>The form in which scored rows are written.</summary>
internal enum RowFormat
{
    /// <summary>Separated by commas, or by what separates the input.</summary>
    Csv,

    /// <summary>Separated by tabs.</summary>
    Tsv,

    /// <summary>One object a line.</summary>
    JsonLines,
}

/// <summary>Writes rows with what the model says of them. Safe for use by many threads.</summary>
internal abstract class RowEncoder(Additions additions)
{
    protected Additions Additions { get; } = additions;

    /// <summary>
    /// Whether the values of the columns are needed, because the output is laid out otherwise than the input.
    /// </summary>
    public abstract bool NeedsFields { get; }

    public abstract void WriteHeader(IBufferWriter<byte> output);

    /// <summary>Writes a row and its line feed.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="row">Which of them.</param>
    /// <param name="prediction">What the model says; null where the row has no text.</param>
    /// <param name="output">Where to.</param>
    public abstract void WriteRow(RowBatch batch, int row, Prediction? prediction, IBufferWriter<byte> output);

    public static RowEncoder Of(RowFormat format, TextTable table, Additions additions) =>
        format switch
        {
            RowFormat.JsonLines => new JsonRowEncoder(table, additions),
            RowFormat.Tsv => new DelimitedRowEncoder(table, additions, '\t'),
            // Semicolons and bars stay what they are; a tab is no comma.
            _ => new DelimitedRowEncoder(
                table,
                additions,
                table.Format == TextTableFormat.Delimited && table.Separator != '\t' ? table.Separator : ','
            ),
        };

    protected static void Number(IBufferWriter<byte> output, float value)
    {
        Span<byte> span = output.GetSpan(32);
        Utf8Formatter.TryFormat(value, span, out int written, new StandardFormat('F', 6));
        output.Advance(written);
    }

    protected static void Number(IBufferWriter<byte> output, int value)
    {
        Span<byte> span = output.GetSpan(16);
        Utf8Formatter.TryFormat(value, span, out int written);
        output.Advance(written);
    }

    protected static void Byte(IBufferWriter<byte> output, byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }
}
