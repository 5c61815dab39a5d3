using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Firn.Kernels;

/// <summary>
/// C = A * B where A has many zeros, as dropout leaves them: only the other values are multiplied. Each element adds
/// its products in the order of k, as <see cref="Gemm"/> does, so both give the same values. A tile is one row of C by
/// up to 13 vectors of columns, held in registers, over 40 rows of B, which stay in L1 while the rows of A pass.
/// </summary>
internal static unsafe class SparseGemm
{
    /// <summary>
    /// Share of A that is not zero up to which this is faster than <see cref="Gemm"/>; see docs/performance.md.
    /// </summary>
    public const double Worthwhile = 0.6;

    private const int DepthBlock = 40; // at most 64, the bits of a row's mask
    private const int RowBlock = 128;
    private const int MinVectors = 7,
        MaxVectors = 13;

    /// <summary>Whether C's columns can be cut into tiles.</summary>
    public static bool Fits(int columns) =>
        columns % PackedMatrix.Lanes == 0 && columns / PackedMatrix.Lanes >= MinVectors;

    /// <summary>
    /// C [M,N] = A [M,K] * B [K,N] + start, where start is nothing (null), C itself (<paramref name="startStride"/> =
    /// N), or one row for all (<paramref name="startStride"/> = 0).
    /// </summary>
    public static void Multiply(
        float* a,
        int rows,
        int depth,
        float* b,
        int columns,
        float* start,
        long startStride,
        float* c
    ) => Dispatch(a, depth, 1, rows, depth, b, columns, start, startStride, c);

    /// <summary>C [M,N] = A^T * B for A [K,M], B [K,N].</summary>
    public static void MultiplyTransposed(float* a, int rows, int depth, float* b, int columns, float* c) =>
        Dispatch(a, 1, rows, rows, depth, b, columns, null, 0, c);

    private static void Dispatch(
        float* a,
        long rowStride,
        long depthStride,
        int rows,
        int depth,
        float* b,
        int columns,
        float* start,
        long startStride,
        float* c
    )
    {
        Debug.Assert(Fits(columns));
        switch (KernelPath.Width)
        {
            case KernelWidth.Vector512:
                Run<Lanes512, Vector512<float>>(
                    a,
                    rowStride,
                    depthStride,
                    rows,
                    depth,
                    b,
                    columns,
                    start,
                    startStride,
                    c
                );
                break;
            case KernelWidth.Vector256:
                Run<Lanes256, Vector256<float>>(
                    a,
                    rowStride,
                    depthStride,
                    rows,
                    depth,
                    b,
                    columns,
                    start,
                    startStride,
                    c
                );
                break;
            case KernelWidth.Vector128:
                Run<Lanes128, Vector128<float>>(
                    a,
                    rowStride,
                    depthStride,
                    rows,
                    depth,
                    b,
                    columns,
                    start,
                    startStride,
                    c
                );
                break;
            default:
                Run<LanesScalar, float>(a, rowStride, depthStride, rows, depth, b, columns, start, startStride, c);
                break;
        }
    }

    private static void Run<P, V>(
        float* a,
        long rowStride,
        long depthStride,
        int rows,
        int depth,
        float* b,
        int columns,
        float* start,
        long startStride,
        float* c
    )
        where P : struct, ILanes<V>
        where V : struct
    {
        ulong* masks = stackalloc ulong[RowBlock];
        int vectors = columns / P.Count,
            panels = (vectors + MaxVectors - 1) / MaxVectors;
        int blocks = Math.Max(1, (depth + DepthBlock - 1) / DepthBlock),
            step = Math.Max(1, (depth + blocks - 1) / blocks);
        for (int firstRow = 0; firstRow < rows; firstRow += RowBlock)
        {
            int count = Math.Min(RowBlock, rows - firstRow);
            for (int k = 0; k < Math.Max(depth, 1); k += step)
            {
                int block = Math.Min(step, depth - k);
                float* pa = a + firstRow * rowStride + k * depthStride;
                if (depthStride == 1)
                    MarkRows<P, V>(pa, rowStride, count, block, masks);
                else
                    MarkColumns<P, V>(pa, depthStride, count, block, masks);
                float* from = k == 0 ? start : c;
                long fromStride = k == 0 ? startStride : columns;
                for (int panel = 0; panel < panels; panel++)
                {
                    int first = vectors * panel / panels,
                        last = vectors * (panel + 1) / panels;
                    Panel<P, V>(
                        last - first,
                        masks,
                        count,
                        pa,
                        rowStride,
                        depthStride,
                        b + (long)k * columns + first * P.Count,
                        columns,
                        from == null ? null : from + firstRow * fromStride + first * P.Count,
                        fromStride,
                        c + (long)firstRow * columns + first * P.Count,
                        columns
                    );
                }
            }
        }
    }

