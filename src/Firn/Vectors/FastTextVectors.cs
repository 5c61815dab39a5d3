using System.Buffers;
using System.Text;
using Firn.Files;
using Firn.Vectors.Storage;
using Firn.Vectors.Subwords;

namespace Firn.Vectors;

/// <summary>
/// A fastText model (.bin, .ftz) for looking up words it has never seen: a word's vector is the mean of its own row and
/// the rows of its character n-grams (Bojanowski et al. 2017, "Enriching word vectors with subword information"). Equal
/// to fastText's <c>print-word-vectors</c>. Immutable and safe to share between threads.
/// </summary>
public sealed class FastTextVectors
{
    private readonly EmbeddingRows _matrix;
    private readonly int _buckets;
    private readonly bool _pruned;
    private readonly SubwordHash _subwords;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _rows;

    internal FastTextVectors(
        IReadOnlyList<string> words,
        int minN,
        int maxN,
        int buckets,
        EmbeddingRows matrix,
        IReadOnlyDictionary<int, int>? prunedBuckets = null
    )
    {
        Words = words;
        MinN = minN;
        MaxN = maxN;
        _matrix = matrix;
        (_buckets, _pruned) = (buckets, prunedBuckets is not null);
        _subwords = new SubwordHash(minN, maxN, buckets, words.Count, prunedBuckets);
        var rows = new Dictionary<string, int>(words.Count, StringComparer.Ordinal);
        for (int row = 0; row < words.Count; row++)
            rows.TryAdd(words[row], row);
        _rows = rows.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>
    /// Words of the model that are no UTF-8, by their text with U+FFFD in it: their n-grams are those of the bytes.
    /// </summary>
    internal IReadOnlyDictionary<string, byte[]> RawWords { get; init; } = new Dictionary<string, byte[]>();

    /// <summary>Values in each vector.</summary>
    public int Dimension => _matrix.Columns;

    /// <summary>The words of the model's vocabulary, the most frequent first.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>
    /// How often each of <see cref="Words"/> stood in the texts of the training; empty where that is not known.
    /// </summary>
    public ReadOnlyMemory<long> Counts { get; internal init; }

    /// <summary>Shortest character n-gram, the word's marks &lt; and &gt; counted.</summary>
    public int MinN { get; }

    /// <summary>Longest character n-gram; 0 when the model has none.</summary>
    public int MaxN { get; }

    /// <summary>The matrix is product-quantized (.ftz).</summary>
    public bool IsQuantized => _matrix is QuantizedRows;

    /// <summary>Whether the word has a row of its own.</summary>
    public bool Contains(ReadOnlySpan<char> word) => _rows.ContainsKey(word);

    /// <summary>
    /// Reads a model of fastText 0.1 and later: versions 11 and 12, dense or quantized, or the format before them.
    /// </summary>
    /// <param name="path">The file, plain or packed.</param>
    /// <exception cref="InvalidDataException">
    /// The content is wrong: the message names the byte and a remedy.
    /// </exception>
    public static FastTextVectors Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FastTextFile file = FastTextFile.Read(path);
        return new FastTextVectors(file.Words, file.MinN, file.MaxN, file.Buckets, file.Matrix, file.PrunedBuckets)
        {
            RawWords = file.RawWords,
            Counts = file.Counts,
        };
    }

