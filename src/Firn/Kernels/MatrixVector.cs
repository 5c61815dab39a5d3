using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Firn.Kernels;

/// <summary>
/// One row times a packed matrix: what a single text needs at each step. Bound by reading B, so B is read once. Each
/// element adds its products in the order of k, as <see cref="Gemm"/> does, so a text alone and the same text in a
/// batch get the same bits.
/// </summary>
internal static unsafe class MatrixVector
{
    // Eight vectors of columns side by side: their sums are independent and hide the latency of the multiply-add.
    private const int PanelsAtOnce = 4;

    /// <summary>
    /// y [N] = x [K] * B + start [N]; <paramref name="start"/> null for zero, and may be y itself. Products in a row
    /// with one B that is larger than L1 go <paramref name="backwards"/> every other time: the panels read last are
    /// still near.
    /// </summary>
    public static void Multiply(float* x, PackedMatrix b, float* start, float* y, bool backwards = false)
    {
        switch (KernelPath.Width)
        {
            case KernelWidth.Vector512:
                Run<Lanes512, Vector512<float>>(x, b, start, y, backwards);
                break;
            case KernelWidth.Vector256:
                Run<Lanes256, Vector256<float>>(x, b, start, y, backwards);
                break;
            case KernelWidth.Vector128:
                Run<Lanes128, Vector128<float>>(x, b, start, y, backwards);
                break;
            default:
                Run<LanesScalar, float>(x, b, start, y, backwards);
                break;
        }
    }

    private static void Run<P, V>(float* x, PackedMatrix b, float* start, float* y, bool backwards)
        where P : struct, ILanes<V>
        where V : struct
    {
        int panel = 2 * P.Count,
            four = PanelsAtOnce * panel;
        int groups = b.Columns / four,
            rest = (b.Columns - groups * four + panel - 1) / panel,
            steps = groups + rest;
        for (int i = 0; i < steps; i++)
        {
            int step = backwards ? steps - 1 - i : i;
            if (step < groups)
            {
                int column = step * four;
                Four<P, V>(
                    x,
                    b.Rows,
                    b.Pointer + (long)column * b.Rows,
                    start == null ? null : start + column,
                    y + column
                );
            }
            else
            {
                One<P, V>(x, b, groups * four + (step - groups) * panel, start, y);
            }
        }
    }

    /// <summary>One panel; the last, which may be padded, is written beside y and copied.</summary>
    private static void One<P, V>(float* x, PackedMatrix b, int column, float* start, float* y)
        where P : struct, ILanes<V>
        where V : struct
    {
        float* edge = stackalloc float[2 * 16];
        int width = b.WidthAt(column),
            used = Math.Min(width, b.Columns - column);
        float* from = start == null ? null : start + column;
        float* to = y + column;
        if (used < width)
        {
            new Span<float>(edge, width).Clear();
            if (start != null)
                new ReadOnlySpan<float>(from, used).CopyTo(new Span<float>(edge, used));
            from = start == null ? null : edge;
            to = edge;
        }
        float* at = b.Pointer + (long)column * b.Rows;
        if (width > P.Count)
            Wide<P, V>(x, b.Rows, at, from, to);
        else
            Narrow<P, V>(x, b.Rows, at, from, to);
        if (used < width)
            new ReadOnlySpan<float>(edge, used).CopyTo(new Span<float>(y + column, used));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four<P, V>(float* x, int depth, float* b, float* start, float* y)
        where P : struct, ILanes<V>
        where V : struct
    {
        int n = P.Count;
        float* b1 = b + (long)2 * n * depth;
        float* b2 = b1 + (long)2 * n * depth;
        float* b3 = b2 + (long)2 * n * depth;
        bool zero = start == null;
        V y0 = zero ? P.Zero : P.Load(start),
            y1 = zero ? P.Zero : P.Load(start + n);
        V y2 = zero ? P.Zero : P.Load(start + 2 * n),
            y3 = zero ? P.Zero : P.Load(start + 3 * n);
        V y4 = zero ? P.Zero : P.Load(start + 4 * n),
            y5 = zero ? P.Zero : P.Load(start + 5 * n);
        V y6 = zero ? P.Zero : P.Load(start + 6 * n),
            y7 = zero ? P.Zero : P.Load(start + 7 * n);
        for (int k = 0; k < depth; k++, b += 2 * n, b1 += 2 * n, b2 += 2 * n, b3 += 2 * n)
        {
            V v = P.Create(x[k]);
            y0 = P.Fma(v, P.Load(b), y0);
            y1 = P.Fma(v, P.Load(b + n), y1);
            y2 = P.Fma(v, P.Load(b1), y2);
            y3 = P.Fma(v, P.Load(b1 + n), y3);
            y4 = P.Fma(v, P.Load(b2), y4);
            y5 = P.Fma(v, P.Load(b2 + n), y5);
            y6 = P.Fma(v, P.Load(b3), y6);
            y7 = P.Fma(v, P.Load(b3 + n), y7);
        }
        P.Store(y0, y);
        P.Store(y1, y + n);
        P.Store(y2, y + 2 * n);
        P.Store(y3, y + 3 * n);
        P.Store(y4, y + 4 * n);
        P.Store(y5, y + 5 * n);
        P.Store(y6, y + 6 * n);
        P.Store(y7, y + 7 * n);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Wide<P, V>(float* x, int depth, float* b, float* start, float* y)
        where P : struct, ILanes<V>
        where V : struct
    {
        V y0 = start == null ? P.Zero : P.Load(start),
            y1 = start == null ? P.Zero : P.Load(start + P.Count);
        for (int k = 0; k < depth; k++, b += 2 * P.Count)
        {
            V v = P.Create(x[k]);
            y0 = P.Fma(v, P.Load(b), y0);
            y1 = P.Fma(v, P.Load(b + P.Count), y1);
        }
        P.Store(y0, y);
        P.Store(y1, y + P.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Narrow<P, V>(float* x, int depth, float* b, float* start, float* y)
        where P : struct, ILanes<V>
        where V : struct
    {
        V sum = start == null ? P.Zero : P.Load(start);
        for (int k = 0; k < depth; k++, b += P.Count)
            sum = P.Fma(P.Create(x[k]), P.Load(b), sum);
        P.Store(sum, y);
    }
}
