namespace Firn.Model;

/// <summary>Gradient rows of the embedding: each row that a batch touched, once, in order of first sight; never row 0.</summary>
internal sealed class SparseRows(int width)
{
    /// <summary>E.</summary>
    public int Width { get; } = width;

    /// <summary>How many rows are set.</summary>
    public int Count { get; private set; }

    /// <summary>The table's rows; the first <see cref="Count"/> are set.</summary>
    public int[] Rows { get; private set; } = [];

    /// <summary>Their gradients, [Count,E].</summary>
    public float[] Values { get; private set; } = [];

    public Span<float> this[int index] => Values.AsSpan(index * Width, Width);

    /// <summary>Takes the groups' rows but group 0, all gradients zero.</summary>
    public void Begin(RowGroups groups)
    {
        Count = groups.Count - 1;
        if (Rows.Length < Count)
        {
            Rows = new int[Count + Count / 4];
            Values = new float[Rows.Length * Width];
        }
        groups.Rows[1..].CopyTo(Rows);
        Values.AsSpan(0, Count * Width).Clear();
    }
}
