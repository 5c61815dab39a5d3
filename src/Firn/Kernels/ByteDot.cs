using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Firn.Kernels;

/// <summary>
/// Dot products of rows of signed bytes with one vector of 16-bit integers: exact as long as no sum passes 2^31. Bytes
/// widen as they are loaded, and pairs of products are added in one instruction (vpmaddwd), so memory is the limit.
/// </summary>
internal static unsafe class ByteDot
{
    /// <summary>Rows must be padded to a multiple of this many values.</summary>
    public const int Padding = 32;

    /// <summary>dots[r] = sum over i of rows[r * stride + i] * query[i].</summary>
    public static void Each(sbyte* rows, int stride, int count, short* query, int* dots)
    {
        Debug.Assert(stride % Padding == 0);
        switch (KernelPath.Width)
        {
            case KernelWidth.Vector512 when Avx512BW.IsSupported:
                Each512(rows, stride, count, query, dots);
                break;
            case >= KernelWidth.Vector256 when Avx2.IsSupported:
                Each256(rows, stride, count, query, dots);
                break;
            case >= KernelWidth.Vector128:
                Each128(rows, stride, count, query, dots);
                break;
            default:
                EachPortable(rows, stride, count, query, dots);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Each512(sbyte* rows, int stride, int count, short* query, int* dots)
    {
        for (int r = 0; r < count; r++, rows += stride)
        {
            Vector512<int> even = Vector512<int>.Zero,
                odd = Vector512<int>.Zero;
            int i = 0;
            for (; i <= stride - 64; i += 64)
            {
                even += Avx512BW.MultiplyAddAdjacent(
                    Avx512BW.ConvertToVector512Int16(Vector256.Load(rows + i)),
                    Vector512.Load(query + i)
                );
                odd += Avx512BW.MultiplyAddAdjacent(
                    Avx512BW.ConvertToVector512Int16(Vector256.Load(rows + i + 32)),
                    Vector512.Load(query + i + 32)
                );
            }
            if (i < stride)
                even += Avx512BW.MultiplyAddAdjacent(
                    Avx512BW.ConvertToVector512Int16(Vector256.Load(rows + i)),
                    Vector512.Load(query + i)
                );
            dots[r] = Vector512.Sum(even + odd);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Each256(sbyte* rows, int stride, int count, short* query, int* dots)
    {
        for (int r = 0; r < count; r++, rows += stride)
        {
            Vector256<int> even = Vector256<int>.Zero,
                odd = Vector256<int>.Zero;
            for (int i = 0; i < stride; i += 32)
            {
                even += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(rows + i), Vector256.Load(query + i));
                odd += Avx2.MultiplyAddAdjacent(
                    Avx2.ConvertToVector256Int16(rows + i + 16),
                    Vector256.Load(query + i + 16)
                );
            }
            dots[r] = Vector256.Sum(even + odd);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Each128(sbyte* rows, int stride, int count, short* query, int* dots)
    {
        for (int r = 0; r < count; r++, rows += stride)
        {
            Vector128<int> even = Vector128<int>.Zero,
                odd = Vector128<int>.Zero;
            for (int i = 0; i < stride; i += 16)
            {
                (Vector128<short> low, Vector128<short> high) = Vector128.Widen(Vector128.Load(rows + i));
                even += Products(low, Vector128.Load(query + i));
                odd += Products(high, Vector128.Load(query + i + 8));
            }
            dots[r] = Vector128.Sum(even + odd);
        }
    }

    /// <summary>Sums of two of the eight products each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Products(Vector128<short> a, Vector128<short> b) =>
        Sse2.IsSupported
            ? Sse2.MultiplyAddAdjacent(a, b)
            : Vector128.WidenLower(a) * Vector128.WidenLower(b) + Vector128.WidenUpper(a) * Vector128.WidenUpper(b);

    private static void EachPortable(sbyte* rows, int stride, int count, short* query, int* dots)
    {
        for (int r = 0; r < count; r++, rows += stride)
        {
            int sum = 0;
            for (int i = 0; i < stride; i++)
                sum += rows[i] * query[i];
            dots[r] = sum;
        }
    }
}
