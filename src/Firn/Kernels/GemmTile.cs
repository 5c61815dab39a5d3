using System.Runtime.CompilerServices;

namespace Firn.Kernels;

/// <summary>
/// The innermost products of <see cref="Gemm"/>: a tile of C held in registers while a panel of B streams past. Written
/// out row by row because only named locals stay in registers. 8x2 on 512 bits uses 16 sums, 2 values of B and one of
/// A.
/// </summary>
internal static unsafe class GemmTile
{
    /// <summary>
    /// Up to 8 rows by two vectors of C; rows past <paramref name="height"/> repeat the last one and are not stored.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply8x2<P, V>(
        int depth,
        float* a,
        long rowStride,
        long depthStride,
        int height,
        float* b,
        float* start,
        long startStride,
        float* c,
        long strideC
    )
        where P : struct, ILanes<V>
        where V : struct
    {
        long r1 = height > 1 ? rowStride : 0;
        long r2 = height > 2 ? 2 * rowStride : r1;
        long r3 = height > 3 ? 3 * rowStride : r2;
        long r4 = height > 4 ? 4 * rowStride : r3;
        long r5 = height > 5 ? 5 * rowStride : r4;
        long r6 = height > 6 ? 6 * rowStride : r5;
        long r7 = height > 7 ? 7 * rowStride : r6;
        V c0a = P.Zero,
            c0b = P.Zero;
        V c1a = P.Zero,
            c1b = P.Zero;
        V c2a = P.Zero,
            c2b = P.Zero;
        V c3a = P.Zero,
            c3b = P.Zero;
        V c4a = P.Zero,
            c4b = P.Zero;
        V c5a = P.Zero,
            c5b = P.Zero;
        V c6a = P.Zero,
            c6b = P.Zero;
        V c7a = P.Zero,
            c7b = P.Zero;
        if (start != null)
        {
            c0a = P.Load(start);
            c0b = P.Load(start + P.Count);
            if (height > 1)
            {
                c1a = P.Load(start + startStride);
                c1b = P.Load(start + startStride + P.Count);
            }
            if (height > 2)
            {
                c2a = P.Load(start + 2 * startStride);
                c2b = P.Load(start + 2 * startStride + P.Count);
            }
            if (height > 3)
            {
                c3a = P.Load(start + 3 * startStride);
                c3b = P.Load(start + 3 * startStride + P.Count);
            }
            if (height > 4)
            {
                c4a = P.Load(start + 4 * startStride);
                c4b = P.Load(start + 4 * startStride + P.Count);
            }
            if (height > 5)
            {
                c5a = P.Load(start + 5 * startStride);
                c5b = P.Load(start + 5 * startStride + P.Count);
            }
            if (height > 6)
            {
                c6a = P.Load(start + 6 * startStride);
                c6b = P.Load(start + 6 * startStride + P.Count);
            }
            if (height > 7)
            {
                c7a = P.Load(start + 7 * startStride);
                c7b = P.Load(start + 7 * startStride + P.Count);
            }
        }
        for (; depth > 0; depth--, a += depthStride, b += 2 * P.Count)
        {
            V ba = P.Load(b),
                bb = P.Load(b + P.Count);
            V x = P.Create(*a);
            c0a = P.Fma(x, ba, c0a);
            c0b = P.Fma(x, bb, c0b);
            x = P.Create(a[r1]);
            c1a = P.Fma(x, ba, c1a);
            c1b = P.Fma(x, bb, c1b);
            x = P.Create(a[r2]);
            c2a = P.Fma(x, ba, c2a);
            c2b = P.Fma(x, bb, c2b);
            x = P.Create(a[r3]);
            c3a = P.Fma(x, ba, c3a);
            c3b = P.Fma(x, bb, c3b);
            x = P.Create(a[r4]);
            c4a = P.Fma(x, ba, c4a);
            c4b = P.Fma(x, bb, c4b);
            x = P.Create(a[r5]);
            c5a = P.Fma(x, ba, c5a);
            c5b = P.Fma(x, bb, c5b);
            x = P.Create(a[r6]);
            c6a = P.Fma(x, ba, c6a);
            c6b = P.Fma(x, bb, c6b);
            x = P.Create(a[r7]);
            c7a = P.Fma(x, ba, c7a);
            c7b = P.Fma(x, bb, c7b);
        }
        P.Store(c0a, c);
        P.Store(c0b, c + P.Count);
        if (height > 1)
        {
            P.Store(c1a, c + strideC);
            P.Store(c1b, c + strideC + P.Count);
        }
        if (height > 2)
        {
            P.Store(c2a, c + 2 * strideC);
            P.Store(c2b, c + 2 * strideC + P.Count);
        }
        if (height > 3)
        {
            P.Store(c3a, c + 3 * strideC);
            P.Store(c3b, c + 3 * strideC + P.Count);
        }
        if (height > 4)
        {
            P.Store(c4a, c + 4 * strideC);
            P.Store(c4b, c + 4 * strideC + P.Count);
        }
        if (height > 5)
        {
            P.Store(c5a, c + 5 * strideC);
            P.Store(c5b, c + 5 * strideC + P.Count);
        }
        if (height > 6)
        {
            P.Store(c6a, c + 6 * strideC);
            P.Store(c6b, c + 6 * strideC + P.Count);
        }
        if (height > 7)
        {
            P.Store(c7a, c + 7 * strideC);
            P.Store(c7b, c + 7 * strideC + P.Count);
        }
    }

    /// <summary>
    /// Up to 8 rows by one vector of C; rows past <paramref name="height"/> repeat the last one and are not stored.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply8x1<P, V>(
        int depth,
        float* a,
        long rowStride,
        long depthStride,
        int height,
        float* b,
        float* start,
        long startStride,
        float* c,
        long strideC
    )
        where P : struct, ILanes<V>
        where V : struct
    {
        long r1 = height > 1 ? rowStride : 0;
        long r2 = height > 2 ? 2 * rowStride : r1;
        long r3 = height > 3 ? 3 * rowStride : r2;
        long r4 = height > 4 ? 4 * rowStride : r3;
        long r5 = height > 5 ? 5 * rowStride : r4;
        long r6 = height > 6 ? 6 * rowStride : r5;
        long r7 = height > 7 ? 7 * rowStride : r6;
        V c0 = P.Zero;
        V c1 = P.Zero;
        V c2 = P.Zero;
        V c3 = P.Zero;
        V c4 = P.Zero;
        V c5 = P.Zero;
        V c6 = P.Zero;
        V c7 = P.Zero;
        if (start != null)
        {
            c0 = P.Load(start);
            if (height > 1)
                c1 = P.Load(start + startStride);
            if (height > 2)
                c2 = P.Load(start + 2 * startStride);
            if (height > 3)
                c3 = P.Load(start + 3 * startStride);
            if (height > 4)
                c4 = P.Load(start + 4 * startStride);
            if (height > 5)
                c5 = P.Load(start + 5 * startStride);
            if (height > 6)
                c6 = P.Load(start + 6 * startStride);
            if (height > 7)
                c7 = P.Load(start + 7 * startStride);
        }
        for (; depth > 0; depth--, a += depthStride, b += P.Count)
        {
            V bv = P.Load(b);
            V x = P.Create(*a);
            c0 = P.Fma(x, bv, c0);
            x = P.Create(a[r1]);
            c1 = P.Fma(x, bv, c1);
            x = P.Create(a[r2]);
            c2 = P.Fma(x, bv, c2);
            x = P.Create(a[r3]);
            c3 = P.Fma(x, bv, c3);
            x = P.Create(a[r4]);
            c4 = P.Fma(x, bv, c4);
            x = P.Create(a[r5]);
            c5 = P.Fma(x, bv, c5);
            x = P.Create(a[r6]);
            c6 = P.Fma(x, bv, c6);
            x = P.Create(a[r7]);
            c7 = P.Fma(x, bv, c7);
        }
        P.Store(c0, c);
        if (height > 1)
            P.Store(c1, c + strideC);
        if (height > 2)
            P.Store(c2, c + 2 * strideC);
        if (height > 3)
            P.Store(c3, c + 3 * strideC);
        if (height > 4)
            P.Store(c4, c + 4 * strideC);
        if (height > 5)
            P.Store(c5, c + 5 * strideC);
        if (height > 6)
            P.Store(c6, c + 6 * strideC);
        if (height > 7)
            P.Store(c7, c + 7 * strideC);
    }

    /// <summary>
    /// Up to 4 rows by two vectors of C; rows past <paramref name="height"/> repeat the last one and are not stored.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply4x2<P, V>(
        int depth,
        float* a,
        long rowStride,
        long depthStride,
        int height,
        float* b,
        float* start,
        long startStride,
        float* c,
        long strideC
    )
        where P : struct, ILanes<V>
        where V : struct
    {
        long r1 = height > 1 ? rowStride : 0;
        long r2 = height > 2 ? 2 * rowStride : r1;
        long r3 = height > 3 ? 3 * rowStride : r2;
        V c0a = P.Zero,
            c0b = P.Zero;
        V c1a = P.Zero,
            c1b = P.Zero;
        V c2a = P.Zero,
            c2b = P.Zero;
        V c3a = P.Zero,
            c3b = P.Zero;
        if (start != null)
        {
            c0a = P.Load(start);
            c0b = P.Load(start + P.Count);
            if (height > 1)
            {
                c1a = P.Load(start + startStride);
                c1b = P.Load(start + startStride + P.Count);
            }
            if (height > 2)
            {
                c2a = P.Load(start + 2 * startStride);
                c2b = P.Load(start + 2 * startStride + P.Count);
            }
            if (height > 3)
            {
                c3a = P.Load(start + 3 * startStride);
                c3b = P.Load(start + 3 * startStride + P.Count);
            }
        }
        for (; depth > 0; depth--, a += depthStride, b += 2 * P.Count)
        {
            V ba = P.Load(b),
                bb = P.Load(b + P.Count);
            V x = P.Create(*a);
            c0a = P.Fma(x, ba, c0a);
            c0b = P.Fma(x, bb, c0b);
            x = P.Create(a[r1]);
            c1a = P.Fma(x, ba, c1a);
            c1b = P.Fma(x, bb, c1b);
            x = P.Create(a[r2]);
            c2a = P.Fma(x, ba, c2a);
            c2b = P.Fma(x, bb, c2b);
            x = P.Create(a[r3]);
            c3a = P.Fma(x, ba, c3a);
            c3b = P.Fma(x, bb, c3b);
        }
        P.Store(c0a, c);
        P.Store(c0b, c + P.Count);
        if (height > 1)
        {
            P.Store(c1a, c + strideC);
            P.Store(c1b, c + strideC + P.Count);
        }
        if (height > 2)
        {
            P.Store(c2a, c + 2 * strideC);
            P.Store(c2b, c + 2 * strideC + P.Count);
        }
        if (height > 3)
        {
            P.Store(c3a, c + 3 * strideC);
            P.Store(c3b, c + 3 * strideC + P.Count);
        }
    }

    /// <summary>
    /// Up to 4 rows by one vector of C; rows past <paramref name="height"/> repeat the last one and are not stored.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply4x1<P, V>(
        int depth,
        float* a,
        long rowStride,
        long depthStride,
        int height,
        float* b,
        float* start,
        long startStride,
        float* c,
        long strideC
    )
        where P : struct, ILanes<V>
        where V : struct
    {
        long r1 = height > 1 ? rowStride : 0;
        long r2 = height > 2 ? 2 * rowStride : r1;
        long r3 = height > 3 ? 3 * rowStride : r2;
        V c0 = P.Zero;
        V c1 = P.Zero;
        V c2 = P.Zero;
        V c3 = P.Zero;
        if (start != null)
        {
            c0 = P.Load(start);
            if (height > 1)
                c1 = P.Load(start + startStride);
            if (height > 2)
                c2 = P.Load(start + 2 * startStride);
            if (height > 3)
                c3 = P.Load(start + 3 * startStride);
        }
        for (; depth > 0; depth--, a += depthStride, b += P.Count)
        {
            V bv = P.Load(b);
            V x = P.Create(*a);
            c0 = P.Fma(x, bv, c0);
            x = P.Create(a[r1]);
            c1 = P.Fma(x, bv, c1);
            x = P.Create(a[r2]);
            c2 = P.Fma(x, bv, c2);
            x = P.Create(a[r3]);
            c3 = P.Fma(x, bv, c3);
        }
        P.Store(c0, c);
        if (height > 1)
            P.Store(c1, c + strideC);
        if (height > 2)
            P.Store(c2, c + 2 * strideC);
        if (height > 3)
            P.Store(c3, c + 3 * strideC);
    }
}