    /// <summary>
    /// A model without n-grams, which has a vector for the words of the table alone: fastText reads it, once saved.
    /// </summary>
    /// <param name="vectors">The table; it must stay open while the model is used.</param>
    public static FastTextVectors FromTable(WordVectors vectors)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        return new FastTextVectors(vectors.Words, 0, 0, 0, new TableRows(vectors)) { Counts = vectors.Counts };
    }

    /// <summary>
    /// Writes the model as fastText 0.9 does (.bin, version 12, not quantized). What predicts is not held here, so the
    /// file's output matrix is zero: it answers for words, and further training has to learn those rows anew. Words
    /// whose <see cref="Counts"/> are not known are given a count of 1.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// Some n-grams were pruned from the model, and fastText writes no such model unquantized.
    /// </exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (_pruned)
            throw new InvalidOperationException(
                "The model keeps some of its n-grams only (it was quantized with a cutoff); copy its file, or save "
                    + "the table of its words."
            );
        var options = new FastTextArguments(Dimension, MinN, MaxN, _buckets);
        var row = new float[Dimension];
        long[] counts = Counts.IsEmpty ? [.. Enumerable.Repeat(1L, Words.Count)] : Counts.ToArray();
        new FastTextWriter(options, Words, counts, Row, null) { RawWords = RawWords }.Write(path);

        ReadOnlySpan<float> Row(int index)
        {
            Array.Clear(row);
            _matrix.AddRow(index, row);
            return row;
        }
    }

    /// <summary>
    /// Writes a model file smaller, as fastText's .ftz: its input rows as a byte for two dimensions and one for their
    /// length (Joulin et al. 2016, "FastText.zip"). All else stays as it is.
    /// </summary>
    /// <param name="source">A model of fastText 0.1 or later, not quantized.</param>
    /// <param name="destination">Where the smaller one goes; appears whole or not at all.</param>
    /// <exception cref="InvalidDataException">The model cannot be quantized: the message says why.</exception>
    public static void Quantize(string source, string destination)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentException.ThrowIfNullOrEmpty(destination);
        OutputFile.Write(destination, stream => FastTextQuantizer.Write(source, stream), source);
    }

    /// <summary>Computes the vector of any word, known or not.</summary>
    /// <param name="word">The word.</param>
    /// <param name="destination">Receives <see cref="Dimension"/> values; zeros when the result is false.</param>
    /// <returns>False when the word is unknown and has no n-gram.</returns>
    public bool TryGetVector(ReadOnlySpan<char> word, Span<float> destination)
    {
        Throw.IfLengthDiffers(destination.Length, Dimension, nameof(destination));
        destination.Clear();
        var rows = new List<int>();
        if (_rows.TryGetValue(word, out int own))
            rows.Add(own);
        AddSubwords(word, rows);
        foreach (int row in rows)
            _matrix.AddRow(row, destination);
        if (rows.Count == 0)
            return false;
        float scale = (float)(1.0 / rows.Count);
        for (int i = 0; i < destination.Length; i++)
            destination[i] *= scale;
        return true;
    }

    /// <summary>The vectors of all words of the vocabulary as a table: what fastText writes to the .vec file.</summary>
    public WordVectors ToWordVectors()
    {
        string[] words = [.. Words.Distinct(StringComparer.Ordinal)];
        var rows = new RowBuilder<float>(Dimension, words.Length);
        foreach (string word in words)
            TryGetVector(word, rows.Add());
        return new WordVectors(WordDictionary.Of(words), new SingleRows(rows.Build()), null)
        {
            Counts = CountsOf(words),
        };
    }

    /// <summary>
    /// The vectors of these words, whether the model has seen them or not; those that have no n-gram either are left
    /// out.
    /// </summary>
    /// <param name="words">Without duplicates.</param>
    /// <exception cref="ArgumentException">A word comes twice.</exception>
    public WordVectors ToWordVectors(IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        var kept = new List<string>();
        var rows = new RowBuilder<float>(Dimension, words.Count);
        var vector = new float[Dimension];
        foreach (string word in words)
        {
            if (!TryGetVector(word, vector))
                continue;
            vector.CopyTo(rows.Add());
            kept.Add(word);
        }
        return new WordVectors(WordDictionary.Of(kept), new SingleRows(rows.Build()), null) { Counts = CountsOf(kept) };
    }

    /// <summary>The counts of words, 0 of those that the model has not seen.</summary>
    private ReadOnlyMemory<long> CountsOf(IReadOnlyList<string> words) =>
        Counts.IsEmpty
            ? default
            : words.Select(word => _rows.TryGetValue(word, out int row) ? Counts.Span[row] : 0).ToArray();

    /// <summary>
    /// Whether a file is a fastText model, by its first bytes. The format before version 11 has no mark and is told by
    /// arguments that all make sense.
    /// </summary>
    public static bool IsModel(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return FastTextFile.Begins(path);
    }

    private sealed class TableRows(WordVectors vectors) : EmbeddingRows
    {
        public override int Columns => vectors.Dimension;

        public override long Count => vectors.Count;

        public override void AddRow(int row, Span<float> destination)
        {
            ReadOnlySpan<float> values = vectors[row];
            for (int i = 0; i < destination.Length; i++)
                destination[i] += values[i];
        }
    }

    private void AddSubwords(ReadOnlySpan<char> word, List<int> rows)
    {
        byte[]? raw = RawWords.Count > 0 ? RawWords.GetValueOrDefault(word.ToString()) : null;
        byte[] bytes = ArrayPool<byte>.Shared.Rent(
            Math.Max(Encoding.UTF8.GetMaxByteCount(word.Length), raw?.Length ?? 0) + 2
        );
        int length = raw?.Length ?? Encoding.UTF8.GetBytes(word, bytes.AsSpan(1));
        raw?.CopyTo(bytes.AsSpan(1));
        if (!bytes.AsSpan(1, length).SequenceEqual("</s>"u8))
        {
            bytes[0] = (byte)'<';
            bytes[length + 1] = (byte)'>';
            _subwords.AddRows(bytes.AsSpan(0, length + 2), rows);
        }
        ArrayPool<byte>.Shared.Return(bytes);
    }
}
