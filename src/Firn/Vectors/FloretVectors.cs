using System.Globalization;
using System.Text;
using Firn.Files;
using Firn.Vectors.Formats;
using Firn.Vectors.Storage;
using Firn.Vectors.Subwords;

namespace Firn.Vectors;

/// <summary>
/// A table of floret, which spaCy's users have: rows of hashes and no list of words. A word's vector is the mean of the
/// rows that the word in its marks and all its character n-grams are hashed to, one to four rows each. Equal to spaCy's
/// <c>Vectors</c> in its floret mode. Immutable and safe to share between threads.
/// </summary>
public sealed class FloretVectors
{
    private const int MaxHashes = 4;
    private readonly RowBlocks<float> _rows;
    private readonly string _begin,
        _end;
    private readonly int _hashes;
    private readonly uint _seed;

    private FloretVectors(FloretHeader header, RowBlocks<float> rows)
    {
        _rows = rows;
        (MinN, MaxN, _hashes, _seed, _begin, _end) = (
            header.MinN,
            header.MaxN,
            header.Hashes,
            header.Seed,
            header.Begin,
            header.End
        );
    }

    /// <summary>Dimensions of each vector.</summary>
    public int Dimension => _rows.Columns;

    /// <summary>Rows that words and n-grams share.</summary>
    public int Buckets => _rows.Count;

    /// <summary>Shortest character n-gram, the word's marks counted.</summary>
    public int MinN { get; }

    /// <summary>Longest character n-gram.</summary>
    public int MaxN { get; }

    /// <summary>Whether a file begins as a floret table does: with eight fields of which six are numbers.</summary>
    public static bool IsTable(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var source = new ByteSource(path);
        return FloretHeader.TryParse(FirstLine(source), out _);
    }

    /// <summary>Reads a <c>.floret</c> file, plain or packed.</summary>
    /// <param name="path">
    /// The file: "buckets dimensions min-n max-n hashes seed begin end", then a line a row: its number and its values.
    /// </param>
    /// <exception cref="InvalidDataException">
    /// The content is wrong: the message names the line and a remedy.
    /// </exception>
    public static FloretVectors Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var source = new ByteSource(path);
        string first = FirstLine(source);
        if (!FloretHeader.TryParse(first, out FloretHeader header))
            Throw.BadFile(
                path,
                "line 1",
                $"'{first[..Math.Min(first.Length, 60)]}' is no header of a floret table",
                "It holds buckets, dimensions, shortest and longest n-gram, hashes, seed and two marks; write the "
                    + "table again with floret"
            );
        if (header.Buckets > source.MaxLength / (2 * header.Dimension))
            Throw.BadFile(
                path,
                "line 1",
                $"the header promises {header.Buckets} rows of {header.Dimension} numbers, more than the file can hold",
                "The file is cut, or its header wrong; fetch it again"
            );
        source.Skip(source.Peek(1 << 16).IndexOf((byte)'\n') + 1);
        var rows = new RowBuilder<float>(header.Dimension, header.Buckets);
        int longest = 64 * (header.Dimension + 2);
        for (int row = 0; row < header.Buckets; row++)
        {
            ReadOnlySpan<byte> ahead = source.Peek(longest);
            int end = ahead.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? ahead : ahead[..end];
            TextRow.Kind kind = TextRow.Parse(line, rows.Add(), out ReadOnlySpan<byte> number, out string problem);
            if (
                kind != TextRow.Kind.Vector
                || Encoding.ASCII.GetString(number) != row.ToString(CultureInfo.InvariantCulture)
            )
            {
                Throw.BadFile(
                    path,
                    $"line {row + 2}",
                    problem.Length > 0 ? problem : $"row {row} and its {header.Dimension} numbers are expected",
                    "The file is cut or damaged; fetch it again"
                );
            }
            source.Skip(Math.Min(line.Length + 1, ahead.Length));
        }
        return new FloretVectors(header, rows.Build());
    }

    /// <summary>Computes the vector of any word.</summary>
    /// <param name="word">The word; case counts.</param>
    /// <param name="destination">Receives <see cref="Dimension"/> values.</param>
    /// <returns>False for the empty word, whose vector is zero.</returns>
    public bool TryGetVector(ReadOnlySpan<char> word, Span<float> destination)
    {
        Throw.IfLengthDiffers(destination.Length, Dimension, nameof(destination));
        destination.Clear();
        if (word.IsEmpty)
            return false;
        byte[] marked = Encoding.UTF8.GetBytes($"{_begin}{word}{_end}");
        int[] starts = [.. Enumerable.Range(0, marked.Length).Where(i => (marked[i] & 0xC0) != 0x80), marked.Length];
        int count = 0;
        Add(marked, destination, ref count);
        for (int n = MinN; n <= MaxN; n++)
        {
            for (int start = 0; start + n < starts.Length; start++)
                Add(marked.AsSpan(starts[start]..starts[start + n]), destination, ref count);
        }
        float scale = (float)(1.0 / count);
        for (int i = 0; i < destination.Length; i++)
            destination[i] *= scale;
        return true;
    }

    /// <summary>The vectors of these words as a table.</summary>
    /// <param name="words">Without duplicates; empty ones are left out.</param>
    /// <exception cref="ArgumentException">A word comes twice.</exception>
    public WordVectors ToWordVectors(IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        string[] kept = [.. words.Where(word => word.Length > 0)];
        var rows = new RowBuilder<float>(Dimension, kept.Length);
        foreach (string word in kept)
            TryGetVector(word, rows.Add());
        return new WordVectors(WordDictionary.Of(kept), new SingleRows(rows.Build()), null);
    }

    private void Add(ReadOnlySpan<byte> piece, Span<float> sum, ref int count)
    {
        Span<uint> hashes = stackalloc uint[MaxHashes];
        MurmurHash.Hash(piece, _seed, hashes);
        foreach (uint hash in hashes[.._hashes])
        {
            ReadOnlySpan<float> row = _rows[(int)(hash % (uint)_rows.Count)];
            for (int i = 0; i < sum.Length; i++)
                sum[i] += row[i];
            count++;
        }
    }

    private static string FirstLine(ByteSource source)
    {
        ReadOnlySpan<byte> bytes = source.Peek(1 << 12);
        int end = bytes.IndexOf((byte)'\n');
        return end < 0 ? "" : Encoding.UTF8.GetString(bytes[..end]).TrimEnd('\r');
    }

    /// <summary>The first line of a table.</summary>
    private readonly record struct FloretHeader(
        int Buckets,
        int Dimension,
        int MinN,
        int MaxN,
        int Hashes,
        uint Seed,
        string Begin,
        string End
    )
    {
        public static bool TryParse(string line, out FloretHeader header)
        {
            header = default;
            string[] fields = line.Split(' ');
            var numbers = new uint[6];
            if (fields.Length != 8 || fields[6].Length == 0 || fields[7].Length == 0)
                return false;
            for (int i = 0; i < numbers.Length; i++)
            {
                if (!uint.TryParse(fields[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
                    return false;
            }
            bool sound =
                numbers[0] is >= 1 and <= int.MaxValue
                && numbers[1] is >= 1 and <= VectorFileHeader.MaxDimension
                && numbers[2] <= 1000
                && numbers[3] <= 1000
                && numbers[4] is >= 1 and <= MaxHashes;
            header = new FloretHeader(
                (int)numbers[0],
                (int)numbers[1],
                (int)numbers[2],
                (int)numbers[3],
                (int)numbers[4],
                numbers[5],
                fields[6],
                fields[7]
            );
            return sound;
        }
    }
}
