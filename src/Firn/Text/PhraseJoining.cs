namespace Firn.Text;

/// <summary>Joins runs of words that are phrases, as gensim's <c>Phrases</c> analyzes a sentence.</summary>
/// <param name="tree">Numbers of runs.</param>
/// <param name="phrases">The runs that are phrases.</param>
/// <param name="connectors">By id; may stand inside a phrase.</param>
internal sealed class PhraseJoining(PhraseTree tree, HashSet<int> phrases, bool[] connectors)
{
    private readonly List<int> _ids = [],
        _between = [];
    private int _start;

    /// <summary>The texts with phrases as runs.</summary>
    public RaggedIds Join(RaggedIds texts)
    {
        var offsets = new int[texts.Count + 1];
        _ids.Clear();
        for (int text = 0; text < texts.Count; text++)
        {
            foreach (int id in texts[text])
                Take(id);
            Dissolve();
            offsets[text + 1] = _ids.Count;
        }
        return new RaggedIds([.. _ids], offsets);
    }

    private void Take(int id)
    {
        if (id == 0)
        {
            Dissolve();
            _ids.Add(id);
        }
        else if (connectors[id])
        {
            (_start == 0 ? _ids : _between).Add(id);
        }
        else if (_start != 0 && PhraseTo(id) is >= 0 and int run)
        {
            _ids.Add(run);
            _start = 0;
            _between.Clear();
        }
        else
        {
            Dissolve();
            _start = id;
        }
    }

    private int PhraseTo(int end)
    {
        int run = _start;
        foreach (int word in _between)
            run = tree.Find(run, word);
        run = tree.Find(run, end);
        return phrases.Contains(run) ? run : -1;
    }

    /// <summary>What began as a phrase and is none is single words.</summary>
    private void Dissolve()
    {
        if (_start != 0)
            _ids.Add(_start);
        _ids.AddRange(_between);
        _start = 0;
        _between.Clear();
    }
}
