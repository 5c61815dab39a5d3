using System.Numerics;

namespace Firn.Vectors.Storage;

/// <summary>
/// A table while its rows arrive. A block that is full is never copied again, so growth costs one block at most.
/// </summary>
/// <param name="columns">Values a row.</param>
/// <param name="expectedRows">Rows to make room for at once; more may come.</param>
/// <param name="blockValues">Values in a block at most.</param>
internal sealed class RowBuilder<T>(int columns, long expectedRows, int blockValues = RowBuilder<T>.DefaultBlockValues)
    where T : unmanaged
{
    /// <summary>A quarter of a gigabyte of floats.</summary>
    public const int DefaultBlockValues = 1 << 26;

    private const int FirstValues = 1 << 14; // 64 kB; a damaged file's width must not cost more

    private readonly int _rowsPerBlock = RowsPerBlock(columns, blockValues);
    private readonly List<ReadOnlyMemory<T>> _full = [];
    private T[] _block = [];
    private int _used; // rows in the block that is being filled

    public int Count => _full.Count * _rowsPerBlock + _used;

    /// <summary>The power of two of rows that fit into a block, at least one.</summary>
    public static int RowsPerBlock(int columns, int blockValues = DefaultBlockValues) =>
        1 << BitOperations.Log2((uint)Math.Max(1, blockValues / columns));

    /// <summary>A place for the next row; its content is any.</summary>
    public Span<T> Add()
    {
        if (_used == _rowsPerBlock)
        {
            _full.Add(_block);
            _block = [];
            _used = 0;
        }
        if (_block.Length < (_used + 1) * columns)
            Grow();
        return _block.AsSpan(_used++ * columns, columns);
    }

    public RowBlocks<T> Build()
    {
        int count = Count;
        Array.Resize(ref _block, _used * columns);
        return new RowBlocks<T>([.. _full, _block], _rowsPerBlock, count, columns);
    }

    private void Grow()
    {
        long expected = Math.Max(expectedRows - Count, Math.Max(_used * 2L, Math.Max(1, FirstValues / columns)));
        T[] larger = GC.AllocateUninitializedArray<T>((int)Math.Min(expected, _rowsPerBlock) * columns);
        _block.AsSpan(0, _used * columns).CopyTo(larger);
        _block = larger;
    }
}
