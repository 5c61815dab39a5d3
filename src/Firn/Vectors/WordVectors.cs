using Firn.Files;
using Firn.Vectors.Formats;
using Firn.Vectors.Storage;

namespace Firn.Vectors;

/// <summary>
/// An immutable table of word vectors: row r, of <see cref="Dimension"/> float32 values, belongs to <c>Words[r]</c>. It
/// may be stored more narrowly (<see cref="Precision"/>), lie in a mapped file, and hold more numbers than one array
/// can. Safe to share between threads.
/// </summary>
/// <remarks>
/// Disposing matters only for vectors mapped from a file: it lets the file go when the calls in flight are done, and
/// later calls get <see cref="ObjectDisposedException"/>. Vectors that nobody disposes of go with the garbage. A mapped
/// file must not be shortened while it is in use.
/// </remarks>
public sealed class WordVectors : IWordTable, IDisposable
{
    private readonly IWordIndex _index;
    private readonly VectorRows _rows;
    private readonly MappedRegion? _region; // one hold of it is this object's own
    private int _disposed;

    /// <summary>Wraps arrays that the caller no longer changes.</summary>
    /// <param name="words">The words in the order of the rows, without duplicates.</param>
    /// <param name="table">The vectors, row-major, shape (words, dimension); finite.</param>
    /// <param name="dimension">Values a row, at least 1.</param>
    /// <exception cref="ArgumentException">A word comes twice, or the table has another size.</exception>
    public WordVectors(IReadOnlyList<string> words, float[] table, int dimension)
        : this(WordDictionary.Of(words), Wrap(words.Count, table, dimension), null) { }

    internal WordVectors(IWordIndex index, VectorRows rows, VectorLoadReport? report, MappedRegion? region = null)
    {
        _index = index;
        _rows = rows;
        _region = region;
        LoadReport = report;
        Count = rows.Count;
    }

    /// <summary>Number of words.</summary>
    public int Count { get; }

    /// <summary>Values in each vector.</summary>
    public int Dimension => _rows.Columns;

    /// <summary>The words in the order of their rows; those of a mapped file are read anew each time.</summary>
    public IReadOnlyList<string> Words => _index.Words;

    /// <summary>How the numbers are stored.</summary>
    public VectorPrecision Precision => _rows.Precision;

    /// <summary>
    /// Rows that are stored: fewer than <see cref="Count"/> where words with equal vectors share one.
    /// </summary>
    public int StoredRows => _rows.Stored;

    /// <summary>Bytes that the numbers take where they are stored, scales and shared rows counted, words not.</summary>
    public long StoredBytes => _rows.Bytes;

    /// <summary>The vectors lie in a mapped file rather than in memory of their own.</summary>
    public bool IsMapped => _region is not null;

    /// <summary>
    /// The whole table, row-major, shape (<see cref="Count"/>, <see cref="Dimension"/>): where it lies when that is one
    /// piece of float32, otherwise a copy. A mapped file whose table was asked for stays mapped until the process ends,
    /// for a span knows no owner; rows (<see cref="CopyTo"/>) do not keep it.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is larger than an array can be; ask row by row.</exception>
    /// <exception cref="ObjectDisposedException">The file was let go.</exception>
    public ReadOnlySpan<float> Table
    {
        get
        {
            using MappedHold hold = Hold();
            if (_rows.TryGetWhole(out _))
                _region?.PinForever();
            return TableInPlace;
        }
    }

    /// <summary>The same, for those who hold the vectors.</summary>
    internal ReadOnlySpan<float> TableInPlace
    {
        get
        {
            if (_rows.TryGetWhole(out ReadOnlySpan<float> whole))
                return whole;
            if ((long)Count * Dimension > Array.MaxLength)
                throw new InvalidOperationException(
                    $"The table holds {(long)Count * Dimension} numbers, more than the {Array.MaxLength} of one "
                        + $"array; read it row by row."
                );
            var table = new float[Count * Dimension];
            for (int row = 0; row < Count; row++)
                _rows.CopyTo(row, table.AsSpan(row * Dimension, Dimension));
            return table;
        }
    }

    /// <summary>
    /// How often each word stood in the texts that the vectors were trained on, by row; empty where that is not known.
    /// Training gives it and <see cref="VectorFormat.Safetensors"/> keeps it.
    /// </summary>
    public ReadOnlyMemory<long> Counts { get; internal init; }

