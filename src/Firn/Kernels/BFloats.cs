using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Firn.Kernels;

/// <summary>Bfloat16 rows, the upper halves of float32, to float and back. Values are finite.</summary>
internal static class BFloats
{
    /// <summary>Rounds to the nearest bfloat16; of two equally near, to the even one.</summary>
    public static void Narrow(ReadOnlySpan<float> source, Span<ushort> destination)
    {
        Debug.Assert(source.Length == destination.Length);
        for (int i = 0; i < source.Length; i++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(source[i]);
            destination[i] = (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
        }
    }

    /// <summary>Exact.</summary>
    public static void Widen(ReadOnlySpan<ushort> source, Span<float> destination)
    {
        Debug.Assert(source.Length == destination.Length);
        Span<uint> bits = MemoryMarshal.Cast<float, uint>(destination);
        int i = 0;
        if (KernelPath.Width >= KernelWidth.Vector256)
        {
            for (; i <= source.Length - 8; i += 8)
            {
                Vector128<ushort> eight = Vector128.Create(source[i..]);
                (Vector256.Create(Vector128.WidenLower(eight), Vector128.WidenUpper(eight)) << 16).CopyTo(bits[i..]);
            }
        }
        if (KernelPath.Width >= KernelWidth.Vector128)
        {
            for (; i <= source.Length - 8; i += 8)
            {
                Vector128<ushort> eight = Vector128.Create(source[i..]);
                (Vector128.WidenLower(eight) << 16).CopyTo(bits[i..]);
                (Vector128.WidenUpper(eight) << 16).CopyTo(bits[(i + 4)..]);
            }
        }
        for (; i < source.Length; i++)
            bits[i] = (uint)source[i] << 16;
    }
}
