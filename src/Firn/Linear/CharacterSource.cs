using Firn.Text;

namespace Firn.Linear;

/// <summary>
/// Runs of characters inside the words of texts, a word being read as <c>&lt;word&gt;</c>: those of
/// <see cref="Shortest"/> to <paramref name="longest"/> characters, and the whole word where it is longer (the subwords
/// of Bojanowski et al. 2017, "Enriching word vectors with subword information", section 3.2).
/// </summary>
/// <param name="texts">Token ids; 0 has no characters.</param>
/// <param name="vocabulary">What word an id is.</param>
/// <param name="longest">Characters of the longest run, the marks of begin and end among them.</param>
/// <param name="unseen">Words of the same texts that have no id; null for none.</param>
internal sealed class CharacterSource(RaggedIds texts, Vocabulary vocabulary, int longest, UnseenWords? unseen = null)
    : INgramSource
{
    public const int Shortest = 3,
        MaxLongestShown = 8;
    private const int Begin = '<',
        End = '>';

    public int Count => texts.Count;

    public Action<int, List<ulong>> CreateReader() =>
        (text, keys) =>
        {
            foreach (int id in texts[text])
                Extract(id, keys);
            if (unseen is null)
                return;
            foreach (int number in unseen.Texts[text])
                Extract(unseen[number], longest, keys);
        };

    /// <summary>Appends a key for each run of one word.</summary>
    public void Extract(int id, List<ulong> keys)
    {
        if (id > 0)
            Extract(vocabulary[id], longest, keys);
    }

    /// <summary>Appends a key for each run of one word.</summary>
    public static void Extract(ReadOnlySpan<char> word, int longest, List<ulong> keys)
    {
        int length = word.Length + 2;
        for (int start = 0; start < length; start++)
        {
            ulong key = 0;
            int end = Math.Min(length, start + longest);
            ScanSteps.Add(end - start);
            for (int i = start; i < end; i++)
            {
                key = NgramKeys.Mix(key + (ulong)At(word, i));
                if (i - start + 1 >= Shortest)
                    keys.Add(key);
            }
        }
        if (length > longest)
        {
            ulong whole = 0;
            for (int i = 0; i < length; i++)
                whole = NgramKeys.Mix(whole + (ulong)At(word, i));
            keys.Add(whole);
        }
    }

    private static int At(ReadOnlySpan<char> word, int i) =>
        i == 0 ? Begin
        : i <= word.Length ? word[i - 1]
        : End;
}
