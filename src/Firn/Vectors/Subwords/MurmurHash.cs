using System.Buffers.Binary;
using System.Numerics;

namespace Firn.Vectors.Subwords;

/// <summary>MurmurHash3 for 64-bit machines, 128 bits (Appleby 2011, public domain), which floret hashes by.</summary>
internal static class MurmurHash
{
    private const ulong C1 = 0x87c37b91114253d5,
        C2 = 0x4cf5ad432745937f;

    /// <summary>The hash as four 32-bit numbers, the lowest first.</summary>
    public static void Hash(ReadOnlySpan<byte> bytes, uint seed, Span<uint> destination)
    {
        ulong h1 = seed,
            h2 = seed;
        ReadOnlySpan<byte> rest = bytes;
        for (; rest.Length >= 16; rest = rest[16..])
        {
            h1 ^= First(BinaryPrimitives.ReadUInt64LittleEndian(rest));
            h1 = (BitOperations.RotateLeft(h1, 27) + h2) * 5 + 0x52dce729;
            h2 ^= Second(BinaryPrimitives.ReadUInt64LittleEndian(rest[8..]));
            h2 = (BitOperations.RotateLeft(h2, 31) + h1) * 5 + 0x38495ab5;
        }
        Span<byte> tail = stackalloc byte[16];
        tail.Clear();
        rest.CopyTo(tail);
        h2 ^= Second(BinaryPrimitives.ReadUInt64LittleEndian(tail[8..]));
        h1 ^= First(BinaryPrimitives.ReadUInt64LittleEndian(tail));
        h1 ^= (ulong)bytes.Length;
        h2 ^= (ulong)bytes.Length;
        h1 += h2;
        h2 += h1;
        h1 = Mix(h1);
        h2 = Mix(h2);
        h1 += h2;
        h2 += h1;
        (destination[0], destination[1], destination[2], destination[3]) = (
            (uint)h1,
            (uint)(h1 >> 32),
            (uint)h2,
            (uint)(h2 >> 32)
        );
    }

    private static ulong First(ulong k) => BitOperations.RotateLeft(k * C1, 31) * C2;

    private static ulong Second(ulong k) => BitOperations.RotateLeft(k * C2, 33) * C1;

    private static ulong Mix(ulong k)
    {
        k = (k ^ (k >> 33)) * 0xff51afd7ed558ccd;
        k = (k ^ (k >> 33)) * 0xc4ceb9fe1a85ec53;
        return k ^ (k >> 33);
    }
}
