using Firn.Kernels;

namespace Firn.Model;

/// <summary>Gradient rows of the embedding: each row that a batch touched, once, in order of first sight; never row 0.</summary>
internal sealed class SparseRows(int width)
{
    /// <summary>E.</summary>
    public int Width { get; } = width;

    /// <summary>How many rows are set.</summary>
    public int Count { get; internal set; }

    /// <summary>The table's rows; the first <see cref="Count"/> are set.</summary>
    public int[] Rows { get; internal set; } = [];

    /// <summary>Their gradients, [Count,E].</summary>
    public float[] Values { get; internal set; } = [];

    public Span<float> this[int index] => Values.AsSpan(index * Width, Width);
}

/// <summary>
/// Sums the gradients of a batch's tokens by row of the table. Every token has a place of its own, and a row's tokens
/// are added in the order of places, so the sum is the same whatever thread wrote a place.
/// </summary>
internal sealed unsafe class EmbeddingGradient
{
    private const int RowsPerPiece = 64;

    private readonly AlignedBuffer tokens = new();
    private readonly int[] indexOfRow; // [R]: index + 1 of a touched row, else 0
    private readonly Action<int, int> addPiece;
    private int[] rowOfToken = [];
    private int[] starts = [0];
    private int[] order = [];
    private int count;

    public EmbeddingGradient(EmbeddingTable table)
    {
        indexOfRow = new int[table.RowCount];
        Sum = new SparseRows(table.Dimension);
        addPiece = AddPiece;
    }

    public SparseRows Sum { get; }

    /// <summary>Row of each token of the batch, in the order of places.</summary>
    public Span<int> RowOfToken => rowOfToken.AsSpan(0, count);

    /// <summary>Gradients of the tokens [tokens,E].</summary>
    public float* Tokens => tokens.Pointer;

    /// <summary>Makes places for that many tokens, all zero.</summary>
    public void Reserve(int tokenCount)
    {
        count = tokenCount;
        if (rowOfToken.Length < count)
        {
            rowOfToken = new int[count + count / 8];
            order = new int[rowOfToken.Length];
            starts = new int[rowOfToken.Length + 1];
        }
        long size = (long)count * Sum.Width;
        new Span<float>(tokens.Reserve(size), checked((int)size)).Clear();
    }

    /// <summary>Groups the tokens by row and adds each group up.</summary>
    public void Reduce(int threads)
    {
        Group();
        if (Sum.Values.Length < Sum.Count * Sum.Width)
            Sum.Values = new float[(Sum.Count + Sum.Count / 8) * Sum.Width];
        Workers.Run((Sum.Count + RowsPerPiece - 1) / RowsPerPiece, threads, addPiece);
    }

    private void AddPiece(int piece, int worker)
    {
        int end = Math.Min(Sum.Count, (piece + 1) * RowsPerPiece);
        for (int i = piece * RowsPerPiece; i < end; i++)
        {
            Span<float> to = Sum[i];
            to.Clear();
            for (int k = starts[i]; k < starts[i + 1]; k++)
                VectorMath.Add(new(Tokens + (long)order[k] * Sum.Width, Sum.Width), to);
        }
    }

    private void Group()
    {
        for (int i = 0; i < Sum.Count; i++)
            indexOfRow[Sum.Rows[i]] = 0;
        if (Sum.Rows.Length < count)
            Sum.Rows = new int[count + count / 8];
        Sum.Count = 0;
        Array.Clear(starts);
        foreach (int row in RowOfToken)
        {
            if (row == 0)
                continue;
            ref int index = ref indexOfRow[row];
            if (index == 0)
            {
                Sum.Rows[Sum.Count++] = row;
                index = Sum.Count;
            }
            starts[index]++;
        }
        // starts[i + 1] holds the size of group i; after this, the start of group i + 1.
        for (int i = 1; i <= Sum.Count; i++)
            starts[i] += starts[i - 1];
        for (int token = count - 1; token >= 0; token--)
        {
            if (rowOfToken[token] != 0)
                order[--starts[indexOfRow[rowOfToken[token]]]] = token;
        }
        // Filling from the back has moved each end to its start: group i now begins at starts[i + 1].
        for (int i = 0; i < Sum.Count; i++)
            starts[i] = starts[i + 1];
        starts[Sum.Count] = count - CountZeros();
    }

    private int CountZeros() => RowOfToken.Count(0);
}
