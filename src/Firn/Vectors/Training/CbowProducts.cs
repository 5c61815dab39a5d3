using System.Runtime.CompilerServices;
using Firn.Kernels;

namespace Firn.Vectors.Training;

/// <summary>
/// The sums and products of CBOW's step that no other kernel needs; as <see cref="RowProducts{P, V}"/>.
/// </summary>
/// <typeparam name="P">The operations of one vector width.</typeparam>
/// <typeparam name="V">A vector of that width.</typeparam>
internal static unsafe class CbowProducts<P, V>
    where P : struct, ILanes<V>
    where V : struct
{
    /// <summary>Positions that <see cref="Update"/> takes.</summary>
    public const int Group = 4;

    /// <summary>Outputs that <see cref="Update"/> takes.</summary>
    public const int Outputs = 8;

    /// <summary>Columns that <see cref="SumWindows"/> takes at once.</summary>
    public static int SumColumns => 4 * P.Count;

    /// <summary>
    /// sums[p] = the sum of window p, for the block of <see cref="SumColumns"/> columns from <paramref name="first"/>
    /// on. Each row is read once, and <paramref name="before"/> takes the sum of all rows before it; a window is the
    /// difference of two of these, whatever its width, where a loop over the rows of each window would end where no
    /// processor foresees it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SumWindows(
        float** rows,
        int rowCount,
        WindowSum* windows,
        int count,
        int first,
        int columns,
        float** sums,
        float* before
    )
    {
        if (columns >= 4 * P.Count)
        {
            first = Math.Min(first, columns - 4 * P.Count); // the last block computes some columns again
            V s0 = P.Zero,
                s1 = P.Zero,
                s2 = P.Zero,
                s3 = P.Zero;
            float* to = before;
            for (int j = 0; j < rowCount; j++, to += 4 * P.Count)
            {
                P.Store(s0, to);
                P.Store(s1, to + P.Count);
                P.Store(s2, to + 2 * P.Count);
                P.Store(s3, to + 3 * P.Count);
                float* row = rows[j] + first;
                s0 = P.Add(s0, P.Load(row));
                s1 = P.Add(s1, P.Load(row + P.Count));
                s2 = P.Add(s2, P.Load(row + 2 * P.Count));
                s3 = P.Add(s3, P.Load(row + 3 * P.Count));
            }
            P.Store(s0, to);
            P.Store(s1, to + P.Count);
            P.Store(s2, to + 2 * P.Count);
            P.Store(s3, to + 3 * P.Count);
            for (int p = 0; p < count; p++)
            {
                WindowSum w = windows[p];
                V k = P.Create(w.Scale);
                float* low = before + w.Low * 4 * P.Count;
                float* high = before + w.High * 4 * P.Count;
                float* own = rows[w.Own] + first;
                float* sum = sums[p] + first;
                for (int c = 0; c < 4 * P.Count; c += P.Count)
                    P.Store(
                        P.Multiply(k, P.Subtract(P.Subtract(P.Load(high + c), P.Load(low + c)), P.Load(own + c))),
                        sum + c
                    );
            }
            return;
        }
        for (int c = first; c < columns; c += P.Count)
        {
            V s = P.Zero;
            for (int j = 0; j < rowCount; j++)
            {
                P.Store(s, before + j * P.Count);
                s = P.Add(s, P.Load(rows[j] + c));
            }
            P.Store(s, before + rowCount * P.Count);
            for (int p = 0; p < count; p++)
            {
                WindowSum w = windows[p];
                V sum = P.Subtract(
                    P.Subtract(P.Load(before + w.High * P.Count), P.Load(before + w.Low * P.Count)),
                    P.Load(rows[w.Own] + c)
                );
                P.Store(P.Multiply(P.Create(w.Scale), sum), sums[p] + c);
            }
        }
    }

    /// <summary>scores[i] = -(x[i] . y[i]) for <see cref="Group"/> pairs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void NegatedDots(float** x, float** y, int columns, float* scores)
    {
        float* x0 = x[0],
            x1 = x[1],
            x2 = x[2],
            x3 = x[3];
        float* y0 = y[0],
            y1 = y[1],
            y2 = y[2],
            y3 = y[3];
        V s0 = P.Zero,
            s1 = P.Zero,
            s2 = P.Zero,
            s3 = P.Zero;
        for (int c = 0; c < columns; c += P.Count)
        {
            s0 = P.Fma(P.Load(x0 + c), P.Load(y0 + c), s0);
            s1 = P.Fma(P.Load(x1 + c), P.Load(y1 + c), s1);
            s2 = P.Fma(P.Load(x2 + c), P.Load(y2 + c), s2);
            s3 = P.Fma(P.Load(x3 + c), P.Load(y3 + c), s3);
        }
        scores[0] = -P.Sum(s0);
        scores[1] = -P.Sum(s1);
        scores[2] = -P.Sum(s2);
        scores[3] = -P.Sum(s3);
    }

    /// <summary>
    /// For <see cref="Group"/> inputs, <see cref="Outputs"/> outputs and an output of its own for each input: errors[i]
    /// = sum over o of g[i, o] outputs[o] + own[i] targets[i]; outputs[o] += sum over i of g[i, o] inputs[i];
    /// targets[i] += own[i] inputs[i]. The outputs must be different rows; a target may be one of them, and takes both
    /// updates.
    /// </summary>
    /// <remarks>
    /// Two passes, and in the second no more than two rows are written at a time: a row that another thread has written
    /// lies in the other processor's cache, and a processor asks for the lines of a row ahead only where its stores
    /// follow each other.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Update(
        float** inputs,
        float** errors,
        float** outputs,
        float** targets,
        int columns,
        float* g,
        int stride,
        float* own
    )
    {
        float* o0 = outputs[0],
            o1 = outputs[1],
            o2 = outputs[2],
            o3 = outputs[3];
        float* o4 = outputs[4],
            o5 = outputs[5],
            o6 = outputs[6],
            o7 = outputs[7];
        for (int c = 0; c < columns; c += P.Count)
        {
            V y0 = P.Load(o0 + c),
                y1 = P.Load(o1 + c),
                y2 = P.Load(o2 + c),
                y3 = P.Load(o3 + c);
            V y4 = P.Load(o4 + c),
                y5 = P.Load(o5 + c),
                y6 = P.Load(o6 + c),
                y7 = P.Load(o7 + c);
            float* row = g;
            for (int i = 0; i < Group; i++, row += stride)
            {
                V e = P.Multiply(P.Create(row[0]), y0);
                V f = P.Multiply(P.Create(row[1]), y1);
                e = P.Fma(P.Create(row[2]), y2, e);
                f = P.Fma(P.Create(row[3]), y3, f);
                e = P.Fma(P.Create(row[4]), y4, e);
                f = P.Fma(P.Create(row[5]), y5, f);
                e = P.Fma(P.Create(row[6]), y6, e);
                f = P.Fma(P.Create(row[7]), y7, f);
                e = P.Fma(P.Create(own[i]), P.Load(targets[i] + c), e);
                P.Store(P.Add(e, f), errors[i] + c);
            }
        }
        float* x0 = inputs[0],
            x1 = inputs[1],
            x2 = inputs[2],
            x3 = inputs[3];
        for (int o = 0; o < Outputs; o += 2)
        {
            float* first = outputs[o],
                second = outputs[o + 1],
                k = g + o;
            V j0 = P.Create(k[0]),
                j1 = P.Create(k[stride]),
                j2 = P.Create(k[2 * stride]),
                j3 = P.Create(k[3 * stride]);
            V k0 = P.Create(k[1]),
                k1 = P.Create(k[stride + 1]),
                k2 = P.Create(k[2 * stride + 1]),
                k3 = P.Create(k[3 * stride + 1]);
            for (int c = 0; c < columns; c += P.Count)
            {
                V v0 = P.Load(x0 + c),
                    v1 = P.Load(x1 + c),
                    v2 = P.Load(x2 + c),
                    v3 = P.Load(x3 + c);
                P.Store(P.Fma(j3, v3, P.Fma(j2, v2, P.Fma(j1, v1, P.Fma(j0, v0, P.Load(first + c))))), first + c);
                P.Store(P.Fma(k3, v3, P.Fma(k2, v2, P.Fma(k1, v1, P.Fma(k0, v0, P.Load(second + c))))), second + c);
            }
        }
        for (int i = 0; i < Group; i++)
        {
            float* target = targets[i],
                x = inputs[i];
            V k = P.Create(own[i]);
            for (int c = 0; c < columns; c += P.Count)
                P.Store(P.Fma(k, P.Load(x + c), P.Load(target + c)), target + c);
        }
    }
}

/// <summary>The sum of a window: of rows of a list.</summary>
/// <param name="Low">The window's first row.</param>
/// <param name="High">Past its last row.</param>
/// <param name="Own">The row in its middle, which is left out.</param>
/// <param name="Scale">Factor of the sum.</param>
internal readonly record struct WindowSum(int Low, int High, int Own, float Scale);
