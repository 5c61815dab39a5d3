using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Firn.Kernels;

/// <summary>
/// Matrix products C = A * B with B packed once (<see cref="PackedMatrix"/>), register-tiled: 8 rows by two vectors on
/// the 512-bit path, 4 rows by two vectors on the others. A is read in place through two strides, so A and A^T cost the
/// same code. Blocking after Goto and van de Geijn 2008: a block of B's rows stays in L1, a block of A's in L2.
/// One call runs on one thread; callers share work out by shards.
/// </summary>
internal static unsafe class Gemm
{
    private const int DepthBlock = 256;
    private const int RowBlock = 128;

    /// <summary>C [M,N] = A [M,K] * B [K,N], plus C before when <paramref name="accumulate"/>.</summary>
    public static void Multiply(ReadOnlySpan<float> a, int rows, PackedMatrix b, bool accumulate, Span<float> c)
    {
        Debug.Assert(a.Length >= (long)rows * b.Rows && c.Length >= (long)rows * b.Columns);
        fixed (
            float* pa = a,
                pc = c
        )
            Multiply(pa, b.Rows, rows, b, accumulate ? pc : null, b.Columns, pc);
    }

    /// <summary>C [M,N] = A^T * B for A [K,M], B [K,N], plus C before when <paramref name="accumulate"/>.</summary>
    public static void MultiplyTransposed(
        ReadOnlySpan<float> a,
        int rows,
        PackedMatrix b,
        bool accumulate,
        Span<float> c
    )
    {
        Debug.Assert(a.Length >= (long)rows * b.Rows && c.Length >= (long)rows * b.Columns);
        fixed (
            float* pa = a,
                pc = c
        )
            MultiplyTransposed(pa, rows, b, accumulate, pc);
    }

    /// <summary>
    /// C [M,N] = A [M,K] * B + start, where start is nothing (null), C itself (<paramref name="startStride"/> = N), or
    /// one row for all (a bias, <paramref name="startStride"/> = 0). A's rows are <paramref name="strideA"/> apart;
    /// those of <paramref name="ahead"/> are asked for while the product runs.
    /// </summary>
    public static void Multiply(
        float* a,
        long strideA,
        int rows,
        PackedMatrix b,
        float* start,
        long startStride,
        float* c,
        RowsAhead ahead = default
    ) => Dispatch(a, strideA, 1, rows, b, 0, b.Rows, start, startStride, c, ahead);

    /// <inheritdoc cref="MultiplyTransposed(ReadOnlySpan{float}, int, PackedMatrix, bool, Span{float})"/>
    public static void MultiplyTransposed(float* a, int rows, PackedMatrix b, bool accumulate, float* c) =>
        Dispatch(a, 1, rows, rows, b, 0, b.Rows, accumulate ? c : null, b.Columns, c);

    /// <summary>As above over rows <paramref name="from"/> to the last of A and B only.</summary>
    public static void MultiplyTransposed(float* a, int rows, PackedMatrix b, int from, bool accumulate, float* c) =>
        Dispatch(a + (long)from * rows, 1, rows, rows, b, from, b.Rows - from, accumulate ? c : null, b.Columns, c);

    private static void Dispatch(
        float* a,
        long rowStride,
        long depthStride,
        int rows,
        PackedMatrix b,
        int firstDepth,
        int depth,
        float* start,
        long startStride,
        float* c,
        RowsAhead ahead = default
    )
    {
        if (rows == 0 || b.Columns == 0)
            return;
        switch (KernelPath.Width)
        {
            case KernelWidth.Vector512:
                Run<Lanes512, Vector512<float>>(
                    a,
                    rowStride,
                    depthStride,
                    rows,
                    b,
                    firstDepth,
                    depth,
                    start,
                    startStride,
                    c,
                    ahead
                );
                break;
            case KernelWidth.Vector256:
                Run<Lanes256, Vector256<float>>(
                    a,
                    rowStride,
                    depthStride,
                    rows,
                    b,
                    firstDepth,
                    depth,
                    start,
                    startStride,
                    c,
                    ahead
                );
                break;
            case KernelWidth.Vector128:
                Run<Lanes128, Vector128<float>>(
                    a,
                    rowStride,
                    depthStride,
                    rows,
                    b,
                    firstDepth,
                    depth,
                    start,
                    startStride,
                    c,
                    ahead
                );
                break;
            default:
                Run<LanesScalar, float>(
                    a,
                    rowStride,
                    depthStride,
                    rows,
                    b,
                    firstDepth,
                    depth,
                    start,
                    startStride,
                    c,
                    ahead
                );
                break;
        }
    }

