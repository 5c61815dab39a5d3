using System.Buffers.Binary;
using System.Globalization;

namespace Firn.Interop.NumPy;

/// <summary>The type of an array's numbers: kind, bytes and their order.</summary>
/// <param name="Kind">'f' for floats, 'i' and 'u' for whole numbers, 'b' for truth values.</param>
/// <param name="Size">Bytes of a number.</param>
/// <param name="BigEndian">The first byte is the highest.</param>
internal readonly record struct NumberType(char Kind, int Size, bool BigEndian)
{
    /// <summary>From NumPy's short form, such as <c>&lt;f4</c>; null where it is none of numbers.</summary>
    public static NumberType? Parse(string text)
    {
        bool order = text.Length > 0 && text[0] is '<' or '>' or '|' or '=';
        ReadOnlySpan<char> rest = order ? text.AsSpan(1) : text;
        if (rest.Length < 2 || !int.TryParse(rest[1..], NumberStyles.None, CultureInfo.InvariantCulture, out int size))
            return null;
        bool known = rest[0] switch
        {
            'f' => size is 2 or 4 or 8,
            'i' or 'u' => size is 1 or 2 or 4 or 8,
            'b' => size == 1,
            _ => false,
        };
        return known ? new NumberType(rest[0], size, text[0] == '>') : null;
    }

    /// <summary>One number.</summary>
    public double Read(ReadOnlySpan<byte> bytes)
    {
        ulong bits = 0;
        for (int i = 0; i < Size; i++)
            bits |= (ulong)bytes[BigEndian ? Size - 1 - i : i] << (8 * i);
        return (Kind, Size) switch
        {
            ('f', 2) => (double)BitConverter.UInt16BitsToHalf((ushort)bits),
            ('f', 4) => BitConverter.UInt32BitsToSingle((uint)bits),
            ('f', _) => BitConverter.UInt64BitsToDouble(bits),
            ('i', 1) => (sbyte)bits,
            ('i', 2) => (short)bits,
            ('i', 4) => (int)bits,
            ('i', _) => (long)bits,
            _ => bits,
        };
    }

    /// <summary>Whether a number is four little-endian bytes, as float32 is held here.</summary>
    public bool IsPlainFloat => Kind == 'f' && Size == 4 && !BigEndian && BitConverter.IsLittleEndian;

    /// <summary>Reads numbers as float32.</summary>
    public void Read(ReadOnlySpan<byte> bytes, Span<float> destination)
    {
        if (IsPlainFloat)
        {
            System
                .Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes)[..destination.Length]
                .CopyTo(destination);
            return;
        }
        for (int i = 0; i < destination.Length; i++)
            destination[i] =
                Kind == 'f' && Size == 4 && BigEndian
                    ? BinaryPrimitives.ReadSingleBigEndian(bytes[(4 * i)..])
                    : (float)Read(bytes[(i * Size)..]);
    }
}
