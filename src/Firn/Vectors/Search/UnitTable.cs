using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Firn.Files;
using Firn.Kernels;
using Firn.Vectors.Storage;

namespace Firn.Vectors.Search;

/// <summary>Copies the vector of a row, [E].</summary>
internal delegate void RowCopy(int row, Span<float> destination);

/// <summary>All word vectors at length 1, padded and aligned for the kernels; a zero vector stays zero.</summary>
internal sealed unsafe class UnitTable
{
    private readonly RowMemory _rows; // (Count, Stride)

    /// <summary>The rows of word vectors.</summary>
    /// <exception cref="InvalidDataException">A number is not finite, which a mapped file may hold.</exception>
    public UnitTable(IWordTable vectors, int blockValues = Storage.RowBuilder<float>.DefaultBlockValues)
        : this(vectors.Count, vectors.Dimension, vectors.Rows.CopyTo, row => vectors.Words[row], blockValues, vectors)
    { }

    /// <summary>Rows from anywhere.</summary>
    /// <param name="count">How many.</param>
    /// <param name="dimension">Values a row.</param>
    /// <param name="copyTo">Writes the vector of a row, of any length; called on many threads.</param>
    /// <param name="wordOf">What errors call a row.</param>
    /// <param name="blockValues">Numbers in one piece of memory at most.</param>
    /// <exception cref="InvalidDataException">A number is not finite.</exception>
    public UnitTable(
        int count,
        int dimension,
        RowCopy copyTo,
        Func<int, string> wordOf,
        int blockValues = Storage.RowBuilder<float>.DefaultBlockValues
    )
        : this(count, dimension, copyTo, wordOf, blockValues, null) { }

    private UnitTable(
        int count,
        int dimension,
        RowCopy copyTo,
        Func<int, string> wordOf,
        int blockValues,
        IWordTable? held
    )
    {
        using MappedHold hold = held is null ? default : held.Hold();
        BlockValues = blockValues;
        Count = count;
        Dimension = dimension;
        _rows = new RowMemory(Count, Dimension * sizeof(float), BlockValues);
        Stride = _rows.Stride / sizeof(float);
        BlockRows = Math.Min(4096, _rows.RowsPerBlock);
        int bad = int.MaxValue;
        Workers.Run(
            (Count + BlockRows - 1) / BlockRows,
            Environment.ProcessorCount,
            (block, _) =>
            {
                for (int row = block * BlockRows; row < Math.Min((block + 1) * BlockRows, Count); row++)
                {
                    Span<float> unit = _rows.Floats(row)[..Dimension];
                    copyTo(row, unit);
                    if (!Normalize(unit, unit))
                        InterlockedMin(ref bad, row);
                }
            }
        );
        if (bad < Count)
            throw new InvalidDataException(
                $"The vector of '{wordOf(bad)}' (row {bad + 1}) holds a number that is not finite; the file it comes "
                    + $"from is damaged."
            );
    }

    /// <summary>Numbers in one piece of memory at most.</summary>
    public int BlockValues { get; }

    public int Count { get; }

    public int Dimension { get; }

    /// <summary>Floats from row to row; what is past <see cref="Dimension"/> is zero.</summary>
    public int Stride { get; }

    /// <summary>Rows of a piece of work; those of one piece follow each other in memory.</summary>
    public int BlockRows { get; }

    /// <summary>One row, padding included.</summary>
    public ReadOnlySpan<float> this[int row] => _rows.Floats(row);

    /// <summary>One row; the caller keeps the table alive.</summary>
    public float* Pointer(int row) => (float*)_rows[row];

    /// <summary>A vector of any length at length 1, padded.</summary>
    public float[] Unit(ReadOnlySpan<float> vector)
    {
        var unit = new float[Stride];
        Normalize(vector, unit.AsSpan(0, Dimension));
        return unit;
    }

    /// <summary>The mean of rows, those in <paramref name="minus"/> subtracted, at length 1, padded.</summary>
    public float[] Mean(ReadOnlySpan<int> plus, ReadOnlySpan<int> minus)
    {
        var mean = new float[Stride];
        foreach (int row in plus)
            VectorMath.AddScaled(1, this[row], mean);
        foreach (int row in minus)
            VectorMath.AddScaled(-1, this[row], mean);
        Normalize(mean.AsSpan(0, Dimension), mean.AsSpan(0, Dimension));
        return mean;
    }

