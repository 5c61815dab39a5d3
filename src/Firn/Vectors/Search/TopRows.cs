namespace Firn.Vectors.Search;

/// <summary>The best rows seen so far, best first; of equal scores the lower row.</summary>
internal sealed class TopRows(int capacity)
{
    private readonly (int Row, float Score)[] _items = new (int, float)[capacity];

    public int Count { get; private set; }

    /// <summary>A row must score above this to enter; minus infinity until the list is full.</summary>
    public float Threshold { get; private set; } = float.NegativeInfinity;

    public ReadOnlySpan<(int Row, float Score)> Items => _items.AsSpan(0, Count);

    public void Clear()
    {
        Count = 0;
        Threshold = float.NegativeInfinity;
    }

    /// <summary>Enters a row if it is good enough. Rows that score alike must come in rising order or be few.</summary>
    public void Offer(int row, float score)
    {
        bool full = Count == capacity;
        if (full && !Precedes(row, score, _items[capacity - 1]))
            return;
        int at = full ? capacity - 1 : Count++;
        for (; at > 0 && Precedes(row, score, _items[at - 1]); at--)
            _items[at] = _items[at - 1];
        _items[at] = (row, score);
        if (Count == capacity)
            Threshold = _items[capacity - 1].Score;
    }

    private static bool Precedes(int row, float score, (int Row, float Score) other) =>
        score > other.Score || (score == other.Score && row < other.Row);
}
