using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Firn.Files;
using Firn.Kernels;
using Firn.Vectors.Storage;

namespace Firn.Vectors.Search;

/// <summary>
/// One query over rows where they lie: no table of unit vectors is made first, which takes longer than some thirty
/// queries. A quick pass over all rows bounds each cosine, and rows that may be among the best are scored as
/// <see cref="UnitTable"/> scores them, so the answer is its answer, bit for bit.
/// </summary>
internal static unsafe class RowScan
{
    private const int RowsAtOnce = 2048;

    /// <summary>The best rows, best first.</summary>
    /// <param name="vectors">The vectors.</param>
    /// <param name="query">At length 1, padded as <see cref="RowMemory"/> pads.</param>
    /// <param name="count">How many.</param>
    /// <param name="rows">Only the first so many rows.</param>
    /// <param name="without">Rows to leave out.</param>
    /// <exception cref="InvalidDataException">A number is not finite, which a mapped file may hold.</exception>
    public static (int Row, float Score)[] Nearest(
        IWordTable vectors,
        float[] query,
        int count,
        int rows,
        int[] without
    )
    {
        using MappedHold hold = vectors.Hold();
        var quick = new float[rows];
        Workers.Run(
            (rows + RowsAtOnce - 1) / RowsAtOnce,
            Environment.ProcessorCount,
            (part, _) => Score(vectors, query, quick, part * RowsAtOnce, Math.Min(rows, (part + 1) * RowsAtOnce))
        );
        int bad = Array.FindIndex(quick, float.IsNaN);
        if (bad >= 0)
            throw new InvalidDataException(
                $"The vector of '{vectors.Words[bad]}' (row {bad + 1}) holds a number that is not finite; the file "
                    + $"it comes from is damaged."
            );
        var best = new TopRows(count);
        for (int row = 0; row < rows; row++)
        {
            if (quick[row] > best.Threshold && !without.Contains(row))
                best.Offer(row, quick[row]);
        }
        // Sums of E products are off by E roundings at most.
        float slack = (vectors.Dimension + 16) * 2.4e-7f,
            least = best.Threshold - 2 * slack;
        best.Clear();
        var unit = new float[query.Length];
        for (int row = 0; row < rows; row++)
        {
            if (!(quick[row] >= least) || without.Contains(row))
                continue;
            Span<float> values = unit.AsSpan(0, vectors.Dimension);
            vectors.CopyTo(row, values);
            UnitTable.Normalize(values, values);
            best.Offer(row, Dot(unit, query));
        }
        return best.Items.ToArray();
    }

    private static void Score(IWordTable vectors, float[] query, float[] scores, int first, int end)
    {
        var copy = new float[query.Length];
        fixed (
            float* q = query,
                own = copy
        )
        {
            for (int row = first; row < end; row++)
            {
                if (vectors.Rows.TryGetSpan(row, out ReadOnlySpan<float> values))
                {
                    fixed (float* x = values)
                        scores[row] = Cosine(x, q, values.Length);
                    continue;
                }
                vectors.CopyTo(row, copy.AsSpan(0, vectors.Dimension));
                scores[row] = Cosine(own, q, vectors.Dimension);
            }
        }
    }

    /// <summary>The arithmetic of <see cref="UnitTable.Score"/>.</summary>
    private static float Dot(float[] unit, float[] query)
    {
        fixed (
            float* x = unit,
                q = query
        )
        {
            return KernelPath.Width switch
            {
                KernelWidth.Vector512 => RowProducts<Lanes512, Vector512<float>>.Dot(x, q, unit.Length),
                KernelWidth.Vector256 => RowProducts<Lanes256, Vector256<float>>.Dot(x, q, unit.Length),
                KernelWidth.Vector128 => RowProducts<Lanes128, Vector128<float>>.Dot(x, q, unit.Length),
                _ => RowProducts<LanesScalar, float>.Dot(x, q, unit.Length),
            };
        }
    }

    private static float Cosine(float* x, float* query, int columns) =>
        KernelPath.Width switch
        {
            KernelWidth.Vector512 => Cosine<Lanes512, Vector512<float>>(x, query, columns),
            KernelWidth.Vector256 => Cosine<Lanes256, Vector256<float>>(x, query, columns),
            KernelWidth.Vector128 => Cosine<Lanes128, Vector128<float>>(x, query, columns),
            _ => Cosine<LanesScalar, float>(x, query, columns),
        };

    /// <summary>x . query / |x|; 0 for a zero row, NaN where a number is not finite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Cosine<P, V>(float* x, float* query, int columns)
        where P : struct, ILanes<V>
        where V : struct
    {
        V dots = P.Zero,
            squares = P.Zero;
        int c = 0;
        for (; c <= columns - P.Count; c += P.Count)
        {
            V values = P.Load(x + c);
            dots = P.Fma(values, P.Load(query + c), dots);
            squares = P.Fma(values, values, squares);
        }
        double dot = P.Sum(dots),
            square = P.Sum(squares);
        for (; c < columns; c++)
        {
            dot += (double)x[c] * query[c];
            square += (double)x[c] * x[c];
        }
        if (square is > 1e-30 and < 1e30)
            return (float)(dot / Math.Sqrt(square));
        // Far from 1 float32 overflows or loses what is small: once more, slowly.
        (dot, square) = (0, 0);
        for (c = 0; c < columns; c++)
        {
            dot += (double)x[c] * query[c];
            square += (double)x[c] * x[c];
        }
        if (!double.IsFinite(square))
            return float.NaN;
        return square > 0 ? (float)(dot / Math.Sqrt(square)) : 0;
    }
}