    /// <summary>
    /// The same, for those who hold the vectors; <see cref="Counts"/> of a mapped file are for callers whose spans may
    /// outlive it.
    /// </summary>
    internal ReadOnlyMemory<long> CountsInPlace
    {
        get => _countsInPlace.IsEmpty ? Counts : _countsInPlace;
        init => _countsInPlace = value;
    }

    private readonly ReadOnlyMemory<long> _countsInPlace;

    /// <summary>What reading the file met; null for vectors that do not come from a file.</summary>
    public VectorLoadReport? LoadReport { get; }

    /// <summary>
    /// The vector in one row: where it lies when that is float32 in memory, otherwise a new array (see
    /// <see cref="CopyTo"/>, which makes none).
    /// </summary>
    /// <exception cref="ObjectDisposedException">The file was let go.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The row is not in [0, <see cref="Count"/>).</exception>
    public ReadOnlySpan<float> this[int row]
    {
        get
        {
            CheckRow(row);
            using MappedHold hold = Hold();
            if (_region is null && _rows.TryGetSpan(row, out ReadOnlySpan<float> values))
                return values;
            var decoded = new float[Dimension];
            _rows.CopyTo(row, decoded);
            return decoded;
        }
    }

    VectorRows IWordTable.Rows => _rows;

    internal VectorRows Rows => _rows;

    ReadOnlyMemory<long> IWordTable.Counts => CountsInPlace;

    MappedHold IWordTable.Hold() => Hold();

    /// <summary>Keeps the vectors where they are during a call.</summary>
    /// <exception cref="ObjectDisposedException">The file was let go.</exception>
    internal MappedHold Hold()
    {
        if (Volatile.Read(ref _disposed) != 0)
            _region?.ThrowDisposed();
        return new MappedHold(_region);
    }

    /// <summary>Copies the vector in one row, decoding it where it is stored narrowly; allocates nothing.</summary>
    /// <param name="row">In [0, <see cref="Count"/>).</param>
    /// <param name="destination">Receives <see cref="Dimension"/> values.</param>
    public void CopyTo(int row, Span<float> destination)
    {
        CheckRow(row);
        Throw.IfLengthDiffers(destination.Length, Dimension, nameof(destination));
        using MappedHold hold = Hold();
        _rows.CopyTo(row, destination);
    }

    /// <summary>Finds the row of a word, compared ordinally; allocates nothing.</summary>
    /// <returns>False when the word has no vector.</returns>
    public bool TryGetRow(ReadOnlySpan<char> word, out int row)
    {
        using MappedHold hold = Hold();
        return _index.TryGetRow(word, out row);
    }

    /// <summary>
    /// Finds the vector of a word, compared ordinally; allocates nothing where vectors are float32 in memory.
    /// </summary>
    /// <returns>False, and an empty vector, when the word has none.</returns>
    public bool TryGetVector(ReadOnlySpan<char> word, out ReadOnlySpan<float> vector)
    {
        bool found = TryGetRow(word, out int row);
        vector = found ? this[row] : default;
        return found;
    }

    /// <summary>The same words with numbers stored in another precision, in memory of their own.</summary>
    /// <returns>This object when it has that precision.</returns>
    public WordVectors ToPrecision(VectorPrecision precision)
    {
        if (precision == Precision)
            return this;
        using MappedHold hold = Hold();
        VectorRows rows = precision switch
        {
            VectorPrecision.Float16 => HalfRows.From(_rows),
            VectorPrecision.Int8 => ByteRows.From(_rows),
            _ => SingleRows.From(_rows),
        };
        return new WordVectors(IsMapped ? WordDictionary.Of([.. Words]) : _index, rows, LoadReport)
        {
            Counts = IsMapped ? CountsInPlace.ToArray() : Counts,
        };
    }

