using Firn.Vectors;
using Firn.Vectors.Search;

namespace Firn.Drift;

/// <summary>The words of a drift table that have a vector, searchable by where they stood before training and by where they stand now.</summary>
internal sealed class PlaceSearch
{
    private const int Chunk = 1024;
    private readonly DriftTable table;
    private readonly int[] ids;
    private readonly UnitTable before, after;

    public PlaceSearch(DriftTable table)
    {
        this.table = table;
        ids = table.WordsWithVector();
        string WordOf(int place) => table.Vocabulary[ids[place]];
        before = new UnitTable(ids.Length, table.After.Dimension, (place, to) => table.BeforeOf(ids[place]).CopyTo(to), WordOf);
        after = new UnitTable(ids.Length, table.After.Dimension, (place, to) => table.AfterOf(ids[place]).CopyTo(to), WordOf);
    }

    /// <summary>The ids searched, rising; the places below are places in it.</summary>
    public ReadOnlySpan<int> Ids => ids;

    /// <summary>The place of an id that has a vector.</summary>
    public int PlaceOf(int id) => Array.BinarySearch(ids, id);

    public double CosineBefore(int a, int b) => UnitTable.Dot(before[a], before[b]);

    public double CosineAfter(int a, int b) => UnitTable.Dot(after[a], after[b]);

    /// <summary>
    /// Calls <paramref name="found"/> for each of <paramref name="places"/> with its nearest places before and now, itself
    /// left out, the nearest first.
    /// </summary>
    public void ForEach(ReadOnlySpan<int> places, int count, Action<int, (int Place, float Cosine)[], (int Place, float Cosine)[]> found,
        IProgress<double>? progress, CancellationToken cancellation)
    {
        for (int start = 0; start < places.Length; start += Chunk)
        {
            cancellation.ThrowIfCancellationRequested();
            int[] part = places[start..Math.Min(start + Chunk, places.Length)].ToArray();
            (int, float)[][] then = Nearest(before, part, count), now = Nearest(after, part, count);
            for (int i = 0; i < part.Length; i++)
                found(part[i], then[i], now[i]);
            progress?.Report((double)(start + part.Length) / places.Length);
        }
    }

    /// <summary>A word's nearest words before and now, by name.</summary>
    public NeighborChange Neighbors(int place, int count)
    {
        Neighbor[] Named(UnitTable units) => [.. units.Nearest(units[place].ToArray(), count, units.Count, [place])
            .Select(f => new Neighbor(table.Vocabulary[ids[f.Row]], ids[f.Row], f.Score))];
        return new NeighborChange(table.Vocabulary[ids[place]], Named(before), Named(after));
    }

    /// <summary>The two words as a pair, with ranks.</summary>
    public TornPair Pair(int first, int second) => new(
        table.Vocabulary[ids[first]], table.Vocabulary[ids[second]], table.CountOf(ids[first]), table.CountOf(ids[second]),
        CosineBefore(first, second), CosineAfter(first, second), Rank(before, first, second), Rank(after, first, second));

    private static (int, float)[][] Nearest(UnitTable units, int[] places, int count) =>
        [.. BatchSearch.Nearest(units, [.. places.Select(p => units[p].ToArray())], count + 1, units.Count)
            .Select((found, i) => found.Where(f => f.Row != places[i]).Take(count).ToArray())];

    private static int Rank(UnitTable units, int first, int second)
    {
        float cosine = UnitTable.Dot(units[first], units[second]);
        int nearer = 0;
        for (int row = 0; row < units.Count; row++)
        {
            if (row != first && row != second && UnitTable.Dot(units[first], units[row]) > cosine)
                nearer++;
        }
        return nearer + 1;
    }
}
