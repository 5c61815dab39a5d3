namespace Firn.Model;

/// <summary>The rows of a table that may move, and the place of each in the optimizer's state. Immutable.</summary>
internal sealed class MovableRows
{
    private readonly int[] _placeOf; // [R], -1 for rows that stay

    /// <param name="rowCount">R.</param>
    /// <param name="rows">The rows that may move, rising; never row 0.</param>
    public MovableRows(int rowCount, IEnumerable<int> rows)
    {
        _placeOf = new int[rowCount];
        Array.Fill(_placeOf, -1);
        foreach (int row in rows)
            _placeOf[row] = Count++;
    }

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>The place of a row in [0, <see cref="Count"/>); -1 for one that stays.</summary>
    public int PlaceOf(int row) => _placeOf[row];

    /// <summary>Every row but 0.</summary>
    public static MovableRows All(int rowCount) => new(rowCount, Enumerable.Range(1, rowCount - 1));

    /// <summary>Whether both hold the same rows.</summary>
    public bool SameAs(MovableRows other) => this == other || _placeOf.AsSpan().SequenceEqual(other._placeOf);
}
