using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using Firn.Files;

namespace Firn.Vectors.Formats;

/// <summary>
/// Reads word2vec's binary format: a word, a space, D little-endian float32 values; line feeds before a word are
/// skipped.
/// </summary>
internal static class BinaryVectorReader
{
    private const int MaxWord = 1 << 16;

    public static VectorFileContent Read(
        ByteSource source,
        VectorFileHeader header,
        VectorLoadOptions options,
        HashSet<string>? only
    )
    {
        long rows = Math.Min(options.TrustHeader ? header.Rows : long.MaxValue, options.Limit ?? long.MaxValue);
        bool known = !source.Compressed && only is null;
        long initial =
            known && options.TrustHeader ? rows : Math.Min(header.Rows, VectorTable.UnknownRows(header.Dimension));
        var table = new VectorTable(source.Path, header.Dimension, initial, options.BlockValues);
        var report = new VectorLoadReport { Format = header.Format, Compressed = source.Compressed };
        var scratch = new float[header.Dimension];
        long row = 0;
        for (; row < rows && !AtEnd(source, header.Rows, row, options.TrustHeader); row++)
        {
            string? word = ReadWord(source, row, options, ref report);
            if (word is not null && only is not null && !only.Contains(word))
            {
                word = null;
                report = report with { Filtered = report.Filtered + 1 };
            }
            Span<float> place = word is null || options.SkipBadRows ? default : table.Add(word);
            string? problem = ReadVector(source, place.IsEmpty ? scratch : place, header.Rows, row);
            if (problem is not null)
            {
                if (!options.SkipBadRows)
                    Throw.BadFile(
                        source.Path,
                        problem,
                        "a vector must be finite",
                        "The file is damaged, its header gives another dimension, or training diverged"
                    );
                report = report with { BadRows = report.BadRows + 1, FirstBadRow = report.FirstBadRow ?? problem };
                continue;
            }
            if (options.SkipBadRows && word is not null && table.Add(word) is { IsEmpty: false } kept)
                scratch.CopyTo(kept);
        }
        if (row == header.Rows && options.TrustHeader)
            CheckEnd(source, header.Rows);
        return table.Build(report with { Rows = row });
    }

    private static bool AtEnd(ByteSource source, long promised, long row, bool trustHeader)
    {
        SkipLineFeeds(source);
        if (!source.Peek(1).IsEmpty)
            return false;
        if (trustHeader)
            Truncated(source, promised, row);
        return true;
    }

    private static void SkipLineFeeds(ByteSource source)
    {
        while (source.Peek(1) is { IsEmpty: false } next && next[0] == '\n')
            source.Skip(1);
    }

    private static string? ReadWord(ByteSource source, long row, VectorLoadOptions options, ref VectorLoadReport report)
    {
        long at = source.Position;
        int space = source.Peek(1).IndexOf((byte)' ');
        if (space < 0)
            space = source.Peek(MaxWord).IndexOf((byte)' ');
        if (space < 0 || space >= MaxWord)
        {
            Throw.BadFile(
                source.Path,
                $"byte {at}",
                $"no space ends the word of row {row + 1} within {MaxWord} bytes",
                "The file is truncated or damaged, or its header gives another dimension; fetch it again"
            );
        }
        ReadOnlySpan<byte> bytes = source.Peek(space + 1)[..space];
        string? word = (options.Encoding ?? Encoding.UTF8).GetString(bytes);
        if (options.Encoding is null && !Utf8.IsValid(bytes))
        {
            if (options.InvalidUtf8 == InvalidUtf8Policy.Stop)
                Throw.BadFile(
                    source.Path,
                    $"byte {at}",
                    $"{Shown(word)} of row {row + 1} is not valid UTF-8",
                    TextBlock.Utf8Remedy
                );
            report = report with { InvalidUtf8Words = report.InvalidUtf8Words + 1 };
            word = options.InvalidUtf8 == InvalidUtf8Policy.Replace ? word : null;
        }
        else if (space == 0)
        {
            report = report with { EmptyWords = report.EmptyWords + 1 };
            word = null;
        }
        source.Skip(space + 1);
        return word;
    }

    /// <summary>A word for a message; bytes of numbers that stand where a word should are not shown.</summary>
    private static string Shown(string word) =>
        word.Length <= 60 && !word.Any(char.IsControl) && word.Count(c => c == '\uFFFD') <= 2
            ? $"the word '{word}'"
            : "what stands where the word";

    /// <summary>Reads a row; what is wrong with its numbers, with the place, or null.</summary>
    private static string? ReadVector(ByteSource source, Span<float> values, long promised, long row)
    {
        long at = source.Position;
        Span<byte> bytes = MemoryMarshal.AsBytes(values);
        if (source.Read(bytes) < bytes.Length)
            Truncated(source, promised, row);
        if (!BitConverter.IsLittleEndian)
        {
            Span<int> words = MemoryMarshal.Cast<float, int>(values);
            BinaryPrimitives.ReverseEndianness(words, words);
        }
        int bad = FirstNotFinite(values);
        return bad < 0 ? null : $"byte {at + 4L * bad}: number {bad + 1} of row {row + 1} is {values[bad]}";
    }

    /// <summary>Index of the first value whose exponent bits are all ones, or -1.</summary>
    private static int FirstNotFinite(ReadOnlySpan<float> values)
    {
        var exponent = new Vector<int>(0x7F800000);
        int i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            if (Vector.EqualsAny(Vector.AsVectorInt32(new Vector<float>(values[i..])) & exponent, exponent))
                break;
        }
        for (; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                return i;
        }
        return -1;
    }

    private static void CheckEnd(ByteSource source, long promised)
    {
        SkipLineFeeds(source);
        if (!source.Peek(1).IsEmpty)
        {
            Throw.BadFile(
                source.Path,
                $"byte {source.Position}",
                $"more bytes follow the {promised} words that the header promises",
                "The header is wrong: correct it, or read it with the count ignored"
            );
        }
    }

    private static void Truncated(ByteSource source, long promised, long row) =>
        Throw.BadFile(
            source.Path,
            $"byte {source.Position}",
            $"the file ends in row {row + 1} of the {promised} that its header promises",
            "It is truncated; fetch it again, or read it with the count ignored to take the rows that are there"
        );
}