    /// <summary>
    /// The vectors of some words, in the order of their rows and in memory of their own; unknown words are passed over.
    /// </summary>
    /// <exception cref="ArgumentException">None of the words has a vector.</exception>
    public WordVectors Select(IReadOnlyCollection<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        using MappedHold hold = Hold();
        var rows = new SortedSet<int>();
        foreach (string word in words)
        {
            if (TryGetRow(word, out int row))
                rows.Add(row);
        }
        if (rows.Count == 0)
            throw new ArgumentException($"None of the {words.Count} words has a vector.", nameof(words));
        int[] kept = [.. rows];
        return new WordVectors(
            WordDictionary.Of([.. kept.Select(row => Words[row])]),
            _rows.Gather(kept),
            LoadReport is null ? null : LoadReport with { Filtered = LoadReport.Filtered + Count - kept.Length }
        )
        {
            Counts = CountsOf(kept),
        };
    }

    /// <summary>The same vectors under other words.</summary>
    /// <param name="rename">
    /// The new word of each; null leaves it out. Of words that become equal the first stays.
    /// </param>
    public WordVectors Renamed(Func<string, string?> rename)
    {
        ArgumentNullException.ThrowIfNull(rename);
        using MappedHold hold = Hold();
        var words = new List<string>();
        var rows = new List<int>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int row = 0; row < Count; row++)
        {
            if (rename(Words[row]) is not { } word || !seen.Add(word))
                continue;
            words.Add(word);
            rows.Add(row);
        }
        if (rows.Count == 0)
            throw new ArgumentException("No word is left.", nameof(rename));
        bool same = rows.Count == Count;
        if (same)
            _region?.Take(); // the other vectors' own hold
        return new WordVectors(
            WordDictionary.Of(words),
            same ? _rows : _rows.Gather([.. rows]),
            LoadReport,
            same ? _region : null
        )
        {
            Counts = same ? Counts : CountsOf(rows),
            CountsInPlace = same ? _countsInPlace : default,
        };
    }

    /// <summary>
    /// Writes the files of TensorBoard's Embedding Projector into a folder: <c>vectors.tsv</c>, a line a word with its
    /// numbers between tabs, <c>metadata.tsv</c>, the words in the same order, and <c>projector_config.pbtxt</c>, which
    /// names both.
    /// </summary>
    /// <param name="folder">Made where it is missing.</param>
    /// <exception cref="IOException">It cannot be written to.</exception>
    public void SaveProjector(string folder) => ProjectorFiles.Write(this, folder);

    /// <summary>Reads a file of word vectors, plain or packed; Firn's own is mapped, not read.</summary>
    /// <param name="path">The file; its content tells the format, not its name.</param>
    /// <param name="options">Limits and policies.</param>
    /// <exception cref="InvalidDataException">
    /// The content is wrong: the message names the line or byte and a remedy.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static WordVectors Load(string path, VectorLoadOptions? options = null)
    {
        VectorFileContent content = VectorFileReader.Read(path, options ?? new VectorLoadOptions());
        var vectors = new WordVectors(content.Index, content.Rows, content.Report, content.Region)
        {
            Counts = content.Counts,
            CountsInPlace = content.CountsInPlace,
        };
        // Other readers keep what is asked for as they go; a mapped file is whole.
        if (content.Region is null || options?.Only is null)
            return vectors;
        using (vectors)
            return vectors.Select([.. options.Only]);
    }

    /// <summary>
    /// Writes the vectors to a file, compressed by gzip when its name ends in .gz. Numbers in text are the shortest
    /// that read back to the same float32; <see cref="VectorFormat.Safetensors"/> keeps the precision and stores equal
    /// rows once. The file appears whole or not at all: it is written beside the place and renamed.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// A word cannot be told from the numbers in this format; the message names it.
    /// </exception>
    public void Save(string path, VectorFormat format) => VectorFileWriter.Write(this, path, format);

    /// <summary>Lets a mapped file go; does nothing for vectors in memory.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            _region?.LetGo();
    }

    private ReadOnlyMemory<long> CountsOf(IReadOnlyList<int> rows) =>
        CountsInPlace.IsEmpty ? default : rows.Select(row => CountsInPlace.Span[row]).ToArray();

    private void CheckRow(int row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Count);
    }

    private static SingleRows Wrap(int count, float[] table, int dimension)
    {
        ArgumentNullException.ThrowIfNull(table);
        Throw.IfNotPositive(dimension);
        Throw.IfLengthDiffers(table.LongLength, (long)count * dimension, nameof(table));
        return new SingleRows(new RowBlocks<float>([table], count, count, dimension));
    }
}
