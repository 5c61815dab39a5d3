using System.Runtime.Intrinsics;
using Firn.Kernels;
using Firn.Vectors.Training;

namespace Firn.Vectors.Search;

/// <summary>All word vectors at length 1, padded and aligned for the kernels; a zero vector stays zero.</summary>
internal sealed unsafe class UnitTable
{
    private const int BlockRows = 4096;

    private const int Line = 16; // floats in 64 bytes

    private readonly AlignedBuffer _rows; // (Count, Stride)

    public UnitTable(WordVectors vectors)
    {
        Count = vectors.Count;
        Dimension = vectors.Dimension;
        Stride = (Dimension + Line - 1) / Line * Line;
        _rows = new AlignedBuffer(checked(Count * Stride));
        for (int row = 0; row < Count; row++)
            Normalize(vectors[row], _rows.Span.Slice(row * Stride, Dimension));
    }

    public int Count { get; }

    public int Dimension { get; }

    /// <summary>Floats from row to row; what is past <see cref="Dimension"/> is zero.</summary>
    public int Stride { get; }

    /// <summary>One row, padding included.</summary>
    public ReadOnlySpan<float> this[int row] => _rows.Span.Slice(row * Stride, Stride);

    /// <summary>One row; the caller keeps the table alive.</summary>
    public float* Pointer(int row) => _rows.Pointer + (long)row * Stride;

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

    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b) => VectorMath.Dot(a, b);

    /// <summary>The best rows among the first <paramref name="rows"/> by dot product with a unit vector.</summary>
    public (int Row, float Score)[] Nearest(float[] query, int count, int rows, ReadOnlySpan<int> without)
    {
        var scores = new float[rows];
        Scores(query, scores);
        return Best(scores, count, without);
    }

    /// <summary>3CosMul: product of (1 + cos) / 2 over the positive rows, over that of the negative ones plus 1e-6.</summary>
    public (int Row, float Score)[] NearestByProduct(int[] plus, int[] minus, int count, int rows, ReadOnlySpan<int> without)
    {
        float[] above = ProductOfShifted(plus, rows), below = ProductOfShifted(minus, rows);
        for (int row = 0; row < rows; row++)
            above[row] /= below[row] + 0.000001f;
        return Best(above, count, without);
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
    private void Scores(float[] query, float[] scores)
    {
        int blocks = (scores.Length + BlockRows - 1) / BlockRows;
        Workers.Run(blocks, Environment.ProcessorCount, (block, _) =>
        {
            int first = block * BlockRows, count = Math.Min(BlockRows, scores.Length - first);
            fixed (float* q = query, s = scores)
            {
                switch (KernelPath.Width)
                {
                    case KernelWidth.Vector512: RowProducts<Lanes512, Vector512<float>>.DotEach(Pointer(first), Stride, count, q, s + first); break;
                    case KernelWidth.Vector256: RowProducts<Lanes256, Vector256<float>>.DotEach(Pointer(first), Stride, count, q, s + first); break;
                    default: RowProducts<LanesScalar, float>.DotEach(Pointer(first), Stride, count, q, s + first); break;
                }
            }
        });
        GC.KeepAlive(this);
    }

    private static (int, float)[] Best(float[] scores, int count, ReadOnlySpan<int> without)
    {
        var top = new TopRows(count);
        for (int row = 0; row < scores.Length; row++)
        {
            if (scores[row] > top.Threshold && !without.Contains(row))
                top.Offer(row, scores[row]);
        }
        return top.Items.ToArray();
    }

    private static void Normalize(ReadOnlySpan<float> vector, Span<float> unit)
    {
        double square = 0;
        foreach (float value in vector)
            square += (double)value * value;
        double scale = square > 0 ? 1 / Math.Sqrt(square) : 0;
        for (int i = 0; i < vector.Length; i++)
            unit[i] = (float)(vector[i] * scale);
    }
}
