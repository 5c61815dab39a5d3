using Firn.Vectors;
using Firn.Vectors.Search;

namespace Firn.Drift;

/// <summary>
/// The words of a drift table that have a vector, searchable by where they stood before training and by where they
/// stand now.
/// </summary>
internal sealed class NeighborRanks
{
    private const int Chunk = 1024;
    private readonly DriftTable _table;
    private readonly int[] _ids;
    private readonly UnitTable _before,
        _after;

    public NeighborRanks(DriftTable table)
    {
        _table = table;
        _ids = table.WordsWithVector();
        string WordOf(int place) => table.Vocabulary[_ids[place]];
        _before = new UnitTable(
            _ids.Length,
            table.After.Dimension,
            (place, to) => table.BeforeOf(_ids[place]).CopyTo(to),
            WordOf
        );
        _after = new UnitTable(
            _ids.Length,
            table.After.Dimension,
            (place, to) => table.AfterOf(_ids[place]).CopyTo(to),
            WordOf
        );
    }

    /// <summary>The ids searched, rising; the places below are places in it.</summary>
    public ReadOnlySpan<int> Ids => _ids;

    /// <summary>The place of an id that has a vector.</summary>
    public int PlaceOf(int id) => Array.BinarySearch(_ids, id);

    public double CosineBefore(int a, int b) => UnitTable.Dot(_before[a], _before[b]);

    public double CosineAfter(int a, int b) => UnitTable.Dot(_after[a], _after[b]);

    /// <summary>
    /// Calls <paramref name="found"/> for each of <paramref name="places"/> with its nearest places before and now,
    /// itself left out, the nearest first.
    /// </summary>
    public void ForEach(
        ReadOnlySpan<int> places,
        int count,
        Action<int, (int Place, float Cosine)[], (int Place, float Cosine)[]> found,
        IProgress<double>? progress,
        CancellationToken cancellation
    )
    {
        for (int start = 0; start < places.Length; start += Chunk)
        {
            cancellation.ThrowIfCancellationRequested();
            int[] part = places[start..Math.Min(start + Chunk, places.Length)].ToArray();
            (int, float)[][] then = Nearest(_before, part, count),
                now = Nearest(_after, part, count);
            for (int i = 0; i < part.Length; i++)
                found(part[i], then[i], now[i]);
            progress?.Report((double)(start + part.Length) / places.Length);
        }
    }

    /// <summary>A word's nearest words before and now, by name.</summary>
    public NeighborChange Neighbors(int place, int count)
    {
        Neighbor[] Named(UnitTable units) =>
            [
                .. units
                    .Nearest(units[place].ToArray(), count, units.Count, [place])
                    .Select(f => new Neighbor(_table.Vocabulary[_ids[f.Row]], _ids[f.Row], f.Score)),
            ];
        return new NeighborChange(_table.Vocabulary[_ids[place]], Named(_before), Named(_after));
    }

    /// <summary>The two words as a pair, with ranks.</summary>
    public DivergedPair Pair(int first, int second) =>
        new(
            _table.Vocabulary[_ids[first]],
            _table.Vocabulary[_ids[second]],
            _table.CountOf(_ids[first]),
            _table.CountOf(_ids[second]),
            CosineBefore(first, second),
            CosineAfter(first, second),
            Rank(_before, first, second),
            Rank(_after, first, second)
        );

    private static (int, float)[][] Nearest(UnitTable units, int[] places, int count) =>
        [
            .. BatchSearch
                .Nearest(units, [.. places.Select(p => units[p].ToArray())], count + 1, units.Count)
                .Select((found, i) => found.Where(f => f.Row != places[i]).Take(count).ToArray()),
        ];

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
