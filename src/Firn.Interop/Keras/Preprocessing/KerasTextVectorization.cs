using System.Text.Json;
using Firn.Interop.Keras.Layers;
using Firn.Text;

namespace Firn.Interop.Keras.Preprocessing;

/// <summary>What a <see cref="KerasTextVectorization"/> does to a text before it cuts it.</summary>
[Flags]
public enum KerasStandardize
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A to Z become lower case; TensorFlow leaves other letters.</summary>
    Lower = 1,

    /// <summary>ASCII punctuation, the apostrophe included, goes.</summary>
    StripPunctuation = 2,

    /// <summary>Both: Keras' default.</summary>
    LowerAndStripPunctuation = Lower | StripPunctuation,
}

/// <summary>Where a <see cref="KerasTextVectorization"/> cuts a text.</summary>
public enum KerasSplit
{
    /// <summary>At ASCII white space.</summary>
    Whitespace,

    /// <summary>Between characters.</summary>
    Character,

    /// <summary>Nowhere.</summary>
    None,
}

/// <summary>
/// Keras' <c>TextVectorization</c> layer with ids as output: from texts to ids with its meaning. Id 0 is padding, 1
/// every
/// unknown word. It can be used from any number of threads.
/// </summary>
public sealed class KerasTextVectorization
{
    /// <summary>The name of unknown words in a vocabulary.</summary>
    public const string UnknownToken = "[UNK]";

    private const int Unknown = 1;
    private const string Punctuation = "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'";
    private readonly Dictionary<string, int>? _ids;
    private readonly KerasWords _words;

    private KerasTextVectorization(KerasStandardize standardize, KerasSplit split, IReadOnlyList<int> ngrams)
    {
        (Standardize, Split, Ngrams) = (standardize, split, ngrams);
        Rules = new KerasTextOptions
        {
            Vectorization = true,
            LowerCase = standardize.HasFlag(KerasStandardize.Lower),
            Filters = standardize.HasFlag(KerasStandardize.StripPunctuation) ? Punctuation : "",
            Cut = split switch
            {
                KerasSplit.Whitespace => KerasCut.WhiteSpace,
                KerasSplit.Character => KerasCut.Characters,
                _ => KerasCut.Nowhere,
            },
            Ngrams = ngrams,
            UnknownId = Unknown,
        };
        _words = new KerasWords(Rules);
    }

    private KerasTextVectorization(
        KerasTextVectorization other,
        IReadOnlyList<string> vocabulary,
        Dictionary<string, int> ids
    )
        : this(other.Standardize, other.Split, other.Ngrams)
    {
        (OutputSequenceLength, MaxTokens) = (other.OutputSequenceLength, other.MaxTokens);
        (Vocabulary, _ids) = (vocabulary, ids);
    }

    /// <summary>The same in the words of a bundle's cleaning.</summary>
    internal KerasTextOptions Rules { get; }

    /// <summary>What is done to a text first.</summary>
    public KerasStandardize Standardize { get; }

    /// <summary>Where it is cut.</summary>
    public KerasSplit Split { get; }

    /// <summary>How many words are joined to one; empty for words alone.</summary>
    public IReadOnlyList<int> Ngrams { get; }

    /// <summary>The length to which ids are cut and padded, at their end; null for any.</summary>
    public int? OutputSequenceLength { get; private init; }

    /// <summary>The most words that the vocabulary may have; null for any.</summary>
    public int? MaxTokens { get; private init; }

    /// <summary>
    /// The word of each id, with the empty text at 0 and <c>[UNK]</c> at 1; null where the file does not hold it, as
    /// <c>.h5</c> files do not.
    /// </summary>
    public IReadOnlyList<string>? Vocabulary { get; }

    /// <summary>The same rules with a vocabulary.</summary>
    /// <param name="vocabulary">
    /// Its words in the order of their ids, with the two special ones at the start or without.
    /// </param>
    /// <exception cref="ArgumentException">
    /// A word stands twice, or there are more than <see cref="MaxTokens"/>.
    /// </exception>
    public KerasTextVectorization WithVocabulary(IReadOnlyList<string> vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        bool special = vocabulary.Count >= 2 && vocabulary[0].Length == 0 && vocabulary[1] == UnknownToken;
        string[] words = special ? [.. vocabulary] : ["", UnknownToken, .. vocabulary];
        if (MaxTokens is { } most && words.Length > most)
        {
            throw new ArgumentException(
                $"The vocabulary has {words.Length} words where the layer allows {most}.",
                nameof(vocabulary)
            );
        }
        var ids = new Dictionary<string, int>(words.Length, StringComparer.Ordinal);
        for (int id = 0; id < words.Length; id++)
        {
            if (!ids.TryAdd(words[id], id))
                throw new ArgumentException($"'{words[id]}' stands twice in the vocabulary.", nameof(vocabulary));
        }
        return new KerasTextVectorization(this, words, ids);
    }

