using System.Text;
using Firn.Common;
using Firn.Files;
using Firn.Interop.NumPy;
using Firn.Interop.Pickle;
using Firn.Vectors;
using Firn.Vectors.Storage;
using Firn.Vectors.Subwords;

namespace Firn.Interop.Gensim;

/// <summary>
/// Reads word vectors from the files of gensim 1 to 4: what <c>Word2Vec.save</c>, <c>FastText.save</c> and
/// <c>KeyedVectors.save</c> write, with the arrays that lie beside them (<c>model.wv.vectors.npy</c>). The files are
/// pickles; they are read as data, and nothing of them is run (see <see cref="PickleReader"/>).
/// </summary>
public static class GensimVectors
{
    private const int Look = 1 << 12;
    private const int LongestNgram = 1000,
        LongestWord = 1 << 16; // fastText's files have the same bounds here
    private const long MaxCount = 1L << 40; // of one word; their sum must be a number, too
    private static readonly string[] WordLists = ["index_to_key", "index2word", "index2entity"];

    /// <summary>Whether a file is one of gensim's: a pickle that names a class of gensim at its start.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static bool IsModel(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using Stream stream = InputFile.Open(path);
        var first = new byte[Look];
        ReadOnlySpan<byte> read = first.AsSpan(0, stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false));
        bool pickle = PickleReader.Begins(read) || (read.Length > 0 && read[0] is (byte)'c' or (byte)'(');
        return pickle && read.IndexOf("gensim"u8) >= 0;
    }

    /// <summary>
    /// Reads the table; of a FastText model, the vectors of its words with their n-grams, as gensim gives them.
    /// </summary>
    /// <param name="path">The file that gensim's <c>save</c> was given.</param>
    /// <exception cref="InvalidDataException">
    /// It is damaged, or no model with word vectors; the message says what was found.
    /// </exception>
    /// <exception cref="FileNotFoundException">A file of numbers beside it is missing.</exception>
    public static WordVectors Load(string path)
    {
        (PickleObject vectors, string prefix) = Find(path);
        if (IsFastText(vectors))
            return FastText(vectors, path, prefix).ToWordVectors();
        string[] words = Words(vectors, path);
        using Table table = Table.Open(vectors, ["vectors", "syn0"], path, prefix);
        if (table.Rows < words.Length)
            throw new InvalidDataException(
                $"{path}: there are {words.Length} words and {table.Rows} vectors; the file is damaged, or one "
                    + $"beside it belongs to another model."
            );
        var rows = new RowBuilder<float>(table.Columns, words.Length);
        for (int row = 0; row < words.Length; row++)
            table.Next(rows.Add());
        return new WordVectors(WordDictionary.Of(words), new SingleRows(rows.Build()), null)
        {
            Counts = Counts(vectors, words, path),
        };
    }

    /// <summary>
    /// Whether <see cref="LoadSubwords"/> has something to read: the model was trained with character n-grams.
    /// </summary>
    /// <exception cref="InvalidDataException">As for <see cref="Load"/>.</exception>
    public static bool HasSubwords(string path) => IsFastText(Find(path).Vectors);

    /// <summary>Reads a FastText model with its n-grams, so that it has a vector for words it has never seen.</summary>
    /// <inheritdoc cref="Load"/>
    public static FastTextVectors LoadSubwords(string path)
    {
        (PickleObject vectors, string prefix) = Find(path);
        return IsFastText(vectors)
            ? FastText(vectors, path, prefix)
            : throw new InvalidDataException(
                $"{path}: this model has no character n-grams; load it as a table of words."
            );
    }

    private static bool IsFastText(PickleObject vectors) =>
        vectors.TryGetAttribute("bucket", out _) && vectors.TryGetAttribute("min_n", out _);

    /// <summary>The object that holds the words, and the start of the names of files beside it.</summary>
    private static (PickleObject Vectors, string Prefix) Find(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using Stream stream = InputFile.Open(path);
        if (
            PickleReader.Read(stream, path) is not PickleObject root
            || !root.TypeName.StartsWith("gensim.", StringComparison.Ordinal)
        )
            throw new InvalidDataException(
                $"{path}: byte 0: this pickle holds no model of gensim; give the file that Word2Vec.save, "
                    + $"FastText.save or KeyedVectors.save wrote."
            );
        if (root.TryGetAttribute("wv", out object? inner) && inner is PickleObject vectors && HasWords(vectors))
            return (vectors, path + ".wv");
        return HasWords(root)
            ? (root, path)
            : throw new InvalidDataException(
                $"{path}: byte 0: this is a {Throw.Shown(root.TypeName)}, which holds no word vectors; give a "
                    + $"Word2Vec, FastText, Doc2Vec or KeyedVectors file."
            );
    }

    private static bool HasWords(PickleObject vectors) =>
        WordLists.Any(name => vectors.TryGetAttribute(name, out object? list) && list is List<object?>);

    private static string[] Words(PickleObject vectors, string path)
    {
        foreach (string name in WordLists)
        {
            if (!vectors.TryGetAttribute(name, out object? list) || list is not List<object?> items)
                continue;
            var words = new string[items.Count];
            var seen = new HashSet<string>(words.Length, StringComparer.Ordinal);
            for (int i = 0; i < words.Length; i++)
            {
                words[i] = items[i] switch
                {
                    string word => word,
                    long number => number.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    byte[] bytes => Encoding.UTF8.GetString(bytes),
                    _ => throw new InvalidDataException($"{path}: key {i + 1} of '{name}' is no word."),
                };
                if (!seen.Add(words[i]))
                    throw new InvalidDataException(
                        $"{path}: '{Throw.Shown(words[i])}' stands twice in '{name}'; the file is damaged."
                    );
            }
            return words.Length > 0
                ? words
                : throw new InvalidDataException($"{path}: the model has no words; train it before it is saved.");
        }
        throw new InvalidDataException($"{path}: the model has no list of words.");
    }

    /// <summary>
    /// How often each word stood in the texts: an array of gensim 4, an object a word of those before; empty for none.
    /// </summary>
    private static ReadOnlyMemory<long> Counts(PickleObject vectors, string[] words, string path)
    {
        if (
            vectors.TryGetAttribute("expandos", out object? attributes)
            && attributes is PickleDict arrays
            && arrays.TryGet("count", out object? value)
            && NumPyArray.FromAny(value, path) is { Shape.Count: 1 } array
            && array.Count >= words.Length
        )
            return Sound([
                .. Enumerable
                    .Range(0, words.Length)
                    .Select(i => array[i] is >= 0 and < MaxCount and var count ? (long)count : -1),
            ]);
        if (!vectors.TryGetAttribute("vocab", out object? vocabulary) || vocabulary is not PickleDict entries)
            return default;
        var counts = new long[words.Length];
        for (int i = 0; i < words.Length; i++)
        {
            if (
                !entries.TryGet(words[i], out object? entry)
                || entry is not PickleObject word
                || !word.TryGetAttribute("count", out object? count)
                || count is not long whole
            )
                return default;
            counts[i] = whole;
        }
        return Sound(counts);

        static ReadOnlyMemory<long> Sound(long[] counts) =>
            Array.TrueForAll(counts, count => count is >= 0 and < MaxCount) ? counts : default;
    }

    private static FastTextVectors FastText(PickleObject vectors, string path, string prefix)
    {
        string[] words = Words(vectors, path);
        int minN = Whole("min_n"),
            maxN = Whole("max_n"),
            buckets = Whole("bucket");
        if (vectors.TryGetAttribute("compatible_hash", out object? compatible) && compatible is false)
            throw new InvalidDataException(
                $"{path}: the model was made by gensim before 3.8.2, whose n-grams are hashed in another way; load "
                    + $"it in gensim 4 and save it again."
            );
        if (maxN > LongestNgram || minN > LongestNgram || words.Any(word => word.Length > LongestWord))
        {
            throw new InvalidDataException(
                $"{path}: n-grams of {minN} to {maxN} characters, or words of more than {LongestWord}, "
                    + "are none of a model that is in use; the file is damaged."
            );
        }
        using Table own = Table.Open(vectors, ["vectors_vocab", "syn0_vocab"], path, prefix);
        using Table grams = Table.Open(vectors, ["vectors_ngrams", "syn0_ngrams"], path, prefix);
        if (own.Rows < words.Length || grams.Rows < buckets || own.Columns != grams.Columns)
            throw new InvalidDataException(
                $"{path}: {own.Rows} x {own.Columns} vectors of words and {grams.Rows} x {grams.Columns} of n-grams "
                    + $"do not fit {words.Length} words and {buckets} buckets."
            );
        var rows = new RowBuilder<float>(own.Columns, words.Length + buckets);
        for (int row = 0; row < words.Length; row++)
            own.Next(rows.Add());
        for (int row = 0; row < buckets; row++)
            grams.Next(rows.Add());
        return new FastTextVectors(
            words,
            minN,
            maxN,
            buckets,
            new BuiltRows(rows.Build(), words.Length + buckets, own.Columns)
        )
        {
            Counts = Counts(vectors, words, path),
        };

        int Whole(string name) =>
            vectors.TryGetAttribute(name, out object? value) && value is long number and >= 0 and <= int.MaxValue
                ? (int)number
                : throw new InvalidDataException($"{path}: the model does not say its {name}.");
    }

    /// <summary>Rows of an array in the pickle, or of a file beside it.</summary>
    private sealed class Table : IDisposable
    {
        private readonly NumPyArray? _array;
        private readonly NpyFile? _file;
        private readonly string _path;
        private int _next;

        private Table(NumPyArray array, string path) => (_array, _path) = (array, path);

        private Table(NpyFile file, string path) => (_file, _path) = (file, path);

        public int Rows => _file?.Rows ?? _array!.Shape[0];

        public int Columns => _file?.Columns ?? _array!.Shape[1];

        public static Table Open(PickleObject vectors, string[] names, string path, string prefix)
        {
            foreach (string name in names)
            {
                if (vectors.TryGetAttribute(name, out object? value) && NumPyArray.FromAny(value, path) is { } array)
                {
                    return array.Shape.Count == 2 && array.Shape[1] > 0
                        ? new Table(array, path)
                        : throw new InvalidDataException(
                            $"{path}: '{name}' has the shape {array.ShownShape} where words x dimensions is expected."
                        );
                }
                string beside = $"{prefix}.{name}.npy";
                if (File.Exists(beside))
                    return new Table(NpyFile.Open(beside), beside);
            }
            throw new FileNotFoundException(
                $"{prefix}.{names[0]}.npy: this file of vectors belongs to {path} and is missing; copy it beside it "
                    + $"under that name."
            );
        }

        public void Next(Span<float> destination)
        {
            if (_file is not null)
                _file.Next(destination);
            else
                _array!.Row(_next, destination);
            foreach (float value in destination)
            {
                if (!float.IsFinite(value))
                    throw new InvalidDataException(
                        $"{_path}: a number of row {_next + 1} is {value}; train the model again with a lower "
                            + $"learning rate."
                    );
            }
            _next++;
        }

        public void Dispose() => _file?.Dispose();
    }

    private sealed class BuiltRows(RowBlocks<float> blocks, int count, int columns) : EmbeddingRows
    {
        public override int Columns => columns;

        public override long Count => count;

        public override void AddRow(int row, Span<float> destination)
        {
            ReadOnlySpan<float> values = blocks[row];
            for (int i = 0; i < destination.Length; i++)
                destination[i] += values[i];
        }
    }
}
