using System.Globalization;
using System.Text;
using Firn.Vectors.Formats;

namespace Firn.Tests.Vectors;

/// <summary>The parser of numbers in vector files gives the bits that float.Parse gives.</summary>
public class FloatParserTests
{
    [Fact]
    public void Millions_of_decimals_equal_float_Parse()
    {
        var random = new Random(1);
        Span<byte> text = stackalloc byte[64];
        for (int i = 0; i < 3_000_000; i++)
        {
            int length =
                i % 3 == 0 ? Decimal(random, text)
                : i % 3 == 1 ? AnyFloat(random, text)
                : BetweenFloats(random, text);
            Check(text[..length]);
        }
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-0")]
    [InlineData("+1.5")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("1e-45")]
    [InlineData("7e-46")]
    [InlineData("1.1754942e-38")]
    [InlineData("3.4028235e38")]
    [InlineData("-3.4028235E+38")]
    [InlineData("123456789012345678901234567890")]
    [InlineData("0.000000000000000000000000000000000000001234567890123")]
    [InlineData("16777217")]
    [InlineData("16777217.0000000001")]
    [InlineData("9007199254740993")]
    public void Chosen_numbers_equal_float_Parse(string text) => Check(Encoding.ASCII.GetBytes(text));

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("e5")]
    [InlineData("1e")]
    [InlineData("1.2.3")]
    [InlineData("--1")]
    [InlineData("0x10")]
    [InlineData("1,5")]
    [InlineData("nan")]
    [InlineData("inf")]
    [InlineData("3.5e38")]
    [InlineData("1e999999999999")]
    public void What_is_not_a_finite_number_is_refused(string text) =>
        Assert.False(FloatParser.TryParse(Encoding.ASCII.GetBytes(text), out _));

    private static void Check(ReadOnlySpan<byte> text)
    {
        bool ok = FloatParser.TryParse(text, out float value);
        float expected = float.Parse(text, CultureInfo.InvariantCulture);
        if (!ok || BitConverter.SingleToUInt32Bits(value) != BitConverter.SingleToUInt32Bits(expected))
            Assert.Fail($"{Encoding.ASCII.GetString(text)}: {value:R}, float.Parse {expected:R}");
    }

    /// <summary>A decimal of 1 to 12 digits, as word2vec, GloVe and fastText write them.</summary>
    private static int Decimal(Random random, Span<byte> text)
    {
        double value = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-8, 4));
        value.TryFormat(text, out int length, "F" + random.Next(1, 13), CultureInfo.InvariantCulture);
        return length;
    }

    private static int AnyFloat(Random random, Span<byte> text)
    {
        float value;
        do value = BitConverter.UInt32BitsToSingle((uint)random.NextInt64(1L << 32));
        while (!float.IsFinite(value));
        value.TryFormat(text, out int length, random.Next(2) == 0 ? "R" : "E12", CultureInfo.InvariantCulture);
        return length;
    }

    /// <summary>
    /// The double between two floats, and its neighbors a little above and below: where rounding twice goes wrong.
    /// </summary>
    private static int BetweenFloats(Random random, Span<byte> text)
    {
        float low = (float)Math.Pow(10, random.NextDouble() * 8 - 4);
        double middle = (low + (double)MathF.BitIncrement(low)) / 2 + (random.Next(3) - 1) * 1e-14 * low;
        middle.TryFormat(text, out int length, "F" + random.Next(10, 25), CultureInfo.InvariantCulture);
        return length;
    }
}
