using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Firn.Kernels;

/// <summary>
/// Sums and scaled sums over spans. Each runs in a fixed order, so a result is the same on every call.
/// </summary>
internal static unsafe class VectorMath
{
    /// <summary>Sum of a[i] * b[i].</summary>
    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Debug.Assert(a.Length == b.Length);
        fixed (
            float* pa = a,
                pb = b
        )
        {
            return KernelPath.Width switch
            {
                KernelWidth.Vector512 => Dot<Lanes512, Vector512<float>>(pa, pb, a.Length),
                KernelWidth.Vector256 => Dot<Lanes256, Vector256<float>>(pa, pb, a.Length),
                KernelWidth.Vector128 => Dot<Lanes128, Vector128<float>>(pa, pb, a.Length),
                _ => Dot<LanesScalar, float>(pa, pb, a.Length),
            };
        }
    }

    /// <summary>Sum of squares in double: the square of a gradient's norm does not lose its small parts.</summary>
    public static double SumOfSquares(ReadOnlySpan<float> a)
    {
        double sum = 0;
        const int block = 1024; // float sums of 1024 squares, added up in double
        for (int i = 0; i < a.Length; i += block)
        {
            ReadOnlySpan<float> part = a[i..Math.Min(a.Length, i + block)];
            sum += Dot(part, part);
        }
        return sum;
    }

    /// <summary>destination[i] += factor * x[i].</summary>
    public static void AddScaled(float factor, ReadOnlySpan<float> x, Span<float> destination)
    {
        Debug.Assert(x.Length == destination.Length);
        fixed (
            float* px = x,
                pd = destination
        )
        {
            int done = KernelPath.Width switch
            {
                KernelWidth.Vector512 => AddScaled<Lanes512, Vector512<float>>(factor, px, x.Length, pd),
                KernelWidth.Vector256 => AddScaled<Lanes256, Vector256<float>>(factor, px, x.Length, pd),
                KernelWidth.Vector128 => AddScaled<Lanes128, Vector128<float>>(factor, px, x.Length, pd),
                _ => 0,
            };
            AddScaled<LanesScalar, float>(factor, px + done, x.Length - done, pd + done);
        }
    }

    /// <summary>destination[i] += x[i].</summary>
    public static void Add(ReadOnlySpan<float> x, Span<float> destination) => AddScaled(1, x, destination);

    /// <summary>destination[i] *= factor.</summary>
    public static void Scale(float factor, Span<float> destination)
    {
        for (int i = 0; i < destination.Length; i++)
            destination[i] *= factor;
    }

    /// <summary>destination[i] = a[i] * b[i]; in place where two are the same.</summary>
    public static void Multiply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> destination)
    {
        Debug.Assert(a.Length == b.Length && a.Length == destination.Length);
        fixed (
            float* pa = a,
                pb = b,
                pd = destination
        )
        {
            int done = KernelPath.Width switch
            {
                KernelWidth.Vector512 => Multiply<Lanes512, Vector512<float>>(pa, pb, a.Length, pd),
                KernelWidth.Vector256 => Multiply<Lanes256, Vector256<float>>(pa, pb, a.Length, pd),
                KernelWidth.Vector128 => Multiply<Lanes128, Vector128<float>>(pa, pb, a.Length, pd),
                _ => 0,
            };
            Multiply<LanesScalar, float>(pa + done, pb + done, a.Length - done, pd + done);
        }
    }

    /// <summary>
    /// Adds each column of <paramref name="matrix"/> [rows, N] to <paramref name="destination"/> [N].
    /// </summary>
    public static void AddColumnSums(ReadOnlySpan<float> matrix, int rows, Span<float> destination)
    {
        int columns = destination.Length;
        Debug.Assert(matrix.Length >= (long)rows * columns);
        fixed (
            float* pm = matrix,
                pd = destination
        )
        {
            int done = KernelPath.Width switch
            {
                KernelWidth.Vector512 => AddColumnSums<Lanes512, Vector512<float>>(pm, rows, columns, 0, pd),
                KernelWidth.Vector256 => AddColumnSums<Lanes256, Vector256<float>>(pm, rows, columns, 0, pd),
                KernelWidth.Vector128 => AddColumnSums<Lanes128, Vector128<float>>(pm, rows, columns, 0, pd),
                _ => 0,
            };
            AddColumnSums<LanesScalar, float>(pm, rows, columns, done, pd);
        }
    }

    private static float Dot<P, V>(float* a, float* b, int length)
        where P : struct, ILanes<V>
        where V : struct
    {
        V s0 = P.Zero,
            s1 = P.Zero,
            s2 = P.Zero,
            s3 = P.Zero;
        int i = 0;
        for (; i <= length - 4 * P.Count; i += 4 * P.Count)
        {
            s0 = P.Fma(P.Load(a + i), P.Load(b + i), s0);
            s1 = P.Fma(P.Load(a + i + P.Count), P.Load(b + i + P.Count), s1);
            s2 = P.Fma(P.Load(a + i + 2 * P.Count), P.Load(b + i + 2 * P.Count), s2);
            s3 = P.Fma(P.Load(a + i + 3 * P.Count), P.Load(b + i + 3 * P.Count), s3);
        }
        for (; i <= length - P.Count; i += P.Count)
            s0 = P.Fma(P.Load(a + i), P.Load(b + i), s0);
        float sum = P.Sum(P.Add(P.Add(s0, s1), P.Add(s2, s3)));
        for (; i < length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    private static int AddScaled<P, V>(float factor, float* x, int length, float* destination)
        where P : struct, ILanes<V>
        where V : struct
    {
        V scale = P.Create(factor);
        int i = 0;
        for (; i <= length - P.Count; i += P.Count)
            P.Store(P.Fma(scale, P.Load(x + i), P.Load(destination + i)), destination + i);
        return i;
    }

    private static int Multiply<P, V>(float* a, float* b, int length, float* destination)
        where P : struct, ILanes<V>
        where V : struct
    {
        int i = 0;
        for (; i <= length - P.Count; i += P.Count)
            P.Store(P.Multiply(P.Load(a + i), P.Load(b + i)), destination + i);
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int AddColumnSums<P, V>(float* matrix, int rows, int columns, int first, float* destination)
        where P : struct, ILanes<V>
        where V : struct
    {
        int column = first;
        for (; column <= columns - P.Count; column += P.Count)
        {
            V sum = P.Load(destination + column);
            float* from = matrix + column;
            for (int row = 0; row < rows; row++, from += columns)
                sum = P.Add(sum, P.Load(from));
            P.Store(sum, destination + column);
        }
        return column;
    }
}
