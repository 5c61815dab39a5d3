using Firn.Kernels;

namespace Firn.Vectors.Storage;

/// <summary>Float16 rows.</summary>
internal sealed class HalfRows(RowBlocks<ushort> rows) : VectorRows<ushort>(rows)
{
    public override VectorPrecision Precision => VectorPrecision.Float16;

    public override void CopyTo(int row, Span<float> destination) => HalfFloats.Widen(Rows[row], destination);

    public override VectorRows Gather(ReadOnlySpan<int> rows) => new HalfRows(Rows.Gather(rows));

    public static HalfRows From(VectorRows source)
    {
        var builder = new RowBuilder<ushort>(source.Columns, source.Count);
        var row = new float[source.Columns];
        for (int i = 0; i < source.Count; i++)
        {
            source.CopyTo(i, row);
            HalfFloats.Narrow(row, builder.Add());
        }
        return new HalfRows(builder.Build());
    }
}

/// <summary>Rows of signed bytes, each with a scale.</summary>
internal sealed class ByteRows(RowBlocks<sbyte> rows, ReadOnlyMemory<float> scales) : VectorRows<sbyte>(rows)
{
    public override VectorPrecision Precision => VectorPrecision.Int8;

    public override long Bytes => base.Bytes + (long)Count * sizeof(float);

    public override void CopyTo(int row, Span<float> destination)
    {
        float scale = ScaleOf(row);
        ReadOnlySpan<sbyte> codes = Rows[row];
        for (int i = 0; i < codes.Length; i++)
            destination[i] = codes[i] * scale;
    }

    public override float ScaleOf(int row) => scales.Span[row];

    public override VectorRows Gather(ReadOnlySpan<int> rows)
    {
        var kept = new float[rows.Length];
        for (int i = 0; i < rows.Length; i++)
            kept[i] = ScaleOf(rows[i]);
        return new ByteRows(Rows.Gather(rows), kept);
    }

    public static ByteRows From(VectorRows source)
    {
        var builder = new RowBuilder<sbyte>(source.Columns, source.Count);
        var scales = new float[source.Count];
        var row = new float[source.Columns];
        for (int i = 0; i < source.Count; i++)
        {
            source.CopyTo(i, row);
            scales[i] = ByteCodes.Round(row, builder.Add());
        }
        return new ByteRows(builder.Build(), scales);
    }
}
