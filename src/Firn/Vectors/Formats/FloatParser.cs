using System.Buffers.Binary;
using System.Buffers.Text;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firn.Vectors.Formats;

/// <summary>
/// Decimal text to float32, rounded to nearest even as <see cref="float.Parse(string)"/> does, at several times its
/// speed.
/// </summary>
/// <remarks>
/// A decimal of at most 2^53 times or over a power of ten up to 10^22 is one exact double operation (Clinger 1990, "How
/// to read floating point numbers accurately"). Rounding that double to float32 goes wrong only when it lies exactly
/// between two floats while the decimal does not; those, and all other numbers, take the slow path.
/// </remarks>
internal static class FloatParser
{
    private static ReadOnlySpan<double> Powers =>
        [
            1,
            1e1,
            1e2,
            1e3,
            1e4,
            1e5,
            1e6,
            1e7,
            1e8,
            1e9,
            1e10,
            1e11,
            1e12,
            1e13,
            1e14,
            1e15,
            1e16,
            1e17,
            1e18,
            1e19,
            1e20,
            1e21,
            1e22,
        ];

    private static ReadOnlySpan<ulong> WholePowers =>
        [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

    /// <summary>Parses the whole span; false when it is not a finite decimal number that float32 can hold.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out float value)
    {
        bool ok = TryRead(text, out value, out int used);
        return ok && used == text.Length;
    }

    /// <summary>
    /// Parses the number that begins the span and tells how many bytes it took. False when none does, or when it is too
    /// large for float32.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> text, out float value, out int used)
    {
        int i = 0;
        bool negative = false;
        if (text.Length > 0 && (text[0] == '-' || text[0] == '+'))
        {
            negative = text[0] == '-';
            i = 1;
        }
        ulong digits = 0;
        int first = i;
        int exponent = 0;
        while ((uint)i < (uint)text.Length && (uint)(text[i] - '0') <= 9)
            digits = digits * 10 + (uint)(text[i++] - '0');
        int count = i - first;
        if ((uint)i < (uint)text.Length && text[i] == '.')
        {
            int point = ++i;
            if (text.Length - i >= sizeof(ulong))
                i += ReadUpToEight(text[i..], ref digits);
            while ((uint)i < (uint)text.Length && (uint)(text[i] - '0') <= 9)
                digits = digits * 10 + (uint)(text[i++] - '0');
            exponent = point - i;
            count += i - point;
        }
        if (count == 0)
        {
            value = 0;
            used = 0;
            return false;
        }
        if ((uint)i < (uint)text.Length && (text[i] | 0x20) == 'e')
            i = ReadExponent(text, i, ref exponent);
        used = i;
        if (count <= 19 && digits <= 1UL << 53 && exponent is >= -22 and <= 22)
        {
            double exact = exponent < 0 ? digits / Powers[-exponent] : digits * Powers[exponent];
            bool between = (BitConverter.DoubleToUInt64Bits(exact) & 0x1FFFFFFF) == 0x10000000;
            // Below the smallest normal float32 fewer bits remain and "exactly between" has another pattern.
            if (!between && (exact >= 1.1754943508222875e-38 || digits == 0) && exact < 3.4e38)
            {
                value = negative ? -(float)exact : (float)exact;
                return true;
            }
        }
        return Utf8Parser.TryParse(text[..used], out value, out int slow) && slow == used && float.IsFinite(value);
    }

    /// <summary>
    /// Takes the digits among the next eight bytes, all at once: they are moved to the end of the word behind zeros,
    /// and neighbors are joined to pairs, fours and eight (Lemire 2018, "Quickly parsing eight digits").
    /// </summary>
    /// <returns>How many there are.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ReadUpToEight(ReadOnlySpan<byte> text, ref ulong digits)
    {
        ulong values = BinaryPrimitives.ReadUInt64LittleEndian(text) ^ 0x3030303030303030;
        // the first is right; later ones may carry
        ulong others = (values | (values + 0x7676767676767676)) & 0x8080808080808080;
        if ((others & 0x80) != 0)
            return 0;
        int count = BitOperations.TrailingZeroCount(others) >> 3;
        values <<= 8 * (sizeof(ulong) - count);
        values = values * 10 + (values >> 8);
        values =
            (
                (values & 0x000000FF000000FF) * 0x000F424000000064
                + ((values >> 16) & 0x000000FF000000FF) * 0x0000271000000001
            ) >> 32;
        digits = digits * WholePowers[count] + (uint)values;
        return count;
    }

    /// <summary>Reads "e", a sign and digits; an "e" that no digits follow is not part of the number.</summary>
    private static int ReadExponent(ReadOnlySpan<byte> text, int at, ref int exponent)
    {
        int i = at + 1;
        bool negative = false;
        if (i < text.Length && (text[i] == '-' || text[i] == '+'))
            negative = text[i++] == '-';
        int first = i;
        int value = 0;
        while (i < text.Length && (uint)(text[i] - '0') <= 9)
            value = Math.Min(value * 10 + (text[i++] - '0'), 100_000);
        if (i == first)
            return at;
        exponent += negative ? -value : value;
        return i;
    }
}
