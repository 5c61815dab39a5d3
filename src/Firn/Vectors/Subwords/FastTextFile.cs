using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using Firn.Files;
using Firn.Vectors.Formats;

namespace Firn.Vectors.Subwords;

/// <summary>
/// Reads fastText's model file: arguments, dictionary, input matrix, and row by row the output matrix too. Every count
/// is checked against what the file can hold before anything is allocated for it. Layout: docs/vectors.md.
/// </summary>
internal sealed class FastTextFile
{
    private const int Magic = 793712314;
    private const int Supervised = 3;
    private const int BlockValues = 1 << 20; // a packed file that promises more than it holds costs no more
    private const int Piece = 1 << 20;
    private const int LongestWord = 1 << 16;
    private const int OldHeader = 64;
    private const string Damaged = "The file is truncated or damaged, or no fastText model; fetch or make it again";

    private readonly ByteSource _source;
    private readonly Dictionary<string, byte[]> _rawWords = new(StringComparer.Ordinal);
    private long[] _counts = [];

    private FastTextFile(ByteSource source) => _source = source;

    public IReadOnlyList<string> Words { get; private set; } = [];

    /// <summary>How often each word stood in the texts.</summary>
    public ReadOnlyMemory<long> Counts => _counts;

    /// <summary>fastText's numbers of the kind of model and of its loss.</summary>
    public (int Model, int Loss) Kind { get; private set; }

    public int Dimension { get; private set; }

    public int MinN { get; private set; }

    public int MaxN { get; private set; }

    public int Buckets { get; private set; }

    /// <summary>Kept bucket to its row among the kept ones; null where all were kept.</summary>
    public IReadOnlyDictionary<int, int>? PrunedBuckets { get; private set; }

    public EmbeddingRows Matrix { get; private set; } = null!;

    /// <summary>The file begins with magic number and version.</summary>
    public bool HasVersion { get; private set; }

    /// <summary>
    /// Byte of the flag that says whether the input matrix is quantized; arguments and dictionary lie before it.
    /// </summary>
    public long InputStart { get; private set; }

    /// <summary>First byte behind the input matrix.</summary>
    public long InputEnd { get; private set; }

    public static FastTextFile Read(string path)
    {
        using var source = new ByteSource(path);
        var file = new FastTextFile(source);
        file.ReadHead();
        file.ReadInput();
        return file;
    }

    /// <summary>
    /// Reads arguments and dictionary, and tells whether the matrix behind them is quantized; one that is not must have
    /// room in the file.
    /// </summary>
    public static FastTextFile ReadHead(string path, out bool quantized)
    {
        using var source = new ByteSource(path);
        var file = new FastTextFile(source);
        file.ReadHead();
        quantized = file.HasVersion && source.Peek(1) is [not 0, ..];
        if (!quantized)
            file.CheckRoom(file.Words.Count + (long)file.Buckets, sizeof(float) * (long)file.Dimension);
        return file;
    }

    /// <summary>Takes a row of a matrix; the values are those of the next row after that.</summary>
    public delegate void RowTaker(int row, ReadOnlySpan<float> values);

    /// <summary>
    /// Reads both matrices, which must not be quantized, row by row: those of words and n-grams, and what predicts.
    /// </summary>
    /// <param name="path">The file that <see cref="ReadHead(string, out bool)"/> read.</param>
    /// <param name="input">Takes the rows of words, then of buckets.</param>
    /// <param name="output">Takes a row a word.</param>
    public void ReadRows(string path, RowTaker input, RowTaker output)
    {
        using var source = new ByteSource(path);
        var file = new FastTextFile(source);
        for (byte[] passed = new byte[1 << 16]; source.Position < InputStart; )
            file.Fill(passed.AsSpan(0, (int)Math.Min(passed.Length, InputStart - source.Position)));
        file.ReadMatrix(HasVersion, Words.Count + (long)Buckets, Dimension, input);
        file.ReadMatrix(HasVersion, Words.Count, Dimension, output);
    }

