using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Firn.Kernels;

/// <summary>One row times a packed matrix: what a single text needs at each step. Bound by reading B, so B is read once, in order.</summary>
internal static unsafe class MatrixVector
{
    /// <summary>
    /// y [N] = x [K] * B + start [N]; <paramref name="start"/> null for zero, and may be y itself. Products in a row with
    /// one B that is larger than L1 go <paramref name="backwards"/> every other time: the panels read last are still near.
    /// </summary>
    public static void Multiply(float* x, PackedMatrix b, float* start, float* y, bool backwards = false)
    {
        // A whole panel is read by vector code; the last, which may be padded, is written beside y and copied.
        float* edge = stackalloc float[2 * 16];
        int panels = (b.Columns + PackedMatrix.PanelWidth - 1) / PackedMatrix.PanelWidth;
        for (int i = 0; i < panels; i++)
        {
            int column = (backwards ? panels - 1 - i : i) * PackedMatrix.PanelWidth;
            int width = b.WidthAt(column), used = Math.Min(width, b.Columns - column);
            float* from = start == null ? null : start + column;
            float* to = y + column;
            if (used < width)
            {
                new Span<float>(edge, width).Clear();
                if (start != null)
                    new ReadOnlySpan<float>(from, used).CopyTo(new Span<float>(edge, used));
                from = to = edge;
            }
            float* panel = b.Pointer + (long)column * b.Rows;
            switch (KernelPath.Width)
            {
                case KernelWidth.Vector512:
                    Panel<Lanes512, Vector512<float>>(x, b.Rows, panel, width, from, to);
                    break;
                case KernelWidth.Vector256:
                    Panel<Lanes256, Vector256<float>>(x, b.Rows, panel, width, from, to);
                    break;
                default:
                    Panel<LanesScalar, float>(x, b.Rows, panel, width, from, to);
                    break;
            }
            if (used < width)
                new ReadOnlySpan<float>(edge, used).CopyTo(new Span<float>(y + column, used));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Panel<P, V>(float* x, int depth, float* b, int width, float* start, float* y)
        where P : struct, ILanes<V>
        where V : struct
    {
        if (width > P.Count)
            Wide<P, V>(x, depth, b, start, y);
        else
            Narrow<P, V>(x, depth, b, start, y);
    }

    // Four rows of B at a time: eight sums hide the latency of the multiply-add.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Wide<P, V>(float* x, int depth, float* b, float* start, float* y)
        where P : struct, ILanes<V>
        where V : struct
    {
        V a0 = start == null ? P.Zero : P.Load(start), b0 = start == null ? P.Zero : P.Load(start + P.Count);
        V a1 = P.Zero, b1 = P.Zero, a2 = P.Zero, b2 = P.Zero, a3 = P.Zero, b3 = P.Zero;
        int k = 0;
        for (; k <= depth - 4; k += 4, b += 8 * P.Count)
        {
            V v = P.Create(x[k]);
            a0 = P.Fma(v, P.Load(b), a0);
            b0 = P.Fma(v, P.Load(b + P.Count), b0);
            v = P.Create(x[k + 1]);
            a1 = P.Fma(v, P.Load(b + 2 * P.Count), a1);
            b1 = P.Fma(v, P.Load(b + 3 * P.Count), b1);
            v = P.Create(x[k + 2]);
            a2 = P.Fma(v, P.Load(b + 4 * P.Count), a2);
            b2 = P.Fma(v, P.Load(b + 5 * P.Count), b2);
            v = P.Create(x[k + 3]);
            a3 = P.Fma(v, P.Load(b + 6 * P.Count), a3);
            b3 = P.Fma(v, P.Load(b + 7 * P.Count), b3);
        }
        for (; k < depth; k++, b += 2 * P.Count)
        {
            V v = P.Create(x[k]);
            a0 = P.Fma(v, P.Load(b), a0);
            b0 = P.Fma(v, P.Load(b + P.Count), b0);
        }
        P.Store(P.Add(P.Add(a0, a1), P.Add(a2, a3)), y);
        P.Store(P.Add(P.Add(b0, b1), P.Add(b2, b3)), y + P.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Narrow<P, V>(float* x, int depth, float* b, float* start, float* y)
        where P : struct, ILanes<V>
        where V : struct
    {
        V a0 = start == null ? P.Zero : P.Load(start), a1 = P.Zero, a2 = P.Zero, a3 = P.Zero;
        int k = 0;
        for (; k <= depth - 4; k += 4, b += 4 * P.Count)
        {
            a0 = P.Fma(P.Create(x[k]), P.Load(b), a0);
            a1 = P.Fma(P.Create(x[k + 1]), P.Load(b + P.Count), a1);
            a2 = P.Fma(P.Create(x[k + 2]), P.Load(b + 2 * P.Count), a2);
            a3 = P.Fma(P.Create(x[k + 3]), P.Load(b + 3 * P.Count), a3);
        }
        for (; k < depth; k++, b += P.Count)
            a0 = P.Fma(P.Create(x[k]), P.Load(b), a0);
        P.Store(P.Add(P.Add(a0, a1), P.Add(a2, a3)), y);
    }
}
