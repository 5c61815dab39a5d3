using System.Numerics;

namespace Firn.Vectors.Training;

/// <summary>
/// Which rows of a matrix the segments of a round touch: a row of one segment is its own and trains in place, a row of
/// several is trained on copies that are merged. Each thread notes the rows that it owns.
/// </summary>
internal sealed class RowSharing
{
    private readonly Entry[] _entries; // by row
    private readonly List<int>[] _shared; // by owner

    /// <param name="rows">Rows of the matrix.</param>
    /// <param name="threads">Threads that note.</param>
    public RowSharing(int rows, int threads)
    {
        _entries = new Entry[rows];
        _shared = [.. Enumerable.Range(0, threads).Select(_ => new List<int>())];
    }

    /// <summary>The rows of several segments that a thread owns.</summary>
    public IReadOnlyList<int> SharedOf(WorkerSeat seat) => _shared[seat.Index];

    /// <summary>Begins a round, for the rows that a thread owns.</summary>
    public void Begin(WorkerSeat seat) => _shared[seat.Index].Clear();

    /// <summary>Notes that a segment touches a row, if the thread owns it.</summary>
    /// <param name="row">The row.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="round">Number of the round, above 0.</param>
    /// <param name="seat">The thread.</param>
    public void Touch(int row, int segment, int round, WorkerSeat seat)
    {
        if (!seat.Owns(row))
            return;
        ref Entry entry = ref _entries[row];
        int bit = 1 << segment;
        if (entry.Round != round)
            entry = new Entry(round, bit);
        else if ((entry.Segments & bit) == 0)
        {
            if (BitOperations.IsPow2(entry.Segments))
                _shared[seat.Index].Add(row);
            entry = new Entry(round, entry.Segments | bit);
        }
    }

    public bool Touches(int row, int segment) => (_entries[row].Segments & (1 << segment)) != 0;

    /// <summary>Gives the view of a segment copies of the shared rows that it touches.</summary>
    public void CopyTo(RowView view, int segment)
    {
        foreach (List<int> rows in _shared)
            view.Take([.. rows.Where(row => Touches(row, segment))]);
    }

    /// <param name="Round">The last round that touched the row.</param>
    /// <param name="Segments">Bit s: segment s of it did.</param>
    private readonly record struct Entry(int Round, int Segments);
}