    /// <summary>Bit k of mask i: whether A [i, k] is not zero, for rows of A that lie together.</summary>
    private static void MarkRows<P, V>(float* a, long rowStride, int rows, int depth, ulong* masks)
        where P : struct, ILanes<V>
        where V : struct
    {
        for (int row = 0; row < rows; row++, a += rowStride)
        {
            ulong mask = 0;
            int k = 0;
            for (; k <= depth - P.Count; k += P.Count)
                mask |= (ulong)P.NonZeroBits(P.Load(a + k)) << k;
            for (; k < depth; k++)
                mask |= (ulong)LanesScalar.NonZeroBits(a[k]) << k;
            masks[row] = mask;
        }
    }

    /// <summary>The same for columns of A that lie together.</summary>
    private static void MarkColumns<P, V>(float* a, long depthStride, int rows, int depth, ulong* masks)
        where P : struct, ILanes<V>
        where V : struct
    {
        const int half = 32;
        uint* low = stackalloc uint[16],
            high = stackalloc uint[16];
        int row = 0;
        for (; row <= rows - P.Count; row += P.Count)
        {
            V first = P.Zero,
                second = P.Zero;
            float* from = a + row;
            for (int k = 0; k < Math.Min(depth, half); k++, from += depthStride)
                first = P.MarkNonZero(P.Load(from), 1u << k, first);
            for (int k = half; k < depth; k++, from += depthStride)
                second = P.MarkNonZero(P.Load(from), 1u << k, second);
            P.Store(first, (float*)low);
            P.Store(second, (float*)high);
            for (int i = 0; i < P.Count; i++)
                masks[row + i] = (ulong)high[i] << half | low[i];
        }
        for (; row < rows; row++)
        {
            ulong mask = 0;
            for (int k = 0; k < depth; k++)
                mask |= (ulong)LanesScalar.NonZeroBits(a[row + k * depthStride]) << k;
            masks[row] = mask;
        }
    }

