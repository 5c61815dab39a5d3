namespace Firn.Model;

/// <summary>
/// Gradient rows of the embedding: each row that a batch touched and that may move, once, in order of first sight;
/// never row 0. A row that may not move has no gradient.
/// </summary>
/// <param name="width">E.</param>
/// <param name="movable">The rows that may move; null for all but row 0.</param>
internal sealed class SparseRows(int width, MovableRows? movable = null)
{
    private int[] _groupOf = []; // of each gradient
    private int[] _indexOf = []; // of each group, -1 where its row may not move

    /// <summary>E.</summary>
    public int Width { get; } = width;

    /// <summary>How many rows are set.</summary>
    public int Count { get; private set; }

    /// <summary>The table's rows; the first <see cref="Count"/> are set.</summary>
    public int[] Rows { get; private set; } = [];

    /// <summary>Their gradients, [Count,E].</summary>
    public float[] Values { get; private set; } = [];

    public Span<float> this[int index] => Values.AsSpan(index * Width, Width);

    /// <summary>Takes the gradient off the first half of each row, where that is a channel that stays.</summary>
    public void ClearFirstHalf()
    {
        for (int i = 0; i < Count; i++)
            this[i][..(Width / 2)].Clear();
    }

    /// <summary>The group of the batch that a gradient belongs to.</summary>
    public int GroupOf(int index) => _groupOf[index];

    /// <summary>The gradient of a group of the batch; -1 where it has none.</summary>
    public int IndexOf(int group) => _indexOf[group];

    /// <summary>Takes the groups' rows that may move, all gradients zero.</summary>
    public void Begin(RowGroups groups)
    {
        if (_indexOf.Length < groups.Count)
        {
            int capacity = groups.Count + groups.Count / 4;
            _indexOf = new int[capacity];
            _groupOf = new int[capacity];
            Rows = new int[capacity];
        }
        Count = 0;
        _indexOf[0] = -1;
        for (int group = 1; group < groups.Count; group++)
        {
            int row = groups.Rows[group];
            _indexOf[group] = -1;
            if (movable is not null && movable.PlaceOf(row) < 0)
                continue;
            _indexOf[group] = Count;
            _groupOf[Count] = group;
            Rows[Count++] = row;
        }
        if (Values.Length < Count * Width)
            Values = new float[(Count + Count / 4) * Width];
        Values.AsSpan(0, Count * Width).Clear();
    }
}