    /// <summary>The weighted sum of rows at length 1, padded.</summary>
    public float[] WeightedMean(ReadOnlySpan<int> rows, ReadOnlySpan<float> weights)
    {
        var mean = new float[Stride];
        for (int i = 0; i < rows.Length; i++)
            VectorMath.AddScaled(weights[i], this[rows[i]], mean);
        Normalize(mean.AsSpan(0, Dimension), mean.AsSpan(0, Dimension));
        return mean;
    }

    /// <summary>The cosine of every row with one.</summary>
    public float[] ScoresOf(int row)
    {
        var scores = new float[Count];
        Scores(this[row].ToArray(), scores);
        return scores;
    }

    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b) => VectorMath.Dot(a, b);

    /// <summary>
    /// The best rows among the first <paramref name="rows"/> by dot product with a unit vector; every row is read.
    /// </summary>
    public (int Row, float Score)[] Nearest(float[] query, int count, int rows, ReadOnlySpan<int> without)
    {
        float[] scores = ArrayPool<float>.Shared.Rent(rows);
        Scores(query, scores.AsSpan(0, rows));
        (int, float)[] best = Best(scores.AsSpan(0, rows), count, without);
        ArrayPool<float>.Shared.Return(scores);
        return best;
    }

    /// <summary>
    /// 3CosMul: product of (1 + cos) / 2 over the positive rows, over that of the negative ones plus 1e-6.
    /// </summary>
    public (int Row, float Score)[] NearestByProduct(
        int[] plus,
        int[] minus,
        int count,
        int rows,
        ReadOnlySpan<int> without
    )
    {
        float[] above = ProductOfShifted(plus, rows),
            below = ProductOfShifted(minus, rows);
        for (int row = 0; row < rows; row++)
            above[row] /= below[row] + 0.000001f;
        return Best(above, count, without);
    }

    /// <summary>scores[r] = row (first + r) . query, for rows of one piece of memory.</summary>
    public void Score(int first, int count, float* query, float* scores)
    {
        switch (KernelPath.Width)
        {
            case KernelWidth.Vector512:
                RowProducts<Lanes512, Vector512<float>>.DotEach(Pointer(first), Stride, count, query, scores);
                break;
            case KernelWidth.Vector256:
                RowProducts<Lanes256, Vector256<float>>.DotEach(Pointer(first), Stride, count, query, scores);
                break;
            case KernelWidth.Vector128:
                RowProducts<Lanes128, Vector128<float>>.DotEach(Pointer(first), Stride, count, query, scores);
                break;
            default:
                RowProducts<LanesScalar, float>.DotEach(Pointer(first), Stride, count, query, scores);
                break;
        }
    }

    private float[] ProductOfShifted(int[] terms, int rows)
    {
        var product = new float[rows];
        Array.Fill(product, 1f);
        var scores = new float[rows];
        foreach (int term in terms)
        {
            Scores(this[term].ToArray(), scores);
            for (int row = 0; row < rows; row++)
                product[row] *= (1 + scores[row]) / 2;
        }
        return product;
    }

    /// <summary>scores[row] = row . query, in parallel over blocks of rows.</summary>
    private void Scores(float[] query, Span<float> scores)
    {
        int rows = scores.Length;
        fixed (
            float* q = query,
                s = scores
        )
        {
            float* pq = q,
                ps = s;
            Workers.Run(
                (rows + BlockRows - 1) / BlockRows,
                Environment.ProcessorCount,
                (block, _) =>
                {
                    int first = block * BlockRows;
                    Score(first, Math.Min(BlockRows, rows - first), pq, ps + first);
                }
            );
        }
        GC.KeepAlive(this);
    }

    private static (int, float)[] Best(ReadOnlySpan<float> scores, int count, ReadOnlySpan<int> without)
    {
        var top = new TopRows(count);
        for (int row = 0; row < scores.Length; row++)
        {
            if (scores[row] > top.Threshold && !without.Contains(row))
                top.Offer(row, scores[row]);
        }
        return top.Items.ToArray();
    }

    /// <summary>False when the length is not finite, so that a number is not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static bool Normalize(ReadOnlySpan<float> vector, Span<float> unit)
    {
        double square = 0;
        foreach (float value in vector)
            square += (double)value * value;
        double scale = square > 0 ? 1 / Math.Sqrt(square) : 0;
        for (int i = 0; i < vector.Length; i++)
            unit[i] = (float)(vector[i] * scale);
        return double.IsFinite(square);
    }

    private static void InterlockedMin(ref int place, int value)
    {
        for (int seen = Volatile.Read(ref place); value < seen; seen = Volatile.Read(ref place))
            Interlocked.CompareExchange(ref place, value, seen);
    }
}