    private static void Panel<P, V>(
        int vectors,
        ulong* masks,
        int rows,
        float* a,
        long rowStride,
        long depthStride,
        float* b,
        long strideB,
        float* start,
        long startStride,
        float* c,
        long strideC
    )
        where P : struct, ILanes<V>
        where V : struct
    {
        switch (vectors)
        {
            case 7:
                Rows<P, V, Width7>(masks, rows, a, rowStride, depthStride, b, strideB, start, startStride, c, strideC);
                break;
            case 8:
                Rows<P, V, Width8>(masks, rows, a, rowStride, depthStride, b, strideB, start, startStride, c, strideC);
                break;
            case 9:
                Rows<P, V, Width9>(masks, rows, a, rowStride, depthStride, b, strideB, start, startStride, c, strideC);
                break;
            case 10:
                Rows<P, V, Width10>(masks, rows, a, rowStride, depthStride, b, strideB, start, startStride, c, strideC);
                break;
            case 11:
                Rows<P, V, Width11>(masks, rows, a, rowStride, depthStride, b, strideB, start, startStride, c, strideC);
                break;
            case 12:
                Rows<P, V, Width12>(masks, rows, a, rowStride, depthStride, b, strideB, start, startStride, c, strideC);
                break;
            default:
                Rows<P, V, Width13>(masks, rows, a, rowStride, depthStride, b, strideB, start, startStride, c, strideC);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows<P, V, W>(
        ulong* masks,
        int rows,
        float* a,
        long rowStride,
        long depthStride,
        float* b,
        long strideB,
        float* start,
        long startStride,
        float* c,
        long strideC
    )
        where P : struct, ILanes<V>
        where V : struct
        where W : struct, IWidth
    {
        for (int row = 0; row < rows; row++, a += rowStride, c += strideC)
        {
            Row<P, V, W>(masks[row], a, depthStride, b, strideB, start, c);
            start = start == null ? null : start + startStride;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row<P, V, W>(
        ulong mask,
        float* a,
        long depthStride,
        float* b,
        long strideB,
        float* start,
        float* c
    )
        where P : struct, ILanes<V>
        where V : struct
        where W : struct, IWidth
    {
        V c0 = P.Zero;
        V c1 = P.Zero;
        V c2 = P.Zero;
        V c3 = P.Zero;
        V c4 = P.Zero;
        V c5 = P.Zero;
        V c6 = P.Zero;
        V c7 = P.Zero;
        V c8 = P.Zero;
        V c9 = P.Zero;
        V c10 = P.Zero;
        V c11 = P.Zero;
        V c12 = P.Zero;
        if (start != null)
        {
            c0 = P.Load(start);
            c1 = P.Load(start + P.Count);
            c2 = P.Load(start + 2 * P.Count);
            c3 = P.Load(start + 3 * P.Count);
            c4 = P.Load(start + 4 * P.Count);
            c5 = P.Load(start + 5 * P.Count);
            c6 = P.Load(start + 6 * P.Count);
            if (W.Vectors > 7)
                c7 = P.Load(start + 7 * P.Count);
            if (W.Vectors > 8)
                c8 = P.Load(start + 8 * P.Count);
            if (W.Vectors > 9)
                c9 = P.Load(start + 9 * P.Count);
            if (W.Vectors > 10)
                c10 = P.Load(start + 10 * P.Count);
            if (W.Vectors > 11)
                c11 = P.Load(start + 11 * P.Count);
            if (W.Vectors > 12)
                c12 = P.Load(start + 12 * P.Count);
        }
        for (; mask != 0; mask &= mask - 1)
        {
            long k = BitOperations.TrailingZeroCount(mask);
            V x = P.Create(a[k * depthStride]);
            float* from = b + k * strideB;
            c0 = P.Fma(x, P.Load(from), c0);
            c1 = P.Fma(x, P.Load(from + P.Count), c1);
            c2 = P.Fma(x, P.Load(from + 2 * P.Count), c2);
            c3 = P.Fma(x, P.Load(from + 3 * P.Count), c3);
            c4 = P.Fma(x, P.Load(from + 4 * P.Count), c4);
            c5 = P.Fma(x, P.Load(from + 5 * P.Count), c5);
            c6 = P.Fma(x, P.Load(from + 6 * P.Count), c6);
            if (W.Vectors > 7)
                c7 = P.Fma(x, P.Load(from + 7 * P.Count), c7);
            if (W.Vectors > 8)
                c8 = P.Fma(x, P.Load(from + 8 * P.Count), c8);
            if (W.Vectors > 9)
                c9 = P.Fma(x, P.Load(from + 9 * P.Count), c9);
            if (W.Vectors > 10)
                c10 = P.Fma(x, P.Load(from + 10 * P.Count), c10);
            if (W.Vectors > 11)
                c11 = P.Fma(x, P.Load(from + 11 * P.Count), c11);
            if (W.Vectors > 12)
                c12 = P.Fma(x, P.Load(from + 12 * P.Count), c12);
        }
        P.Store(c0, c);
        P.Store(c1, c + P.Count);
        P.Store(c2, c + 2 * P.Count);
        P.Store(c3, c + 3 * P.Count);
        P.Store(c4, c + 4 * P.Count);
        P.Store(c5, c + 5 * P.Count);
        P.Store(c6, c + 6 * P.Count);
        if (W.Vectors > 7)
            P.Store(c7, c + 7 * P.Count);
        if (W.Vectors > 8)
            P.Store(c8, c + 8 * P.Count);
        if (W.Vectors > 9)
            P.Store(c9, c + 9 * P.Count);
        if (W.Vectors > 10)
            P.Store(c10, c + 10 * P.Count);
        if (W.Vectors > 11)
            P.Store(c11, c + 11 * P.Count);
        if (W.Vectors > 12)
            P.Store(c12, c + 12 * P.Count);
    }

    /// <summary>Vectors of a tile, a constant to the JIT.</summary>
    private interface IWidth
    {
        static abstract int Vectors { get; }
    }

    private readonly struct Width7 : IWidth
    {
        public static int Vectors => 7;
    }

    private readonly struct Width8 : IWidth
    {
        public static int Vectors => 8;
    }

    private readonly struct Width9 : IWidth
    {
        public static int Vectors => 9;
    }

    private readonly struct Width10 : IWidth
    {
        public static int Vectors => 10;
    }

    private readonly struct Width11 : IWidth
    {
        public static int Vectors => 11;
    }

    private readonly struct Width12 : IWidth
    {
        public static int Vectors => 12;
    }

    private readonly struct Width13 : IWidth
    {
        public static int Vectors => 13;
    }
}
