namespace Firn.Vectors.Storage;

/// <summary>Which rows of a table are equal bit for bit, all-zero ones among them.</summary>
internal static class RowAliases
{
    /// <summary>The rows to store, and for each row its place among them; null where all rows differ.</summary>
    public static StoredRows Find(VectorRows rows)
    {
        var firstOf = new Dictionary<int, int>(rows.Count, new RowComparer(rows)); // row to its place among the stored
        var rowOf = new int[rows.Count];
        var stored = new List<int>(rows.Count);
        for (int row = 0; row < rows.Count; row++)
        {
            if (firstOf.TryAdd(row, stored.Count))
            {
                rowOf[row] = stored.Count;
                stored.Add(row);
            }
            else
            {
                rowOf[row] = firstOf[row];
            }
        }
        return new([.. stored], stored.Count == rows.Count ? null : rowOf);
    }

    private sealed class RowComparer(VectorRows rows) : IEqualityComparer<int>
    {
        public bool Equals(int x, int y) =>
            rows.ScaleOf(x) == rows.ScaleOf(y) && rows.Raw(x).SequenceEqual(rows.Raw(y));

        public int GetHashCode(int row)
        {
            var hash = new HashCode();
            hash.AddBytes(rows.Raw(row));
            return hash.ToHashCode();
        }
    }
}
