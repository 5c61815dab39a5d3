using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Firn.Kernels;

/// <summary>
/// Products with a matrix that has few values, given as lists: sums of some rows of a matrix, each times a factor, and
/// one row times factors added to some rows. What is left of the products of a convolution's backward pass behind a
/// maximum over time.
/// </summary>
internal static unsafe class PickedRows
{
    private const int Wide = 10,
        Narrow = 4; // vectors of a tile

    /// <summary>to [width] = the sum of factors[i] * rows[picked[i]], in the order of i.</summary>
    /// <param name="rows">[.., width].</param>
    /// <param name="width">Values of a row.</param>
    /// <param name="picked">[count].</param>
    /// <param name="factors">[count].</param>
    /// <param name="count">How many.</param>
    /// <param name="to">Receives the sum.</param>
    public static void Sum(float* rows, int width, int* picked, float* factors, int count, float* to)
    {
        switch (width < (int)KernelPath.Width ? KernelWidth.Scalar : KernelPath.Width)
        {
            case KernelWidth.Vector512:
                Sum<Lanes512, Vector512<float>>(rows, width, picked, factors, count, to);
                break;
            case KernelWidth.Vector256:
                Sum<Lanes256, Vector256<float>>(rows, width, picked, factors, count, to);
                break;
            case KernelWidth.Vector128:
                Sum<Lanes128, Vector128<float>>(rows, width, picked, factors, count, to);
                break;
            default:
                Sum<LanesScalar, float>(rows, width, picked, factors, count, to);
                break;
        }
    }

    /// <summary>rows[picked[i]] += factors[i] * row, for rows that differ.</summary>
    /// <param name="row">[width].</param>
    /// <param name="width">Values of a row, whole vectors of the path in use.</param>
    /// <param name="picked">[count].</param>
    /// <param name="factors">[count].</param>
    /// <param name="count">How many.</param>
    /// <param name="rows">[.., width].</param>
    public static void Add(float* row, int width, int* picked, float* factors, int count, float* rows)
    {
        switch (KernelPath.Width)
        {
            case KernelWidth.Vector512:
                Add<Lanes512, Vector512<float>>(row, width, picked, factors, count, rows);
                break;
            case KernelWidth.Vector256:
                Add<Lanes256, Vector256<float>>(row, width, picked, factors, count, rows);
                break;
            case KernelWidth.Vector128:
                Add<Lanes128, Vector128<float>>(row, width, picked, factors, count, rows);
                break;
            default:
                Add<LanesScalar, float>(row, width, picked, factors, count, rows);
                break;
        }
    }

    /// <summary>
    /// Tiles of vectors; the last ones overlap where the width is no multiple, and are then computed twice.
    /// </summary>
    private static void Sum<P, V>(float* rows, int width, int* picked, float* factors, int count, float* to)
        where P : struct, ILanes<V>
        where V : struct
    {
        int last = width - P.Count; // where the last vector begins
        for (int at = 0; at < width; )
        {
            if (width - at > (Narrow + 2) * P.Count)
            {
                SumWide<P, V>(rows, width, picked, factors, count, at, last, to);
                at += Wide * P.Count;
            }
            else
            {
                SumNarrow<P, V>(rows, width, picked, factors, count, at, last, to);
                at += Narrow * P.Count;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumWide<P, V>(
        float* rows,
        int width,
        int* picked,
        float* factors,
        int count,
        int at,
        int last,
        float* to
    )
        where P : struct, ILanes<V>
        where V : struct
    {
        int i0 = Math.Min(at, last),
            i1 = Math.Min(at + P.Count, last),
            i2 = Math.Min(at + 2 * P.Count, last),
            i3 = Math.Min(at + 3 * P.Count, last);
        int i4 = Math.Min(at + 4 * P.Count, last),
            i5 = Math.Min(at + 5 * P.Count, last),
            i6 = Math.Min(at + 6 * P.Count, last);
        int i7 = Math.Min(at + 7 * P.Count, last),
            i8 = Math.Min(at + 8 * P.Count, last),
            i9 = Math.Min(at + 9 * P.Count, last);
        V s0 = P.Zero,
            s1 = P.Zero,
            s2 = P.Zero,
            s3 = P.Zero,
            s4 = P.Zero;
        V s5 = P.Zero,
            s6 = P.Zero,
            s7 = P.Zero,
            s8 = P.Zero,
            s9 = P.Zero;
        for (int i = 0; i < count; i++)
        {
            V factor = P.Create(factors[i]);
            float* row = rows + (long)picked[i] * width;
            s0 = P.Fma(factor, P.Load(row + i0), s0);
            s1 = P.Fma(factor, P.Load(row + i1), s1);
            s2 = P.Fma(factor, P.Load(row + i2), s2);
            s3 = P.Fma(factor, P.Load(row + i3), s3);
            s4 = P.Fma(factor, P.Load(row + i4), s4);
            s5 = P.Fma(factor, P.Load(row + i5), s5);
            s6 = P.Fma(factor, P.Load(row + i6), s6);
            s7 = P.Fma(factor, P.Load(row + i7), s7);
            s8 = P.Fma(factor, P.Load(row + i8), s8);
            s9 = P.Fma(factor, P.Load(row + i9), s9);
        }
        P.Store(s0, to + i0);
        P.Store(s1, to + i1);
        P.Store(s2, to + i2);
        P.Store(s3, to + i3);
        P.Store(s4, to + i4);
        P.Store(s5, to + i5);
        P.Store(s6, to + i6);
        P.Store(s7, to + i7);
        P.Store(s8, to + i8);
        P.Store(s9, to + i9);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumNarrow<P, V>(
        float* rows,
        int width,
        int* picked,
        float* factors,
        int count,
        int at,
        int last,
        float* to
    )
        where P : struct, ILanes<V>
        where V : struct
    {
        int i0 = Math.Min(at, last),
            i1 = Math.Min(at + P.Count, last),
            i2 = Math.Min(at + 2 * P.Count, last),
            i3 = Math.Min(at + 3 * P.Count, last);
        V s0 = P.Zero,
            s1 = P.Zero,
            s2 = P.Zero,
            s3 = P.Zero;
        for (int i = 0; i < count; i++)
        {
            V factor = P.Create(factors[i]);
            float* row = rows + (long)picked[i] * width;
            s0 = P.Fma(factor, P.Load(row + i0), s0);
            s1 = P.Fma(factor, P.Load(row + i1), s1);
            s2 = P.Fma(factor, P.Load(row + i2), s2);
            s3 = P.Fma(factor, P.Load(row + i3), s3);
        }
        P.Store(s0, to + i0);
        P.Store(s1, to + i1);
        P.Store(s2, to + i2);
        P.Store(s3, to + i3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<P, V>(float* row, int width, int* picked, float* factors, int count, float* rows)
        where P : struct, ILanes<V>
        where V : struct
    {
        for (int i = 0; i < count; i++)
        {
            V factor = P.Create(factors[i]);
            float* to = rows + (long)picked[i] * width;
            for (int at = 0; at < width; at += P.Count)
                P.Store(P.Fma(factor, P.Load(row + at), P.Load(to + at)), to + at);
        }
    }
}
