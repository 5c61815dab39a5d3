namespace Firn.Text;

/// <summary>Whether the first row of a table names its columns.</summary>
internal static class FirstRow
{
    /// <summary>Tells by how it differs from the rows below; true where that is not clear.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">The first rows.</param>
    public static bool IsHeader(string path, IReadOnlyList<string[]> rows)
    {
        if (rows.Count < 2)
            return true;
        int width = rows.Max(row => row.Length);
        ColumnProfile[] below = [.. Enumerable.Range(0, width).Select(i => new ColumnProfile(rows.Skip(1).Select(row => i < row.Length ? row[i] : "")))];
        return HeaderDetection.Find(rows[0], below) ?? true;
    }
}
