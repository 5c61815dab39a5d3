namespace Firn.Data;

/// <summary>
/// Which classes a text has where it may have any number of them. A text's label is then the number of a set; data has
/// few distinct sets, so the sets are kept once and a text holds one number, as with single labels.
/// </summary>
public sealed class LabelSets
{
    private readonly List<bool[]> _sets = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>No sets yet.</summary>
    /// <param name="classes">C, at least 2.</param>
    public LabelSets(int classes)
    {
        Throw.IfOutside(classes, 2, 1_000_000);
        Classes = classes;
    }

    /// <summary>C.</summary>
    public int Classes { get; }

    /// <summary>Number of distinct sets.</summary>
    public int Count => _sets.Count;

    /// <summary>The number of a set, a new one if it was not there.</summary>
    /// <param name="classes">Its classes, each in [0, C); may be empty.</param>
    public int Add(IEnumerable<int> classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        int[] sorted = [.. classes.Distinct().Order()];
        var has = new bool[Classes];
        foreach (int c in sorted)
        {
            Throw.IfOutside(c, 0, Classes - 1, "class");
            has[c] = true;
        }
        string key = string.Join(',', sorted);
        if (!_numbers.TryGetValue(key, out int number))
        {
            _numbers.Add(key, number = _sets.Count);
            _sets.Add(has);
        }
        return number;
    }

    /// <summary>For each class whether the set holds it, [C].</summary>
    public ReadOnlySpan<bool> this[int set] => _sets[set];

    /// <summary>For each text whether it has a class, [N].</summary>
    /// <param name="sets">[N] the texts' sets.</param>
    /// <param name="c">The class.</param>
    internal int[] Of(ReadOnlySpan<int> sets, int c)
    {
        var has = new int[sets.Length];
        for (int i = 0; i < has.Length; i++)
            has[i] = _sets[sets[i]][c] ? 1 : 0;
        return has;
    }
}