    /// <summary>
    /// Words that are no UTF-8, by their text with U+FFFD in place of bad bytes: n-grams are hashed by the bytes.
    /// </summary>
    public IReadOnlyDictionary<string, byte[]> RawWords => _rawWords;

    /// <summary>
    /// Whether a file is a model: by the magic number, or before it was there, by arguments that all make sense.
    /// </summary>
    public static bool Begins(string path)
    {
        using var source = new ByteSource(path);
        return source.Kind == FileKind.FastText || BeginsOld(source.Peek(OldHeader));
    }

    /// <inheritdoc cref="Begins(string)"/>
    public static bool Begins(ReadOnlySpan<byte> first) =>
        (first.Length >= sizeof(int) && BinaryPrimitives.ReadInt32LittleEndian(first) == Magic) || BeginsOld(first);

    // Before version 11: dimension, window, epochs, minimum count, negatives, word n-grams, loss, model, buckets,
    // n-grams, update rate, subsampling; then the numbers of entries, words and labels.
    private static bool BeginsOld(ReadOnlySpan<byte> first)
    {
        if (first.Length < OldHeader)
            return false;
        Span<int> value = stackalloc int[12];
        for (int i = 0; i < value.Length; i++)
            value[i] = BinaryPrimitives.ReadInt32LittleEndian(first[(4 * i)..]);
        double sample = BinaryPrimitives.ReadDoubleLittleEndian(first[48..]);
        int entries = BinaryPrimitives.ReadInt32LittleEndian(first[56..]),
            words = BinaryPrimitives.ReadInt32LittleEndian(first[60..]);
        return value[0] is >= 1 and <= 10_000
            && value[1] is >= 0 and <= 10_000
            && value[2] is >= 0 and <= 100_000
            && value[3] >= 0
            && value[4] >= 0
            && value[5] is >= 0 and <= 100
            && value[6] is >= 1 and <= 4
            && value[7] is >= 1 and <= 3
            && value[8] >= 0
            && value[9] is >= 0 and <= 1000
            && value[10] is >= 0 and <= 1000
            && sample is >= 0 and <= 1
            && entries >= words
            && words >= 0;
    }

    private void ReadHead()
    {
        int first = Int32(),
            second = Int32();
        bool current = first == Magic;
        if (current && second is < 11 or > 12)
            Throw.BadFile(
                _source.Path,
                "byte 4",
                $"the version is {second}",
                "Versions 11 and 12 and the older format without version can be read; write the model with fastText "
                    + "0.2 to 0.9"
            );
        int dimension = current ? Int32() : first;
        if (current)
            Int32(); // window
        Skip(3 * sizeof(int)); // epochs, minimum count, negatives
        Skip(sizeof(int)); // word n-grams
        int loss = Int32(),
            model = Int32();
        (Kind, Dimension) = ((model, loss), dimension);
        Buckets = Int32();
        MinN = Int32();
        MaxN = Int32();
        Skip(sizeof(int) + sizeof(double)); // update rate, subsampling
        if (
            dimension is < 1 or > VectorFileHeader.MaxDimension
            || Buckets < 0
            || MaxN is < 0 or > 1000
            || MinN < 0
            || model is < 1 or > 3
        )
            Throw.BadFile(
                _source.Path,
                "byte 8",
                $"the arguments are out of range (dimension {dimension}, buckets {Buckets}, n-grams {MinN} to {MaxN})",
                Damaged
            );
        // Supervised models of version 11 have no character n-grams, whatever their arguments say.
        if ((current && second == 11 && model == Supervised) || Buckets == 0)
            MaxN = 0;
        HasVersion = current;
        ReadDictionary(current);
        InputStart = _source.Position;
    }

