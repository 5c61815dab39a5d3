using Firn.Vectors.Formats;

namespace Firn.Vectors;

/// <summary>
/// An immutable table of word vectors: row r, of <see cref="Dimension"/> float32 values, belongs to <c>Words[r]</c>.
/// Safe to share between threads.
/// </summary>
public sealed class WordVectors
{
    private readonly float[] _table; // (Count, Dimension), row-major
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _rows;

    /// <summary>Wraps arrays that the caller no longer changes.</summary>
    /// <param name="words">The words in the order of the rows, without duplicates.</param>
    /// <param name="table">The vectors, row-major, shape (words, dimension); finite.</param>
    /// <param name="dimension">Values a row, at least 1.</param>
    /// <exception cref="ArgumentException">A word comes twice, or the table has another size.</exception>
    public WordVectors(IReadOnlyList<string> words, float[] table, int dimension)
        : this(words, table, dimension, IndexOf(words), null)
    {
    }

    internal WordVectors(
        IReadOnlyList<string> words, float[] table, int dimension, Dictionary<string, int> rows, VectorLoadReport? report)
    {
        ArgumentNullException.ThrowIfNull(table);
        Throw.IfNotPositive(dimension);
        Throw.IfLengthDiffers(table.LongLength, (long)words.Count * dimension, nameof(table));
        Words = words;
        Dimension = dimension;
        LoadReport = report;
        _table = table;
        _rows = rows.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Number of words.</summary>
    public int Count => Words.Count;

    /// <summary>Values in each vector.</summary>
    public int Dimension { get; }

    /// <summary>The words in the order of their rows.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>The whole table, row-major, shape (<see cref="Count"/>, <see cref="Dimension"/>).</summary>
    public ReadOnlySpan<float> Table => _table;

    /// <summary>What reading the file met; null for vectors that do not come from a file.</summary>
    public VectorLoadReport? LoadReport { get; }

    /// <summary>The vector in one row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The row is not in [0, <see cref="Count"/>).</exception>
    public ReadOnlySpan<float> this[int row]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(row);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Count);
            return _table.AsSpan(row * Dimension, Dimension);
        }
    }

    /// <summary>Finds the row of a word, compared ordinally; allocates nothing.</summary>
    /// <returns>False when the word has no vector.</returns>
    public bool TryGetRow(ReadOnlySpan<char> word, out int row) => _rows.TryGetValue(word, out row);

    /// <summary>Finds the vector of a word, compared ordinally; allocates nothing.</summary>
    /// <returns>False, and an empty vector, when the word has none.</returns>
    public bool TryGetVector(ReadOnlySpan<char> word, out ReadOnlySpan<float> vector)
    {
        bool found = _rows.TryGetValue(word, out int row);
        vector = found ? _table.AsSpan(row * Dimension, Dimension) : default;
        return found;
    }

    /// <summary>Reads a file of word vectors, plain or compressed by gzip.</summary>
    /// <param name="path">The file; its content tells the format, not its name.</param>
    /// <param name="options">Limits and policies.</param>
    /// <exception cref="InvalidDataException">The content is wrong: the message names the line or byte and a remedy.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static WordVectors Load(string path, VectorLoadOptions? options = null) =>
        VectorFileReader.Read(path, options ?? new VectorLoadOptions());

    /// <summary>
    /// Writes the vectors to a file, compressed by gzip when its name ends in .gz. Numbers in text are the shortest that
    /// read back to the same float32. The file appears whole or not at all: it is written beside the place and renamed.
    /// </summary>
    /// <exception cref="ArgumentException">A word cannot be told from the numbers in this format; the message names it.</exception>
    public void Save(string path, VectorFormat format) => VectorFileWriter.Write(this, path, format);

    private static Dictionary<string, int> IndexOf(IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        var rows = new Dictionary<string, int>(words.Count, StringComparer.Ordinal);
        for (int row = 0; row < words.Count; row++)
        {
            if (!rows.TryAdd(words[row], row))
                throw new ArgumentException($"The word '{words[row]}' stands in rows {rows[words[row]]} and {row}; words must differ.", nameof(words));
        }
        return rows;
    }
}
