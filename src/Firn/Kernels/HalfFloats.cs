using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Firn.Kernels;

/// <summary>
/// Float16 (IEEE binary16) rows to float and back. Values are finite; those above 65504 in size are held there.
/// </summary>
internal static class HalfFloats
{
    /// <summary>Rounds to the nearest float16.</summary>
    public static void Narrow(ReadOnlySpan<float> source, Span<ushort> destination)
    {
        Debug.Assert(source.Length == destination.Length);
        for (int i = 0; i < source.Length; i++)
            destination[i] = BitConverter.HalfToUInt16Bits((Half)Math.Clamp(source[i], -65504f, 65504f));
    }

    /// <summary>
    /// Exact. Exponent and mantissa are shifted to their place in a float32 and scaled by 2^112, the difference of the
    /// biases, which makes subnormal values right too.
    /// </summary>
    public static void Widen(ReadOnlySpan<ushort> source, Span<float> destination)
    {
        Debug.Assert(source.Length == destination.Length);
        int i = 0;
        if (KernelPath.Width >= KernelWidth.Vector256)
        {
            for (; i <= source.Length - 8; i += 8)
            {
                Vector256<uint> bits = Vector256.Create(
                    Vector128.WidenLower(Vector128.Create(source[i..])),
                    Vector128.WidenUpper(Vector128.Create(source[i..]))
                );
                Vector256<float> size = ((bits & Vector256.Create(0x7FFFu)) << 13).AsSingle() * Vector256.Create(Bias);
                (size.AsUInt32() | ((bits & Vector256.Create(0x8000u)) << 16)).AsSingle().CopyTo(destination[i..]);
            }
        }
        if (KernelPath.Width >= KernelWidth.Vector128)
        {
            for (; i <= source.Length - 8; i += 8)
            {
                Vector128<ushort> eight = Vector128.Create(source[i..]);
                Widen(Vector128.WidenLower(eight)).CopyTo(destination[i..]);
                Widen(Vector128.WidenUpper(eight)).CopyTo(destination[(i + 4)..]);
            }
        }
        for (; i < source.Length; i++)
            destination[i] = Widen(source[i]);
    }

    private const float Bias = 5.192296858534828e+33f; // 2^112

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Widen(Vector128<uint> bits)
    {
        Vector128<float> size = ((bits & Vector128.Create(0x7FFFu)) << 13).AsSingle() * Vector128.Create(Bias);
        return (size.AsUInt32() | ((bits & Vector128.Create(0x8000u)) << 16)).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Widen(ushort bits)
    {
        float size = BitConverter.UInt32BitsToSingle((bits & 0x7FFFu) << 13) * Bias;
        return (bits & 0x8000) != 0 ? -size : size;
    }
}
