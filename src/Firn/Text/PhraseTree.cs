using System.Runtime.InteropServices;

namespace Firn.Text;

/// <summary>Numbers runs of words: a word is its id, and a run one word longer has a number of its own.</summary>
internal sealed class PhraseTree(int words)
{
    private readonly Dictionary<long, int> _longer = []; // (run, word) -> run
    private readonly List<(int Run, int Word)> _runs = [];

    /// <summary>Numbers in use: words and runs.</summary>
    public int Count => words + _runs.Count;

    /// <summary>The run that a word makes longer; numbered if it is new.</summary>
    public int Add(int run, int word)
    {
        ref int longer = ref CollectionsMarshal.GetValueRefOrAddDefault(_longer, Key(run, word), out bool seen);
        if (!seen)
        {
            longer = Count;
            _runs.Add((run, word));
        }
        return longer;
    }

    /// <summary>The run that a word makes longer, or -1.</summary>
    public int Find(int run, int word) => run >= 0 && _longer.TryGetValue(Key(run, word), out int longer) ? longer : -1;

    /// <summary>The words of a run.</summary>
    public List<int> WordsOf(int run)
    {
        var found = new List<int>();
        for (; run >= words; run = _runs[run - words].Run)
            found.Add(_runs[run - words].Word);
        found.Add(run);
        found.Reverse();
        return found;
    }

    private static long Key(int run, int word) => (long)run << 32 | (uint)word;
}
