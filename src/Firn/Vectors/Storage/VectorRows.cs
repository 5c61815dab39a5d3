using System.Runtime.InteropServices;

namespace Firn.Vectors.Storage;

/// <summary>The rows of a table, whatever their precision and wherever they lie.</summary>
internal abstract class VectorRows
{
    public abstract VectorPrecision Precision { get; }

    /// <summary>Rows that can be asked for.</summary>
    public abstract int Count { get; }

    /// <summary>Rows that are stored; fewer than <see cref="Count"/> where equal rows share one.</summary>
    public virtual int Stored => Count;

    /// <summary>Values a row.</summary>
    public abstract int Columns { get; }

    /// <summary>Bytes that the rows take.</summary>
    public abstract long Bytes { get; }

    /// <summary>Decodes a row.</summary>
    public abstract void CopyTo(int row, Span<float> destination);

    /// <summary>The row where it lies, if it lies there as float32.</summary>
    public virtual bool TryGetSpan(int row, out ReadOnlySpan<float> values)
    {
        values = default;
        return false;
    }

    /// <summary>All rows as one span, where they lie so as float32.</summary>
    public virtual bool TryGetWhole(out ReadOnlySpan<float> table)
    {
        table = default;
        return false;
    }

    /// <summary>The bytes of a row as stored, without its scale.</summary>
    public abstract ReadOnlySpan<byte> Raw(int row);

    /// <summary>What the stored numbers of a row are multiplied by; 1 where there is no scale.</summary>
    public virtual float ScaleOf(int row) => 1;

    /// <summary>A copy of some rows, in the order given, equally precise.</summary>
    public abstract VectorRows Gather(ReadOnlySpan<int> rows);
}

/// <summary>Rows that are stored one after the other, each its own.</summary>
internal abstract class VectorRows<T>(RowBlocks<T> rows) : VectorRows
    where T : unmanaged
{
    protected RowBlocks<T> Rows => rows;

    public override int Count => rows.Count;

    public override int Columns => rows.Columns;

    public override unsafe long Bytes => (long)rows.Count * rows.Columns * sizeof(T);

    public override ReadOnlySpan<byte> Raw(int row) => MemoryMarshal.AsBytes(rows[row]);
}

/// <summary>Float32 rows.</summary>
internal sealed class SingleRows(RowBlocks<float> rows) : VectorRows<float>(rows)
{
    public override VectorPrecision Precision => VectorPrecision.Float32;

    public override void CopyTo(int row, Span<float> destination) => Rows[row].CopyTo(destination);

    public override bool TryGetSpan(int row, out ReadOnlySpan<float> values)
    {
        values = Rows[row];
        return true;
    }

    public override bool TryGetWhole(out ReadOnlySpan<float> table)
    {
        table = Rows.Whole is { } whole ? whole.Span : default;
        return Rows.Whole is not null;
    }

    public override VectorRows Gather(ReadOnlySpan<int> rows) => new SingleRows(Rows.Gather(rows));

    public static SingleRows From(VectorRows source)
    {
        var builder = new RowBuilder<float>(source.Columns, source.Count);
        for (int i = 0; i < source.Count; i++)
            source.CopyTo(i, builder.Add());
        return new SingleRows(builder.Build());
    }
}
