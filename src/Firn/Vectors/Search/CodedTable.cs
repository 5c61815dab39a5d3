using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using Firn.Kernels;
using Firn.Vectors.Storage;

namespace Firn.Vectors.Search;

/// <summary>
/// The rows of a <see cref="UnitTable"/> once more as signed bytes, a quarter of its memory: a scan of these finds the
/// few rows that can be among the nearest, and only they are scored in full. The answer is that of the plain search,
/// bit for bit.
/// </summary>
/// <remarks>
/// A row is x = s c + e with codes c, a scale s and a rest e; the query y = t d + f likewise. Then
/// x.y - s t (c.d) = (s c).f + e.y, and by Cauchy and Schwarz |x.y - s t (c.d)| &lt;= (|x| + |e|) |f| + |e| |y|, which
/// is computed from the lengths of the rests. What float arithmetic adds is bounded by (columns + 16) 2^-24 and added
/// too.
/// </remarks>
internal sealed unsafe class CodedTable
{
    /// <summary>
    /// Unit vectors in float32 and lengths that were rounded are longer than they should be by no more than this
    /// factor.
    /// </summary>
    private const double Slack = 1 + 1e-5;

    private readonly UnitTable _table;
    private readonly RowMemory _codes; // (Count, stride) of sbyte
    private readonly float[] _scales; // (Count), s
    private readonly float[] _rests; // (Count), |e|

    public CodedTable(UnitTable table)
    {
        _table = table;
        _codes = new RowMemory(table.Count, table.Dimension, table.BlockValues);
        _scales = new float[table.Count];
        _rests = new float[table.Count];
        BlockRows = Math.Min(4096, _codes.RowsPerBlock);
        Workers.Run(
            (table.Count + BlockRows - 1) / BlockRows,
            Environment.ProcessorCount,
            (block, _) =>
            {
                for (int row = block * BlockRows; row < Math.Min((block + 1) * BlockRows, table.Count); row++)
                    Encode(row);
            }
        );
    }

    private int BlockRows { get; }

    /// <summary>As <see cref="UnitTable.Nearest"/>.</summary>
    public (int Row, float Score)[] Nearest(float[] query, int count, int rows, ReadOnlySpan<int> without)
    {
        float[] upper = ArrayPool<float>.Shared.Rent(rows);
        float threshold = Scan(query, count, upper.AsSpan(0, rows), without);
        // Where bounds tell little apart, as among equal rows, the plain search is quicker than one by one.
        int most = Math.Max(count * 4, rows / 16);
        List<int> candidates = Candidates(upper.AsSpan(0, rows), threshold, most, without);
        ArrayPool<float>.Shared.Return(upper);
        return candidates.Count > most ? _table.Nearest(query, count, rows, without) : Score(query, count, candidates);
    }

    /// <summary>Bounds the score of each row from above.</summary>
    /// <returns>A score that at least <paramref name="count"/> rows reach; minus infinity with fewer rows.</returns>
    private float Scan(float[] query, int count, Span<float> upper, ReadOnlySpan<int> without)
    {
        int rows = upper.Length;
        short[] codes = new short[_codes.Stride];
        (double scale, double length, double rest) = EncodeQuery(query.AsSpan(0, _table.Dimension), codes);
        // bound = (1 + |e|) |f| + |e| |y| + rounding = |e| (|f| + |y|) + |f| + rounding
        float slope = (float)((rest + length) * Slack),
            offset = (float)((rest + (_table.Stride + 16) / 16777216.0) * Slack);
        var tops = new TopRows[Environment.ProcessorCount];
        int[] left = without.ToArray();
        fixed (short* q = codes)
        fixed (float* u = upper)
        {
            short* pq = q;
            float* pu = u;
            Workers.Run(
                (rows + BlockRows - 1) / BlockRows,
                tops.Length,
                (block, worker) =>
                {
                    int first = block * BlockRows,
                        size = Math.Min(BlockRows, rows - first);
                    int* dots = (int*)(pu + first); // the place of the bounds, which follow
                    ByteDot.Each((sbyte*)_codes[first], _codes.Stride, size, pq, dots);
                    Bound(
                        first,
                        new Span<float>(pu + first, size),
                        (float)scale,
                        slope,
                        offset,
                        tops[worker] ??= new TopRows(count),
                        left
                    );
                }
            );
        }
        GC.KeepAlive(this);
        var all = new TopRows(count);
        foreach (TopRows? top in tops)
        {
            foreach ((int row, float score) in top is null ? default : top.Items)
                all.Offer(row, score);
        }
        return all.Threshold;
    }