    private void ReadInput()
    {
        bool quantized = HasVersion && Byte() != 0;
        Matrix = quantized ? ReadQuantized() : ReadDense();
        InputEnd = _source.Position;
        int kept =
            MaxN == 0 ? 0
            : PrunedBuckets is null ? Buckets
            : PrunedBuckets.Values.DefaultIfEmpty(-1).Max() + 1;
        if (Matrix.Columns != Dimension || Matrix.Count < (long)Words.Count + kept)
        {
            Throw.BadFile(
                _source.Path,
                $"byte {_source.Position}",
                $"the matrix is {Matrix.Count} x {Matrix.Columns} where {(long)Words.Count + kept} rows of "
                    + $"{Dimension} are expected",
                Damaged
            );
        }
    }

    private void ReadMatrix(bool current, long rows, int columns, RowTaker take)
    {
        if (current)
            Byte(); // not quantized
        (long there, int width) = Shape();
        if (there != rows || width != columns)
            Throw.BadFile(
                _source.Path,
                $"byte {_source.Position - 16}",
                $"a matrix is {there} x {width} where {rows} x {columns} is expected",
                Damaged
            );
        CheckRoom(rows, sizeof(float) * (long)columns);
        var values = new float[columns];
        for (int row = 0; row < rows; row++)
        {
            Floats(values);
            take(row, values);
        }
    }

    private void ReadDictionary(bool current)
    {
        int entries = Int32(),
            words = Int32(),
            labels = Int32();
        Skip(sizeof(long)); // tokens
        long pruned = current ? Int64() : -1;
        if (entries < 0 || words < 0 || labels < 0 || (long)words + labels != entries)
            Throw.BadFile(
                _source.Path,
                $"byte {_source.Position}",
                $"the dictionary promises {entries} entries, {words} words and {labels} labels",
                Damaged
            );
        CheckRoom(entries, 10);
        CheckRoom(Math.Max(pruned, 0), 8);
        var list = new List<string>();
        var counts = new List<long>();
        long total = 0; // may be summed up by whoever reads them
        for (int i = 0; i < entries; i++)
        {
            string word = ReadWord();
            long count = Int64();
            if (Byte() != 0)
                continue; // a label
            if (count < 0 || (total += count) > long.MaxValue / 2)
                Throw.BadFile(_source.Path, $"byte {_source.Position - 9}", $"the count of a word is {count}", Damaged);
            list.Add(word);
            counts.Add(count);
        }
        if (list.Count != words)
            Throw.BadFile(
                _source.Path,
                $"byte {_source.Position}",
                $"the dictionary holds {list.Count} words where {words} are promised",
                Damaged
            );
        Words = list;
        _counts = [.. counts];
        if (pruned < 0)
            return;
        var kept = new Dictionary<int, int>();
        for (long i = 0; i < pruned; i++)
        {
            int bucket = Int32(),
                row = Int32();
            if (row < 0)
                Throw.BadFile(_source.Path, $"byte {_source.Position - 4}", $"a kept n-gram has row {row}", Damaged);
            kept[bucket] = row;
        }
        PrunedBuckets = kept;
    }

    private string ReadWord()
    {
        int end = _source.Peek(256).IndexOf((byte)0);
        if (end < 0)
            end = _source.Peek(LongestWord).IndexOf((byte)0);
        if (end < 0)
            Throw.BadFile(
                _source.Path,
                $"byte {_source.Position}",
                $"a word does not end within {LongestWord} bytes",
                Damaged
            );
        ReadOnlySpan<byte> bytes = _source.Peek(end)[..end];
        string word = Encoding.UTF8.GetString(bytes);
        if (!Utf8.IsValid(bytes))
            _rawWords.TryAdd(word, bytes.ToArray());
        _source.Skip(end + 1);
        return word;
    }

    private DenseRows ReadDense()
    {
        (long rows, int columns) = Shape();
        CheckRoom(rows, sizeof(float) * (long)columns);
        int rowsPerBlock = Math.Max(1, BlockValues / columns);
        var blocks = new List<float[]>();
        for (long row = 0; row < rows; row += rowsPerBlock)
            blocks.Add(Floats((int)Math.Min(rowsPerBlock, rows - row) * columns));
        return new DenseRows(rows, columns, [.. blocks], rowsPerBlock);
    }

