using System.Globalization;
using System.Text;

namespace Firn.Tests.Vectors.Fuzzing;

/// <summary>Random damage to good files, and files of random bytes that begin like good ones.</summary>
internal static class FileDamage
{
    private const int LongestNoise = 2000;
    private const int MaxBytes = 1 << 20; // sections that are repeated do not grow a file beyond it

    /// <summary>Random bytes; half of them begin like something.</summary>
    public static byte[] Noise(Random random)
    {
        var bytes = new byte[random.Next(LongestNoise)];
        random.NextBytes(bytes);
        byte[][] heads =
        [
            "3 4\n"u8.ToArray(),
            [0xBA, 0x16, 0x4F, 0x2F, 12, 0, 0, 0],
            [0x1F, 0x8B, 8, 0],
            [60, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'"'],
            "word 0.1 0.2\n"u8.ToArray(),
            "4 2 1 2 1 0 < >\n"u8.ToArray(),
            [0x80, 4],
            [0x80, 2, (byte)'c'],
            [0x93, .. "NUMPY"u8],
            "PK\u0003\u0004"u8.ToArray(),
            "BZh9"u8.ToArray(),
        ];
        byte[] head = heads[random.Next(heads.Length)];
        if (random.Next(2) == 0)
            head.AsSpan(0, Math.Min(head.Length, bytes.Length)).CopyTo(bytes);
        return bytes;
    }

    /// <summary>A good file with one to four wounds; <paramref name="other"/> gives what is spliced in.</summary>
    public static byte[] Of(Random random, byte[] good, byte[] other)
    {
        var bytes = new List<byte>(good);
        for (int i = random.Next(4); i >= 0; i--)
        {
            // Headers matter most: half of all damage is near the beginning.
            int at = random.Next(2) == 0 ? random.Next(Math.Min(bytes.Count, 200) + 1) : random.Next(bytes.Count + 1);
            Wound(random, bytes, at, other);
        }
        return [.. bytes];
    }

    private static void Wound(Random random, List<byte> bytes, int at, byte[] other)
    {
        int left = bytes.Count - at;
        switch (random.Next(10))
        {
            case 0 when left > 0:
                bytes[at] = (byte)random.Next(256);
                break;
            case 1 when left > 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 2 when left > 0:
                bytes.RemoveRange(at, left);
                break;
            case 3 when left > 0:
                bytes.RemoveRange(at, Math.Min(random.Next(1, 20), left));
                break;
            case 4:
                bytes.InsertRange(at, Numbers(random));
                break;
            case 5:
                byte[] number = Numbers(random);
                for (int b = 0; b < Math.Min(number.Length, left); b++)
                    bytes[at + b] = number[b];
                break;
            case 6 when other.Length > 0:
                int from = random.Next(other.Length),
                    length = Math.Min(random.Next(1, 300), other.Length - from);
                bytes.InsertRange(at, other.AsSpan(from, length).ToArray());
                break;
            case 7 when left > 0:
                bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 60), left)));
                break;
            case 8 when left > 0: // a whole section, more than once
                List<byte> section = bytes.GetRange(at, random.Next(1, left + 1));
                for (int copies = random.Next(1, 5); copies > 0 && bytes.Count + section.Count <= MaxBytes; copies--)
                    bytes.InsertRange(at, section);
                break;
            case 9:
                bytes.InsertRange(at, Instructions(random));
                break;
        }
    }

    /// <summary>Counts at their limits, as binary and as text.</summary>
    private static byte[] Numbers(Random random)
    {
        long[] values =
        [
            0,
            -1,
            1,
            int.MaxValue,
            int.MinValue,
            long.MaxValue,
            long.MinValue,
            uint.MaxValue,
            1 << 20,
            1L << 31,
            1L << 40,
            random.Next(),
        ];
        long value = values[random.Next(values.Length)];
        string[] texts =
        [
            " ",
            "\n",
            "NaN",
            "1e99",
            "-inf",
            "{",
            "[",
            "\"",
            "\t",
            "\r\n",
            "\0",
            "0x1",
            ".",
            "(2147483647, 2)",
            "True",
        ];
        return random.Next(4) switch
        {
            0 => BitConverter.GetBytes((int)value),
            1 => BitConverter.GetBytes(value),
            2 => Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)),
            _ => Encoding.ASCII.GetBytes(texts[random.Next(texts.Length)]),
        };
    }

    /// <summary>Instructions of a pickle: lengths that no file holds, calls, marks, memory, copies.</summary>
    private static byte[] Instructions(Random random)
    {
        string[] texts =
        [
            "\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f",
            "\u008e\u0000\u0000\u0000\u0010\u0000\u0000\u0000\u0000",
            "B\u00ff\u00ff\u00ff\u007f",
            "X\u00ff\u00ff\u00ff\u00ff",
            "T\u00ff\u00ff\u00ff\u007f",
            "\u008b\u00ff\u00ff\u00ff\u007f",
            "(",
            "t",
            "R",
            "o",
            "b",
            "2",
            "222222",
            "h\u0000",
            "h\u0001",
            "\u0094",
            "e",
            "u",
            "a",
            "}",
            "]",
            ")",
            "0",
            "1",
            ".",
            "cos\nsystem\n",
            "\u0081",
            "\u0092",
            "\u0093",
            "K\u0002",
            "I99999999999999999999\n",
            "p0\n",
            "\u0096\u0001\u0000\u0000\u0000\u0000\u0000\u0000\u0000x",
            "c_codecs\nencode\n",
        ];
        return Encoding.Latin1.GetBytes(
            string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => texts[random.Next(texts.Length)]))
        );
    }
}