    /// <summary>
    /// Turns integer products into upper bounds in their place, and offers lower bounds to <paramref name="top"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Bound(
        int first,
        Span<float> values,
        float scale,
        float slope,
        float offset,
        TopRows top,
        ReadOnlySpan<int> without
    )
    {
        ReadOnlySpan<float> scales = _scales.AsSpan(first, values.Length),
            rests = _rests.AsSpan(first, values.Length);
        int r = 0,
            width = Vector<float>.Count;
        for (; r <= values.Length - width; r += width)
        {
            Vector<float> score =
                Vector.ConvertToSingle(Vector.AsVectorInt32(new Vector<float>(values[r..])))
                * (new Vector<float>(scales[r..]) * scale);
            Vector<float> bound = new Vector<float>(rests[r..]) * slope + new Vector<float>(offset);
            (score + bound).CopyTo(values[r..]);
            Vector<float> lower = score - bound;
            if (!Vector.GreaterThanAny(lower, new Vector<float>(top.Threshold)))
                continue;
            for (int lane = 0; lane < width; lane++)
                Offer(first + r + lane, lower[lane], top, without);
        }
        for (; r < values.Length; r++)
        {
            float score = BitConverter.SingleToInt32Bits(values[r]) * (scales[r] * scale),
                bound = rests[r] * slope + offset;
            values[r] = score + bound;
            Offer(first + r, score - bound, top, without);
        }
    }

    private static void Offer(int row, float score, TopRows top, ReadOnlySpan<int> without)
    {
        if (score > top.Threshold && !without.Contains(row))
            top.Offer(row, score);
    }

    /// <summary>
    /// The rows whose upper bound reaches a score, until there are more than <paramref name="most"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static List<int> Candidates(ReadOnlySpan<float> upper, float threshold, int most, ReadOnlySpan<int> without)
    {
        List<int> candidates = [];
        var least = new Vector<float>(threshold);
        int width = Vector<float>.Count;
        for (int row = 0; row < upper.Length && candidates.Count <= most; row += width)
        {
            if (row <= upper.Length - width && !Vector.GreaterThanOrEqualAny(new Vector<float>(upper[row..]), least))
                continue;
            for (int r = row; r < Math.Min(row + width, upper.Length); r++)
            {
                if (upper[r] >= threshold && !without.Contains(r))
                    candidates.Add(r);
            }
        }
        return candidates;
    }

    private (int, float)[] Score(float[] query, int count, List<int> candidates)
    {
        var top = new TopRows(count);
        fixed (float* q = query)
        {
            foreach (int row in candidates)
            {
                float score;
                _table.Score(row, 1, q, &score);
                top.Offer(row, score);
            }
        }
        GC.KeepAlive(_table);
        return top.Items.ToArray();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Encode(int row)
    {
        ReadOnlySpan<float> x = _table[row][.._table.Dimension];
        var codes = new Span<sbyte>(_codes[row], _table.Dimension);
        float scale = ByteCodes.Round(x, codes);
        double square = 0;
        for (int i = 0; i < codes.Length; i++)
        {
            double e = x[i] - (double)scale * codes[i];
            square += e * e;
        }
        _scales[row] = scale;
        _rests[row] = (float)(Math.Sqrt(square) * Slack);
    }

    /// <summary>
    /// The query in 16 bits, or fewer where sums might pass 2^31: its rest hardly counts beside those of the rows.
    /// </summary>
    private static (double Scale, double Length, double Error) EncodeQuery(ReadOnlySpan<float> y, Span<short> codes)
    {
        double most = 0,
            length = 0,
            rest = 0;
        foreach (float value in y)
            most = Math.Max(most, Math.Abs(value));
        int largest = Math.Clamp(int.MaxValue / (127 * y.Length), 1, short.MaxValue);
        double scale = most / largest;
        for (int i = 0; i < y.Length; i++)
        {
            codes[i] = (short)(scale > 0 ? Math.Clamp(Math.Round(y[i] / scale), -largest, largest) : 0);
            double f = y[i] - scale * codes[i];
            length += (double)y[i] * y[i];
            rest += f * f;
        }
        return (scale, Math.Sqrt(length), Math.Sqrt(rest));
    }
}