    private QuantizedRows ReadQuantized()
    {
        bool splitNorms = Byte() != 0;
        (long rows, int columns) = Shape();
        int size = Int32();
        CheckRoom(size, 1);
        byte[] codes = Bytes(size);
        ProductQuantizer quantizer = ReadQuantizer(columns);
        if ((long)quantizer.Parts * rows != size)
            Throw.BadFile(
                _source.Path,
                $"byte {_source.Position}",
                $"{size} codes for {rows} rows of {quantizer.Parts}",
                Damaged
            );
        if (!splitNorms)
            return new QuantizedRows(rows, columns, codes, quantizer, null, null);
        CheckRoom(rows, 1);
        byte[] normCodes = Bytes((int)rows);
        return new QuantizedRows(rows, columns, codes, quantizer, normCodes, ReadQuantizer(1));
    }

    private ProductQuantizer ReadQuantizer(int columns)
    {
        int dimension = Int32(),
            parts = Int32(),
            width = Int32(),
            last = Int32();
        if (
            dimension != columns
            || parts < 1
            || width < 1
            || last < 1
            || last > width
            || (long)(parts - 1) * width + last != columns
        )
            Throw.BadFile(
                _source.Path,
                $"byte {_source.Position}",
                $"a quantizer of {dimension} columns in {parts} parts of {width} and {last}",
                Damaged
            );
        CheckRoom(dimension, ProductQuantizer.Centroids * sizeof(float));
        return new ProductQuantizer(parts, width, last, Floats(dimension * ProductQuantizer.Centroids));
    }

    private (long Rows, int Columns) Shape()
    {
        long rows = Int64(),
            columns = Int64();
        if (rows < 0 || columns is < 1 or > VectorFileHeader.MaxDimension || rows > int.MaxValue)
            Throw.BadFile(_source.Path, $"byte {_source.Position - 16}", $"the matrix is {rows} x {columns}", Damaged);
        return (rows, (int)columns);
    }

    /// <summary>Refuses a count that the rest of the file cannot hold.</summary>
    private void CheckRoom(long count, long bytesEach)
    {
        if (count < 0 || count > (_source.MaxLength - _source.Position) / bytesEach)
            Throw.BadFile(
                _source.Path,
                $"byte {_source.Position}",
                $"{count} items of {bytesEach} bytes do not fit into what is left of the file",
                Damaged
            );
    }

    private float[] Floats(int count)
    {
        var values = new float[count];
        Floats(values);
        return values;
    }

    private void Floats(float[] values)
    {
        long at = _source.Position;
        Fill(MemoryMarshal.AsBytes(values.AsSpan()));
        if (!BitConverter.IsLittleEndian)
        {
            Span<int> bits = MemoryMarshal.Cast<float, int>(values.AsSpan());
            BinaryPrimitives.ReverseEndianness(bits, bits);
        }
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                Throw.BadFile(_source.Path, $"byte {at + 4L * i}", $"a number is {values[i]}", Damaged);
        }
    }

    private byte[] Bytes(int count)
    {
        // A packed file may promise far more than it holds.
        var bytes = new byte[_source.Compressed ? Math.Min(count, Piece) : count];
        for (int filled = 0; ; Array.Resize(ref bytes, (int)Math.Min(count, 2L * bytes.Length)))
        {
            Fill(bytes.AsSpan(filled));
            filled = bytes.Length;
            if (filled == count)
                return bytes;
        }
    }

    private int Int32()
    {
        Span<byte> bytes = stackalloc byte[4];
        Fill(bytes);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    private long Int64()
    {
        Span<byte> bytes = stackalloc byte[8];
        Fill(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    private byte Byte()
    {
        Span<byte> bytes = stackalloc byte[1];
        Fill(bytes);
        return bytes[0];
    }

    private void Skip(int count)
    {
        Span<byte> bytes = stackalloc byte[32];
        Fill(bytes[..count]);
    }

    private void Fill(Span<byte> bytes)
    {
        if (_source.Read(bytes) < bytes.Length)
            Throw.BadFile(_source.Path, $"byte {_source.Position}", "the file ends too early", Damaged);
    }
}