    private static void Run<P, V>(
        float* a,
        long rowStride,
        long depthStride,
        int rows,
        PackedMatrix b,
        int firstDepth,
        int depth,
        float* start,
        long startStride,
        float* c,
        RowsAhead ahead
    )
        where P : struct, ILanes<V>
        where V : struct
    {
        int tile = P.Count == 16 ? 8 : 4;
        int blocks = Math.Max(1, (depth + DepthBlock - 1) / DepthBlock);
        int block = Math.Max(1, (depth + blocks - 1) / blocks);
        int panel = 2 * P.Count;
        float* edge = stackalloc float[8 * 2 * P.Count];
        for (int firstRow = 0; firstRow < rows; firstRow += RowBlock)
        {
            int lastRow = Math.Min(rows, firstRow + RowBlock);
            for (int k = 0; k < Math.Max(depth, 1); k += block)
            {
                int count = Math.Min(block, depth - k);
                float* from = k == 0 ? start : c;
                long fromStride = k == 0 ? startStride : b.Columns;
                for (int column = 0; column < b.Columns; column += panel)
                {
                    int width = b.WidthAt(column);
                    float* pb = b.Pointer + (long)column * b.Rows + (long)(firstDepth + k) * width;
                    bool whole = column + width <= b.Columns;
                    for (int row = firstRow; row < lastRow; row += tile)
                    {
                        int height = Math.Min(tile, lastRow - row);
                        float* pa = a + row * rowStride + k * depthStride;
                        float* ps = from == null ? null : from + row * fromStride + column;
                        float* pc = c + (long)row * b.Columns + column;
                        if (k == 0)
                            ahead.Prefetch(row, height, column, width);
                        if (whole)
                            Tile<P, V>(
                                count,
                                pa,
                                rowStride,
                                depthStride,
                                height,
                                pb,
                                width,
                                ps,
                                fromStride,
                                pc,
                                b.Columns
                            );
                        else
                            Edge<P, V>(
                                count,
                                pa,
                                rowStride,
                                depthStride,
                                height,
                                pb,
                                width,
                                ps,
                                fromStride,
                                pc,
                                b.Columns,
                                b.Columns - column,
                                edge
                            );
                    }
                }
            }
        }
    }

    /// <summary>A tile whose last columns are padding: computed beside C, then copied.</summary>
    private static void Edge<P, V>(
        int depth,
        float* a,
        long rowStride,
        long depthStride,
        int height,
        float* b,
        int width,
        float* start,
        long startStride,
        float* c,
        long strideC,
        int used,
        float* edge
    )
        where P : struct, ILanes<V>
        where V : struct
    {
        if (start != null)
        {
            for (int row = 0; row < height; row++)
            {
                for (int column = 0; column < width; column++)
                    edge[row * width + column] = column < used ? start[row * startStride + column] : 0;
            }
        }
        Tile<P, V>(depth, a, rowStride, depthStride, height, b, width, start == null ? null : edge, width, edge, width);
        for (int row = 0; row < height; row++)
            new ReadOnlySpan<float>(edge + row * width, used).CopyTo(new Span<float>(c + row * strideC, used));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile<P, V>(
        int depth,
        float* a,
        long rowStride,
        long depthStride,
        int height,
        float* b,
        int width,
        float* start,
        long startStride,
        float* c,
        long strideC
    )
        where P : struct, ILanes<V>
        where V : struct
    {
        if (P.Count == 16 && height > 4)
        {
            if (width > P.Count)
                GemmTile.Multiply8x2<P, V>(depth, a, rowStride, depthStride, height, b, start, startStride, c, strideC);
            else
                GemmTile.Multiply8x1<P, V>(depth, a, rowStride, depthStride, height, b, start, startStride, c, strideC);
        }
        else if (width > P.Count)
        {
            GemmTile.Multiply4x2<P, V>(depth, a, rowStride, depthStride, height, b, start, startStride, c, strideC);
        }
        else
        {
            GemmTile.Multiply4x1<P, V>(depth, a, rowStride, depthStride, height, b, start, startStride, c, strideC);
        }
    }
}
