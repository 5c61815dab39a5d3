namespace Firn.Vectors.Training;

/// <summary>
/// Draws rows with given weights in constant time from one 64-bit random number (Walker 1977; Vose 1991, "A linear
/// algorithm for generating random numbers with a given distribution"). Exact to 2^-32, 8 bytes a row.
/// </summary>
internal sealed class AliasTable
{
    private readonly Cell[] _cells;

    /// <param name="weights">Not negative, with a positive sum.</param>
    public AliasTable(ReadOnlySpan<double> weights)
    {
        int n = weights.Length;
        double sum = 0;
        foreach (double weight in weights)
            sum += weight;
        _cells = new Cell[n];
        var scaled = new double[n];
        var small = new Stack<int>();
        var large = new Stack<int>();
        for (int i = 0; i < n; i++)
        {
            scaled[i] = weights[i] / sum * n;
            (scaled[i] < 1 ? small : large).Push(i);
        }
        while (small.Count > 0 && large.Count > 0)
        {
            int little = small.Pop(),
                big = large.Pop();
            _cells[little] = new Cell((uint)(scaled[little] * uint.MaxValue), big);
            scaled[big] -= 1 - scaled[little];
            (scaled[big] < 1 ? small : large).Push(big);
        }
        // What is left is 1 but for rounding.
        foreach (int i in small.Concat(large))
            _cells[i] = new Cell(uint.MaxValue, i);
    }

    /// <summary>The row that 64 random bits name.</summary>
    public int Draw(ulong bits)
    {
        int i = (int)(((bits >> 32) * (ulong)_cells.Length) >> 32);
        Cell cell = _cells[i];
        return (uint)bits < cell.Threshold ? i : cell.Alias;
    }

    private readonly record struct Cell(uint Threshold, int Alias);
}
