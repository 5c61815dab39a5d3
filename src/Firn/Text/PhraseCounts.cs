namespace Firn.Text;

/// <summary>
/// How often words stand in texts, and how often pairs of them, with nothing but connectors between, stand together.
/// </summary>
internal sealed class PhraseCounts
{
    private readonly List<int> _pairs = []; // by run, past the words

    private readonly int _words;

    /// <param name="texts">Ids; 0 is no word and parts neighbors.</param>
    /// <param name="words">Ids lie below this.</param>
    /// <param name="connectors">By id; may stand inside a pair.</param>
    /// <param name="minCount">Pairs of rarer words are not counted, and are most of all; 0 counts all.</param>
    public PhraseCounts(RaggedIds texts, int words, bool[] connectors, int minCount)
    {
        _words = words;
        Tree = new PhraseTree(words);
        Words = new long[words];
        foreach (int id in texts.Ids)
        {
            if ((uint)id >= (uint)words)
                throw new ArgumentException(
                    $"The texts hold id {id}; the vocabulary's ids lie between 0 and {words - 1}.",
                    nameof(texts)
                );
            Words[id]++;
        }
        Total = texts.TotalTokens - Words[0];
        for (int id = 0; id < words; id++)
            Words[id] = connectors[id] ? 0 : Words[id]; // neither begins nor ends a phrase
        var between = new List<int>();
        for (int text = 0; text < texts.Count; text++)
        {
            int start = 0;
            between.Clear();
            foreach (int id in texts[text])
            {
                if (connectors[id])
                {
                    between.Add(id);
                    continue;
                }
                if (start != 0 && id != 0 && Words[start] >= minCount && Words[id] >= minCount)
                    Count(start, between, id);
                between.Clear();
                start = id;
            }
        }
    }

    /// <summary>Runs of words.</summary>
    public PhraseTree Tree { get; }

    /// <summary>By id; 0 for connectors.</summary>
    public long[] Words { get; }

    /// <summary>All words, connectors too.</summary>
    public long Total { get; }

    /// <summary>Distinct pairs.</summary>
    public int Pairs => _pairs.Count(count => count > 0);

    /// <summary>The runs that were pairs, and how often.</summary>
    public IEnumerable<(int Run, int Count)> Counted =>
        _pairs.Select((count, i) => (_words + i, count)).Where(pair => pair.count > 0);

    private void Count(int start, List<int> between, int end)
    {
        int run = start;
        foreach (int word in between)
            run = Tree.Add(run, word);
        run = Tree.Add(run, end);
        while (_pairs.Count < Tree.Count - _words)
            _pairs.Add(0);
        _pairs[run - _words]++;
    }
}
