using System.Runtime.InteropServices;

namespace Firn.Text;

/// <summary>Which pairs of words become one.</summary>
public sealed record PhraseOptions
{
    /// <summary>A pair is a phrase when its score is above this; word2phrase's and gensim's defaults are 100 and 10.</summary>
    public double Threshold { get; init; } = 100;

    /// <summary>Words and pairs seen fewer times are no part of a phrase; also the discount of a pair's count.</summary>
    public int MinCount { get; init; } = 5;

    /// <summary>What stands between the words of a phrase.</summary>
    public char Separator { get; init; } = '_';
}

/// <summary>Two words that stand together more often than chance lets them.</summary>
/// <param name="First">The word on the left.</param>
/// <param name="Second">The word on the right.</param>
/// <param name="Count">How often they stood together.</param>
/// <param name="Score">(count - discount) N / (count(first) count(second)).</param>
public readonly record struct Phrase(string First, string Second, long Count, double Score);

/// <summary>
/// Finds phrases such as new_york (Mikolov et al. 2013, "Distributed representations of words and phrases and their
/// compositionality", eq. 6): score(a, b) = (count(ab) - discount) N / (count(a) count(b)), N the words of all texts, as
/// word2phrase.c has it. Longer phrases come of a second pass over the joined texts.
/// </summary>
public sealed class Phrases
{
    private readonly Dictionary<long, double> _scores; // pair -> score, of phrases alone
    private readonly Vocabulary _vocabulary;
    private readonly char _separator;

    private Phrases(Dictionary<long, double> scores, Vocabulary vocabulary, char separator, IReadOnlyList<Phrase> items)
    {
        _scores = scores;
        _vocabulary = vocabulary;
        _separator = separator;
        Items = items;
    }

    /// <summary>The phrases, the highest score first.</summary>
    public IReadOnlyList<Phrase> Items { get; }

    /// <summary>Counts words and pairs of neighbours and keeps the pairs above the threshold.</summary>
    /// <param name="texts">Ids of the vocabulary; 0 is no word and parts neighbours.</param>
    /// <param name="vocabulary">Gives the words of the ids. Counts are taken from the texts, not from it.</param>
    /// <param name="options">Limits.</param>
    /// <exception cref="ArgumentException">An id is not the vocabulary's, or a limit is out of its range.</exception>
    public static Phrases Find(RaggedIds texts, Vocabulary vocabulary, PhraseOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(vocabulary);
        options ??= new PhraseOptions();
        Throw.IfNotPositive(options.MinCount);
        Throw.IfOutside(options.Threshold, 0, double.MaxValue);
        long[] words = CountWords(texts, vocabulary.Count);
        long total = words.Sum() - words[0];
        var scores = new Dictionary<long, double>();
        var items = new List<Phrase>();
        foreach ((long pair, int count) in CountPairs(texts, words, options.MinCount))
        {
            (int first, int second) = ((int)(pair >> 32), (int)pair);
            double score = (double)(count - options.MinCount) * total / ((double)words[first] * words[second]);
            if (count < options.MinCount || score <= options.Threshold)
                continue;
            scores.Add(pair, score);
            items.Add(new Phrase(vocabulary[first], vocabulary[second], count, score));
        }
        return new Phrases(scores, vocabulary, options.Separator,
            [.. items.OrderByDescending(p => p.Score).ThenBy(p => p.First, StringComparer.Ordinal).ThenBy(p => p.Second, StringComparer.Ordinal)]);
    }

    /// <summary>Joins phrases from left to right, each word in one phrase at most, and numbers the words anew.</summary>
    /// <param name="texts">Ids of the vocabulary that the phrases were found with.</param>
    public (RaggedIds Texts, Vocabulary Vocabulary) Join(RaggedIds texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        // Numbers of what stands in the joined texts: a word's id, or the vocabulary's size and the phrase's number.
        var phraseIds = new Dictionary<long, int>();
        var ids = new List<int>(texts.TotalTokens);
        var offsets = new int[texts.Count + 1];
        for (int text = 0; text < texts.Count; text++)
        {
            ReadOnlySpan<int> words = texts[text];
            for (int i = 0; i < words.Length; i++)
            {
                long pair = i + 1 < words.Length ? Pair(words[i], words[i + 1]) : 0;
                if (!_scores.ContainsKey(pair))
                {
                    ids.Add(words[i]);
                    continue;
                }
                ref int phrase = ref CollectionsMarshal.GetValueRefOrAddDefault(phraseIds, pair, out bool seen);
                if (!seen)
                    phrase = _vocabulary.Count + phraseIds.Count - 1;
                ids.Add(phrase);
                i++;
            }
            offsets[text + 1] = ids.Count;
        }
        return Renumber(new RaggedIds([.. ids], offsets), [.. phraseIds.OrderBy(p => p.Value).Select(p => p.Key)]);
    }

    private (RaggedIds Texts, Vocabulary Vocabulary) Renumber(RaggedIds joined, long[] phrases)
    {
        string NameOf(int id)
        {
            if (id < _vocabulary.Count)
                return _vocabulary[id];
            long pair = phrases[id - _vocabulary.Count];
            return $"{_vocabulary[(int)(pair >> 32)]}{_separator}{_vocabulary[(int)pair]}";
        }
        long[] counts = CountWords(joined, _vocabulary.Count + phrases.Length);
        var builder = new VocabularyBuilder();
        for (int id = 1; id < counts.Length; id++)
        {
            if (counts[id] > 0)
                builder.Add(NameOf(id), counts[id]);
        }
        Vocabulary vocabulary = builder.Build(new VocabularyOptions { Unknown = _vocabulary.Unknown });
        var newId = new int[counts.Length];
        for (int id = 1; id < counts.Length; id++)
            newId[id] = counts[id] > 0 ? vocabulary.IdOf(NameOf(id)) : 0;
        return (new RaggedIds([.. joined.Ids.Select(id => newId[id])], joined.Offsets), vocabulary);
    }

    private static long[] CountWords(RaggedIds texts, int count)
    {
        var counts = new long[count];
        foreach (int id in texts.Ids)
        {
            if ((uint)id >= (uint)count)
                throw new ArgumentException($"The texts hold id {id}; the vocabulary's ids lie between 0 and {count - 1}.", nameof(texts));
            counts[id]++;
        }
        return counts;
    }

    private static Dictionary<long, int> CountPairs(RaggedIds texts, long[] words, int minCount)
    {
        var pairs = new Dictionary<long, int>();
        for (int text = 0; text < texts.Count; text++)
        {
            ReadOnlySpan<int> ids = texts[text];
            for (int i = 0; i + 1 < ids.Length; i++)
            {
                // A rare word is in no phrase, and its pairs are most of all.
                if (ids[i] != 0 && ids[i + 1] != 0 && words[ids[i]] >= minCount && words[ids[i + 1]] >= minCount)
                    CollectionsMarshal.GetValueRefOrAddDefault(pairs, Pair(ids[i], ids[i + 1]), out _)++;
            }
        }
        return pairs;
    }

    private static long Pair(int first, int second) => (long)first << 32 | (uint)second;
}
