using System.Runtime.InteropServices;

namespace Firn.Linear;

/// <summary>
/// What each run of characters says, kept beside the folded <see cref="CharacterScores"/> so that words which have no
/// id are judged too: a word adds sum_r n_r v_r w_r to each logit and sum_r (n_r v_r)^2 to the square of the norm, n_r
/// being how often it has run r.
/// </summary>
internal sealed class CharacterSpelling
{
    /// <summary>
    /// Longer words say nothing: they are none, and their runs would cost more than the rest of a text.
    /// </summary>
    private const int LongestWord = 100;

    [ThreadStatic]
    private static List<ulong>? _runs;

    private readonly KeyTable _columns;

    /// <param name="keys">[D] the runs.</param>
    /// <param name="values">[D] v, the inverse text frequency in units of the median training text's length.</param>
    /// <param name="weights">[D,K] w.</param>
    /// <param name="longest">Characters of the longest run.</param>
    public CharacterSpelling(ulong[] keys, float[] values, float[] weights, int longest)
    {
        (Keys, Values, Weights, Longest) = (keys, values, weights, longest);
        _columns = new KeyTable(keys.Length);
        foreach (ulong key in keys)
            _columns.FindOrAdd(key);
    }

    public ulong[] Keys { get; }

    public float[] Values { get; }

    public float[] Weights { get; }

    public int Longest { get; }

    public long Bytes => (sizeof(ulong) + sizeof(float)) * (long)Keys.Length + sizeof(float) * (long)Weights.Length;

    /// <summary>Adds what a word says.</summary>
    /// <param name="word">The word.</param>
    /// <param name="sums">[K+1] the logits, and last the square of the norm.</param>
    public void Add(ReadOnlySpan<char> word, Span<float> sums)
    {
        if (word.Length > LongestWord)
            return;
        List<ulong> runs = _runs ??= [];
        runs.Clear();
        CharacterSource.Extract(word, Longest, runs);
        runs.Sort();
        ReadOnlySpan<ulong> all = CollectionsMarshal.AsSpan(runs);
        int outputs = sums.Length - 1;
        for (int i = 0; i < all.Length; )
        {
            int run = i;
            while (i < all.Length && all[i] == all[run])
                i++;
            int column = _columns.Find(all[run]);
            if (column < 0)
                continue;
            float value = (i - run) * Values[column];
            for (int k = 0; k < outputs; k++)
                sums[k] += value * Weights[column * outputs + k];
            sums[outputs] += value * value;
        }
    }

    /// <summary>[N,K+1] what the words of each text say.</summary>
    public float[] SumsOf(UnseenWords words, int outputs)
    {
        int width = outputs + 1;
        var sums = new float[words.Texts.Count * width];
        for (int text = 0; text < words.Texts.Count; text++)
        {
            foreach (int number in words.Texts[text])
                Add(words[number], sums.AsSpan(text * width, width));
        }
        return sums;
    }

    /// <summary>Multiplies the weights.</summary>
    public void Scale(float factor)
    {
        foreach (ref float weight in Weights.AsSpan())
            weight *= factor;
    }
}
