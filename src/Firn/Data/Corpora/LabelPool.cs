namespace Firn.Data;

/// <summary>One string for each distinct label, so that a million rows do not hold a million equal strings.</summary>
internal sealed class LabelPool
{
    private const int Most = 1 << 16;
    private readonly HashSet<string> _labels = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public LabelPool() => _lookup = _labels.GetAlternateLookup<ReadOnlySpan<char>>();

    public string Get(ReadOnlySpan<char> label)
    {
        if (_lookup.TryGetValue(label, out string? known))
            return known;
        var added = label.ToString();
        if (_labels.Count < Most)
            _labels.Add(added);
        return added;
    }
}