    /// <summary>The same rules with a vocabulary from a file.</summary>
    /// <param name="path">What <c>get_vocabulary()</c> gave: a pickle, a JSON list, or a text of a word a line.</param>
    /// <exception cref="InvalidDataException">It holds no words, or they do not fit the layer.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public KerasTextVectorization WithVocabularyFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return OneLine.Read(() =>
        {
            try
            {
                return WithVocabulary(VocabularyFile.Read(path));
            }
            catch (ArgumentException error)
            {
                string why = error.Message.Split(" (Parameter", 2)[0];
                throw new InvalidDataException($"{path}: {why} Give the vocabulary of this layer.", error);
            }
        });
    }

    /// <summary>The ids of a text, cut and padded where the layer has a length.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="InvalidOperationException">There is no vocabulary.</exception>
    public IReadOnlyList<int> Ids(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (_ids is null)
            throw new InvalidOperationException("The layer's file holds no vocabulary; give one by WithVocabulary.");
        int[] ids = [.. _words.Words(text).Select(word => _ids.GetValueOrDefault(word, Unknown))];
        return OutputSequenceLength is { } length
            ? KerasSequences.Pad(ids, length, KerasSide.Post, KerasSide.Post)
            : ids;
    }

    internal static KerasTextVectorization Read(in LayerConfig layer)
    {
        if (layer.Text("output_mode") is { } mode && mode != "int")
            throw layer.Unsupported($"with output_mode = {mode}");
        KerasStandardize standardize = Choice(layer, "standardize", "lower_and_strip_punctuation") switch
        {
            null => KerasStandardize.None,
            "lower_and_strip_punctuation" => KerasStandardize.LowerAndStripPunctuation,
            "lower" => KerasStandardize.Lower,
            "strip_punctuation" => KerasStandardize.StripPunctuation,
            var other => throw layer.Unsupported($"with standardize = {other}"),
        };
        KerasSplit split = Choice(layer, "split", "whitespace") switch
        {
            null => KerasSplit.None,
            "whitespace" => KerasSplit.Whitespace,
            "character" => KerasSplit.Character,
            var other => throw layer.Unsupported($"with split = {other}"),
        };
        var read = new KerasTextVectorization(standardize, split, ReadNgrams(layer))
        {
            OutputSequenceLength = layer.Has("output_sequence_length") ? layer.Size("output_sequence_length") : null,
            MaxTokens = layer.Has("max_tokens") ? layer.Size("max_tokens") : null,
        };
        return layer["vocabulary"] is { ValueKind: JsonValueKind.Array } words && words.GetArrayLength() > 0
            ? read.With(layer, [.. words.EnumerateArray().Select(w => w.ToString())])
            : read;
    }

    /// <summary>Takes a vocabulary from a file; a wrong one is the file's fault.</summary>
    internal KerasTextVectorization With(in LayerConfig layer, IReadOnlyList<string> vocabulary)
    {
        try
        {
            return WithVocabulary(vocabulary);
        }
        catch (ArgumentException error)
        {
            throw layer.Bad(error.Message.Split(" (Parameter", 2)[0].TrimEnd('.'));
        }
    }

    private static string? Choice(in LayerConfig layer, string name, string fallback)
    {
        if (layer[name] is { ValueKind: JsonValueKind.Object })
            throw layer.Unsupported($"whose {name} is a function of its author's own (code, not data)");
        return layer.Config.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Null
            ? null
            : layer.Text(name) ?? fallback;
    }

    /// <summary>A number n stands for 1 to n; a list for itself.</summary>
    private static IReadOnlyList<int> ReadNgrams(in LayerConfig layer)
    {
        const int most = 100;
        if (!layer.Has("ngrams"))
            return [];
        IReadOnlyList<int> ngrams =
            layer["ngrams"]!.Value.ValueKind == JsonValueKind.Array
                ? layer.Wholes("ngrams")
                : [.. Enumerable.Range(1, Math.Min(layer.Size("ngrams"), most))];
        return ngrams.All(n => n is >= 1 and < most) ? ngrams : throw layer.Bad("'ngrams' must lie between 1 and 99");
    }
}
