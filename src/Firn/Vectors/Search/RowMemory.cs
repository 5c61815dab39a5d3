using Firn.Kernels;
using Firn.Vectors.Storage;

namespace Firn.Vectors.Search;

/// <summary>
/// Rows of bytes that never move, each on a 64-byte boundary and zero at first; more in all than one array holds.
/// </summary>
internal sealed unsafe class RowMemory
{
    private const int Line = 64;

    private readonly AlignedBuffer[] _blocks;
    private readonly int _shift;

    /// <param name="rows">Number of rows.</param>
    /// <param name="bytes">Bytes used of each.</param>
    /// <param name="blockValues">Quarters of bytes in a block at most.</param>
    public RowMemory(int rows, int bytes, int blockValues = RowBuilder<float>.DefaultBlockValues)
    {
        Stride = (bytes + Line - 1) / Line * Line;
        RowsPerBlock = RowBuilder<float>.RowsPerBlock(Stride / sizeof(float), blockValues);
        _shift = int.Log2(RowsPerBlock);
        _blocks = new AlignedBuffer[(rows + RowsPerBlock - 1) / RowsPerBlock];
        for (int block = 0; block < _blocks.Length; block++)
            _blocks[block] = new AlignedBuffer(
                Math.Min(RowsPerBlock, rows - block * RowsPerBlock) * (Stride / sizeof(float))
            );
    }

    /// <summary>Bytes from row to row, a multiple of 64.</summary>
    public int Stride { get; }

    /// <summary>A power of two; rows of one block follow each other.</summary>
    public int RowsPerBlock { get; }

    /// <summary>One row; the caller keeps this object alive.</summary>
    public byte* this[int row] => (byte*)_blocks[row >> _shift].Pointer + (long)(row & (RowsPerBlock - 1)) * Stride;

    /// <summary>One row as floats.</summary>
    public Span<float> Floats(int row) =>
        _blocks[row >> _shift]
            .Span.Slice((row & (RowsPerBlock - 1)) * (Stride / sizeof(float)), Stride / sizeof(float));
}
