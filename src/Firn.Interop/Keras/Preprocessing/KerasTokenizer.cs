using Firn.Common;
using Firn.Text;

namespace Firn.Interop.Keras.Preprocessing;

/// <summary>
/// A Keras <c>Tokenizer</c> that was fitted: from texts to ids with exactly its meaning, its oddities included. It can
/// be
/// used from any number of threads.
/// </summary>
public sealed class KerasTokenizer
{
    private readonly Dictionary<string, int> _ids;
    private readonly KerasWords _words;

    /// <summary>Makes a tokenizer of a word index.</summary>
    /// <param name="wordIndex">The id of each word.</param>
    /// <param name="options">The settings.</param>
    /// <exception cref="ArgumentException">
    /// A word stands twice, an id is negative, the unknown word is none of the index, or the separator is empty.
    /// </exception>
    public KerasTokenizer(IEnumerable<KeyValuePair<string, int>> wordIndex, KerasTokenizerOptions options)
        : this(new Dictionary<string, int>(wordIndex, StringComparer.Ordinal), options, []) { }

    internal KerasTokenizer(Dictionary<string, int> ids, KerasTokenizerOptions options, IReadOnlyList<string> missing)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_ids, Options, Missing) = (ids, options, missing);
        if (options.Split.Length == 0 && !options.CharLevel)
            throw new ArgumentException("split must not be empty: Python cannot split by nothing.", nameof(options));
        Throw.IfOutside(options.NumWords ?? 0, 0, int.MaxValue, nameof(options.NumWords));
        foreach ((string word, int id) in ids)
        {
            if (id < 0)
                throw new ArgumentException($"The id of '{word}' is {id}; ids are not negative.", nameof(ids));
        }
        if (options.OovToken is { } oov)
        {
            OovId = ids.TryGetValue(oov, out int id)
                ? id
                : throw new ArgumentException($"The unknown word '{oov}' has no id in the index.", nameof(options));
        }
        // Keras before 2.2 left characters as they were, whatever lower said: an index with capitals is from there.
        bool lowers =
            options.Lower
            && !(options.CharLevel && ids.Keys.Any(w => w != options.OovToken && PythonText.Lower(w) != w));
        Rules = new KerasTextOptions
        {
            LowerCase = lowers,
            Filters = options.CharLevel ? "" : options.Filters,
            Cut = options.CharLevel ? KerasCut.Characters : KerasCut.Separator,
            Separator = options.Split.Length > 0 ? options.Split : " ",
            UnknownId = OovId ?? -1,
        };
        _words = new KerasWords(Rules);
    }

    /// <summary>The settings.</summary>
    public KerasTokenizerOptions Options { get; }

    /// <summary>
    /// Names of settings that the file did not hold, as Keras calls them (<c>num_words</c>); they have Keras' defaults
    /// and must be asked for. Empty for a whole tokenizer.
    /// </summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>The way from a text to words in the words of a bundle's cleaning.</summary>
    internal KerasTextOptions Rules { get; }

    /// <summary>The id of each word.</summary>
    public IReadOnlyDictionary<string, int> WordIndex => _ids;

    /// <summary>The id of unknown words; null where they are left out.</summary>
    public int? OovId { get; }

    /// <summary>
    /// Reads a tokenizer: a pickle of Python (protocols 0 to 5; joblib; also within tuples, lists and dictionaries),
    /// what
    /// <c>to_json</c> gives, or a word index alone, pickled or as JSON.
    /// </summary>
    /// <param name="path">The file; told apart by its content.</param>
    /// <exception cref="InvalidDataException">
    /// It is none of these, or damaged; nothing in a file is ever run.
    /// </exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static KerasTokenizer Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return OneLine.Read(() => TokenizerFile.Load(path));
    }

    /// <summary>The same words under other settings.</summary>
    /// <param name="options">The settings; all are then known.</param>
    /// <exception cref="ArgumentException">They do not fit the word index.</exception>
    public KerasTokenizer With(KerasTokenizerOptions options) => new(_ids, options, []);

    /// <summary>The ids of a text, as <c>texts_to_sequences</c> gives them.</summary>
    /// <param name="text">The text.</param>
    public IReadOnlyList<int> Ids(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Ids(_words.Words(text), lower: false);
    }

    /// <summary>The ids of words that are told apart already; Keras takes a list of words for that.</summary>
    /// <param name="words">The words, to which filters are not applied.</param>
    public IReadOnlyList<int> Ids(IEnumerable<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        return Ids(words, Rules.LowerCase);
    }

    private List<int> Ids(IEnumerable<string> words, bool lower)
    {
        var ids = new List<int>();
        foreach (string word in words)
        {
            bool known = _ids.TryGetValue(lower ? PythonText.Lower(word) : word, out int id);
            if (known && (Options.NumWords is not > 0 || id < Options.NumWords))
                ids.Add(id);
            else if (OovId is { } unknown)
                ids.Add(unknown);
        }
        return ids;
    }
}
