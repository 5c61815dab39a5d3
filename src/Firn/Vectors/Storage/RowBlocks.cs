namespace Firn.Vectors.Storage;

/// <summary>
/// Rows of one width in blocks of a power of two of rows, so that a table may pass what one array or span holds.
/// </summary>
internal sealed class RowBlocks<T>
    where T : unmanaged
{
    private readonly ReadOnlyMemory<T>[] _blocks;
    private readonly int _shift,
        _mask;

    /// <param name="blocks">All of <paramref name="rowsPerBlock"/> rows but the last, row-major.</param>
    /// <param name="rowsPerBlock">A power of two; with one block any number.</param>
    /// <param name="count">Rows in all.</param>
    /// <param name="columns">Values a row.</param>
    public RowBlocks(ReadOnlyMemory<T>[] blocks, int rowsPerBlock, int count, int columns)
    {
        _blocks = blocks;
        _shift = blocks.Length <= 1 ? 31 : int.Log2(rowsPerBlock);
        _mask = blocks.Length <= 1 ? int.MaxValue : rowsPerBlock - 1;
        Count = count;
        Columns = columns;
    }

    public int Count { get; }

    public int Columns { get; }

    /// <summary>The whole table, where it lies in one piece.</summary>
    public ReadOnlyMemory<T>? Whole => _blocks.Length == 1 ? _blocks[0] : (ReadOnlyMemory<T>?)null;

    public ReadOnlySpan<T> this[int row] => _blocks[row >> _shift].Span.Slice((row & _mask) * Columns, Columns);

    /// <summary>A copy of some rows, in the order given.</summary>
    public RowBlocks<T> Gather(ReadOnlySpan<int> rows)
    {
        var builder = new RowBuilder<T>(Columns, rows.Length);
        foreach (int row in rows)
            this[row].CopyTo(builder.Add());
        return builder.Build();
    }
}
