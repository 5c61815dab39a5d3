using System.Runtime.Intrinsics.X86;
using Firn.Kernels;

namespace Firn.Vectors.Training;

/// <summary>
/// Asks for the rows of the next chunk while this one is computed. Rows come from all over memory, which no hardware
/// prefetcher foresees, and a processor holds only a few dozen requests: so they are spread over the chunk's steps.
/// </summary>
internal sealed unsafe class RowPrefetch(int columns)
{
    private const int Line = 16; // floats in 64 bytes

    private readonly PointerList _rows = new();
    private int _row,
        _column,
        _linesPerStep;

    /// <summary>
    /// Notes the rows that the chunk from <paramref name="first"/> on needs and the one before it does not.
    /// </summary>
    /// <param name="view">The parameters.</param>
    /// <param name="stream">Words and windows.</param>
    /// <param name="first">The next chunk's first position.</param>
    /// <param name="end">Past the last position that will be trained.</param>
    /// <param name="negatives">The next chunk's negative samples; none without them.</param>
    /// <param name="steps">Calls of <see cref="Step"/> that the chunk makes at least.</param>
    public void Plan(
        TrainingView view,
        WindowStream stream,
        int first,
        int end,
        ReadOnlySpan<SharedNegatives> negatives,
        int steps
    )
    {
        _rows.Clear();
        (_row, _column) = (0, 0);
        const int chunk = WindowKernel.Chunk;
        int entering = first + view.State.Options.Window;
        // Words built of n-grams are there already.
        for (int p = entering; p < Math.Min(entering + chunk, stream.Count) && view.State.Subwords is null; p++)
            Add(view.Inputs, stream.Rows[p]);
        if (negatives.Length > 0 && first < end)
        {
            for (int p = first; p < Math.Min(first + chunk, end); p++)
                Add(view.Outputs!, stream.Rows[p]);
            foreach (SharedNegatives group in negatives)
            {
                foreach (int row in group.Rows)
                    Add(view.Outputs!, row);
            }
        }
        _linesPerStep = _rows.Count * (columns / Line) / steps + 1;
    }

    /// <summary>Asks for a whole row.</summary>
    public static void Prefetch(float* row, int columns)
    {
        for (int column = 0; column < columns && Sse.IsSupported; column += Line)
            Sse.Prefetch0(row + column);
    }

    /// <summary>Asks for the next lines.</summary>
    public void Step()
    {
        if (!Sse.IsSupported)
            return;
        for (int lines = _linesPerStep; lines > 0 && _row < _rows.Count; )
        {
            float* row = _rows.Items[_row];
            int end = Math.Min(columns, _column + lines * Line);
            lines -= (end - _column) / Line;
            for (; _column < end; _column += Line)
                Sse.Prefetch1(row + _column);
            if (_column == columns)
                (_row, _column) = (_row + 1, 0);
        }
    }

    private void Add(RowView rows, int row)
    {
        if (!rows.IsCopied(row))
            _rows.Add(rows[row]);
    }
}
