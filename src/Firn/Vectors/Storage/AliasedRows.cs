namespace Firn.Vectors.Storage;

/// <summary>
/// Rows of which several may be one in the store: words without a vector of their own, or with equal ones.
/// </summary>
/// <param name="stored">The distinct rows.</param>
/// <param name="rowOf">The stored row of each row; checked when asked for, since it may lie in a mapped file.</param>
/// <param name="path">Where they come from, for messages.</param>
internal sealed class AliasedRows(VectorRows stored, ReadOnlyMemory<int> rowOf, string path) : VectorRows
{
    public override VectorPrecision Precision => stored.Precision;

    public override int Count => rowOf.Length;

    public override int Stored => stored.Count;

    public override int Columns => stored.Columns;

    public override long Bytes => stored.Bytes + (long)Count * sizeof(int);

    public override void CopyTo(int row, Span<float> destination) => stored.CopyTo(Of(row), destination);

    public override bool TryGetSpan(int row, out ReadOnlySpan<float> values) => stored.TryGetSpan(Of(row), out values);

    public override ReadOnlySpan<byte> Raw(int row) => stored.Raw(Of(row));

    public override float ScaleOf(int row) => stored.ScaleOf(Of(row));

    public override VectorRows Gather(ReadOnlySpan<int> rows)
    {
        var from = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++)
            from[i] = Of(rows[i]);
        return stored.Gather(from);
    }

    private int Of(int row)
    {
        int at = rowOf.Span[row];
        if ((uint)at >= (uint)stored.Count)
            Throw.BadFile(
                path,
                $"word {row + 1}",
                $"its vector is said to be row {at} of {stored.Count}",
                "The file is damaged; make it again with 'firn vectors convert'"
            );
        return at;
    }
}
