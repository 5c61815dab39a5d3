using Firn.Kernels;

namespace Firn.Model;

/// <summary>How a <see cref="Scorer"/> keeps the embedding after its product with the LSTM's input weights.</summary>
public enum FoldPrecision
{
    /// <summary>Not at all: the product is done for the words at hand, once each in a call. Least memory.</summary>
    None,

    /// <summary>4H floats a row and direction: scores as without folding.</summary>
    Float32,

    /// <summary>Half of that memory; a row is rounded to 11 bits, scores move by some 1e-4.</summary>
    Float16,
}

/// <summary>
/// table * W + b of one direction, a row of 4H values for each of some rows of the table: with a frozen table the input
/// projection of a word is the same wherever it stands. Immutable.
/// </summary>
internal sealed unsafe class FoldedTable
{
    private const int RowsPerPiece = 256;

    private readonly AlignedBuffer single = new();
    private readonly ushort[] half = [];
    private readonly int[] placeOf; // row of the table to row here, or empty where they are the same
    private readonly int width;

    /// <summary>Folds the table's rows <paramref name="rows"/>; <paramref name="placeOf"/> [R] finds each, or is empty when these are all rows in order.</summary>
    public FoldedTable(LstmLayer lstm, EmbeddingTable table, ReadOnlySpan<int> rows, int[] placeOf, bool half, int threads)
    {
        width = 4 * lstm.Hidden;
        this.placeOf = placeOf;
        int count = rows.Length;
        if (half)
            this.half = new ushort[(long)count * width];
        else
            single.Reserve((long)count * width);
        Bytes = (long)count * width * (half ? sizeof(ushort) : sizeof(float));
        int[] chosen = rows.ToArray();
        var workers = new (AlignedBuffer In, AlignedBuffer Out)[threads];
        for (int i = 0; i < threads; i++)
            workers[i] = (new AlignedBuffer(RowsPerPiece * table.Dimension), new AlignedBuffer(half ? RowsPerPiece * width : 0));
        Workers.Run((count + RowsPerPiece - 1) / RowsPerPiece, threads, (piece, worker) =>
        {
            int from = piece * RowsPerPiece, n = Math.Min(RowsPerPiece, count - from);
            (AlignedBuffer input, AlignedBuffer output) = workers[worker];
            for (int i = 0; i < n; i++)
                table.Rows.Span.Slice(chosen[from + i] * table.Dimension, table.Dimension).CopyTo(input.Span[(i * table.Dimension)..]);
            float* to = half ? output.Pointer : single.Pointer + (long)from * width;
            lstm.Project(input.Pointer, n, to);
            if (half)
                HalfFloats.Narrow(new(to, n * width), this.half.AsSpan(from * width, n * width));
        });
    }

    /// <summary>Memory of the rows.</summary>
    public long Bytes { get; }

    /// <summary>Where a row lies as floats: in place, or widened into <paramref name="scratch"/> [4H].</summary>
    public float* RowAt(int row, float* scratch)
    {
        long at = (long)(placeOf.Length == 0 ? row : placeOf[row]) * width;
        if (half.Length == 0)
            return single.Pointer + at;
        HalfFloats.Widen(half.AsSpan((int)at, width), new Span<float>(scratch, width));
        return scratch;
    }

    /// <summary>Copies a row to <paramref name="destination"/> [4H].</summary>
    public void CopyRow(int row, float* destination)
    {
        float* from = RowAt(row, destination);
        if (from != destination)
            new ReadOnlySpan<float>(from, width).CopyTo(new Span<float>(destination, width));
    }
}
