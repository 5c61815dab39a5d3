using System.Collections;
using Firn.Layers;
using Firn.Model;
using Firn.Text;

namespace Firn.Training;

/// <summary>
/// The table before training: where its rows lay, which of them had a vector, and how often training sees each. From it
/// follow the rows that a rule lets move, and the place a pull pulls to.
/// </summary>
internal sealed class TableStart
{
    private readonly EmbeddingTable _table;
    private readonly float[] _rows;
    private readonly int[] _seen;
    private readonly Dictionary<RowRule, MovableRows> _movable = [];

    public TableStart(EmbeddingTable table, RaggedIds training)
    {
        _table = table;
        _rows = table.CopyRows();
        _seen = Occurrences(table, training);
    }

    /// <summary>The rows, [R,E].</summary>
    public Memory<float> Rows => _rows;

    /// <summary>How often training sees each row, [R].</summary>
    public ReadOnlySpan<int> Seen => _seen;

    /// <summary>The rows that a rule lets move.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public MovableRows Movable(RowRule rule)
    {
        if (_movable.TryGetValue(rule, out MovableRows? known))
            return known;
        BitArray withVector = WithVector();
        int[] rows =
        [
            .. Enumerable
                .Range(1, _table.RowCount - 1)
                .Where(row => _seen[row] >= rule.SeenAtLeast && (rule.WithoutVector || withVector[row])),
        ];
        if (rows.Length == 0)
            throw MatchesNone(rule);
        if (rule.TopByCount is { } most && most < rows.Length)
        {
            int[] chosen = [.. rows.OrderByDescending(row => _seen[row]).ThenBy(row => row).Take(most)];
            Array.Sort(chosen);
            rows = chosen;
        }
        return _movable[rule] = new MovableRows(_table.RowCount, rows);
    }

    /// <summary>Refuses a schedule whose rules fit this table not at all, before any work.</summary>
    public void Check(ThawSchedule schedule)
    {
        if (schedule.MovesRowsWithoutVector)
        {
            int sharing = 0;
            for (int id = 1; id < _table.VocabularySize; id++)
                sharing += _table.RowOf[id] == 0 ? 1 : 0;
            if (sharing > 0)
                throw new ArgumentException(
                    $"The schedule {schedule} lets words without a vector move, and {sharing} words share the zero "
                        + $"row; make the table with a row for each (EmbeddingTable.From with ownRows)."
                );
        }
        foreach (ThawPhase phase in schedule.Phases.Where(p => p.Trains(ParameterGroup.Embedding)))
            Movable(phase.Rows);
    }

    /// <summary>How often the words of each row of a table occur in texts, [R].</summary>
    public static int[] Occurrences(EmbeddingTable table, RaggedIds texts)
    {
        var seen = new int[table.RowCount];
        ReadOnlySpan<int> rowOf = table.RowOf;
        foreach (int id in texts.Ids)
            seen[rowOf[id]]++;
        return seen;
    }

    private BitArray WithVector()
    {
        var bits = new BitArray(_table.RowCount);
        for (int row = 1; row < _table.RowCount; row++)
            bits[row] = _rows.AsSpan(row * _table.Dimension, _table.Dimension).ContainsAnyExcept(0f);
        return bits;
    }

    private ArgumentException MatchesNone(RowRule rule)
    {
        int most = _seen.Length > 1 ? _seen.Skip(1).Max() : 0;
        string remedy =
            most < rule.SeenAtLeast
                ? $"the most frequent one occurs {most} times in training; choose seen:{Math.Max(most, 1)} or less"
                : "no word that occurs so often has a vector; choose vectors of the texts' language, or let words "
                    + "without one move (without-vector)";
        return new ArgumentException($"The rule rows={rule} matches no word: {remedy}.");
    }
}
