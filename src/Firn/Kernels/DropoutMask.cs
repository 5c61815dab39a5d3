using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Firn.Kernels;

/// <summary>
/// Masks of inverted dropout (Srivastava et al. 2014): each value 0 with the given rate, else 1 / (1 - rate). Value i
/// of a mask is decided by bits 16 (i mod 4) to 16 (i mod 4) + 15 of the stream's number first + i / 4, on every kernel
/// path alike; a rate is thus a multiple of 1/65536.
/// </summary>
internal static unsafe class DropoutMask
{
    /// <summary>Numbers of the stream that a mask of that length takes.</summary>
    public static ulong Counters(int length) => (ulong)(length + 3) / 4;

    /// <summary>Multiplies <paramref name="values"/> by the mask in place.</summary>
    public static void Apply(CounterRandom stream, ulong first, double rate, Span<float> values)
    {
        int threshold = (int)Math.Round(rate * 65536);
        float keep = 65536f / (65536 - threshold);
        fixed (float* p = values)
        {
            int done = KernelPath.Width switch
            {
                KernelWidth.Vector512 => Run512(stream.Key, first, threshold, keep, p, values.Length),
                KernelWidth.Vector256 => Run256(stream.Key, first, threshold, keep, p, values.Length),
                KernelWidth.Vector128 => Run128(stream.Key, first, threshold, keep, p, values.Length),
                _ => 0,
            };
            Debug.Assert(done % 4 == 0);
            for (int i = done; i < values.Length; i += 4)
            {
                ulong bits = stream.Bits(first + (ulong)i / 4);
                for (int j = i; j < Math.Min(i + 4, values.Length); j++, bits >>= 16)
                    p[j] = (ushort)bits >= threshold ? p[j] * keep : 0;
            }
        }
    }

    /// <summary>Writes the mask itself.</summary>
    public static void Fill(CounterRandom stream, ulong first, double rate, Span<float> mask)
    {
        mask.Fill(1);
        Apply(stream, first, rate, mask);
    }

    private const ulong Golden = 0x9E3779B97F4A7C15;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Run512(ulong key, ulong first, int threshold, float keep, float* values, int length)
    {
        Vector512<ulong> state =
            Vector512.Create(key + (first + 1) * Golden) + Vector512<ulong>.Indices * Vector512.Create(Golden);
        Vector512<ulong> step = Vector512.Create(unchecked(8 * Golden));
        Vector512<float> scale = Vector512.Create(keep);
        Vector512<int> limit = Vector512.Create(threshold - 1);
        int i = 0;
        for (; i <= length - 32; i += 32, state += step)
        {
            Vector512<ulong> z = (state ^ (state >> 30)) * Vector512.Create(0xBF58476D1CE4E5B9UL);
            z = (z ^ (z >> 27)) * Vector512.Create(0x94D049BB133111EBUL);
            Vector512<ushort> bits = (z ^ (z >> 31)).AsUInt16();
            Vector512<int> low = Vector512.WidenLower(bits).AsInt32(),
                high = Vector512.WidenUpper(bits).AsInt32();
            (Vector512.Load(values + i) * (scale & Vector512.GreaterThan(low, limit).AsSingle())).Store(values + i);
            (Vector512.Load(values + i + 16) * (scale & Vector512.GreaterThan(high, limit).AsSingle())).Store(
                values + i + 16
            );
        }
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Run256(ulong key, ulong first, int threshold, float keep, float* values, int length)
    {
        Vector256<ulong> state =
            Vector256.Create(key + (first + 1) * Golden) + Vector256<ulong>.Indices * Vector256.Create(Golden);
        Vector256<ulong> step = Vector256.Create(unchecked(4 * Golden));
        Vector256<float> scale = Vector256.Create(keep);
        Vector256<int> limit = Vector256.Create(threshold - 1);
        int i = 0;
        for (; i <= length - 16; i += 16, state += step)
        {
            Vector256<ulong> z = (state ^ (state >> 30)) * Vector256.Create(0xBF58476D1CE4E5B9UL);
            z = (z ^ (z >> 27)) * Vector256.Create(0x94D049BB133111EBUL);
            Vector256<ushort> bits = (z ^ (z >> 31)).AsUInt16();
            Vector256<int> low = Vector256.WidenLower(bits).AsInt32(),
                high = Vector256.WidenUpper(bits).AsInt32();
            (Vector256.Load(values + i) * (scale & Vector256.GreaterThan(low, limit).AsSingle())).Store(values + i);
            (Vector256.Load(values + i + 8) * (scale & Vector256.GreaterThan(high, limit).AsSingle())).Store(
                values + i + 8
            );
        }
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Run128(ulong key, ulong first, int threshold, float keep, float* values, int length)
    {
        Vector128<ulong> state =
            Vector128.Create(key + (first + 1) * Golden) + Vector128<ulong>.Indices * Vector128.Create(Golden);
        Vector128<ulong> step = Vector128.Create(unchecked(2 * Golden));
        Vector128<float> scale = Vector128.Create(keep);
        Vector128<int> limit = Vector128.Create(threshold - 1);
        int i = 0;
        for (; i <= length - 8; i += 8, state += step)
        {
            Vector128<ulong> z = (state ^ (state >> 30)) * Vector128.Create(0xBF58476D1CE4E5B9UL);
            z = (z ^ (z >> 27)) * Vector128.Create(0x94D049BB133111EBUL);
            Vector128<ushort> bits = (z ^ (z >> 31)).AsUInt16();
            Vector128<int> low = Vector128.WidenLower(bits).AsInt32(),
                high = Vector128.WidenUpper(bits).AsInt32();
            (Vector128.Load(values + i) * (scale & Vector128.GreaterThan(low, limit).AsSingle())).Store(values + i);
            (Vector128.Load(values + i + 4) * (scale & Vector128.GreaterThan(high, limit).AsSingle())).Store(
                values + i + 4
            );
        }
        return i;
    }
}
