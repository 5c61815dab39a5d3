using Firn.Kernels;

namespace Firn.Vectors.Training;

/// <summary>
/// The rows of a matrix as one stretch of the text sees them: those of the matrix, but for rows of which the stretch
/// holds a copy of its own.
/// </summary>
internal sealed unsafe class RowView : IDisposable
{
    private const int First = 256; // copies that there is room for at the start

    private readonly ParameterMatrix _matrix;
    private readonly int[]? _slots; // row -> copy, or -1; null where nothing can be copied
    private readonly List<int> _rows = []; // copy -> row
    private ParameterMatrix? _copies;

    private RowView(ParameterMatrix matrix, int[]? slots)
    {
        _matrix = matrix;
        _slots = slots;
    }

    /// <summary>The matrix itself.</summary>
    public static RowView Of(ParameterMatrix matrix) => new(matrix, null);

    /// <summary>A view that can hold copies.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="rows">Rows that can be asked for.</param>
    public static RowView WithCopies(ParameterMatrix matrix, int rows)
    {
        var slots = new int[rows];
        Array.Fill(slots, -1);
        return new RowView(matrix, slots) { _copies = new ParameterMatrix(First, matrix.Columns) };
    }

    public int Stride => _matrix.Stride;

    /// <summary>The rows that are copied, in the order of their copies.</summary>
    public IReadOnlyList<int> Copied => _rows;

    /// <summary>The copy of a row, or the row.</summary>
    public float* this[int row]
    {
        get
        {
            int slot = _slots is null ? -1 : _slots[row];
            return slot < 0 ? _matrix[row] : _copies![slot];
        }
    }

    public float* Copy(int slot) => _copies![slot];

    /// <summary>Whether the row has a copy, which lies in the cache of the thread that made it.</summary>
    public bool IsCopied(int row) => _slots is not null && _slots[row] >= 0;

    /// <summary>Gives a row a copy, whose content is up to the caller.</summary>
    public float* Add(int row)
    {
        if (_rows.Count == _copies!.Rows)
            Grow();
        _slots![row] = _rows.Count;
        _rows.Add(row);
        return _copies[_rows.Count - 1];
    }

    /// <summary>Copies rows as they stand in the matrix.</summary>
    public void Take(ReadOnlySpan<int> rows)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            if (i + 1 < rows.Length)
                RowPrefetch.Prefetch(_matrix[rows[i + 1]], Stride);
            new ReadOnlySpan<float>(_matrix[rows[i]], Stride).CopyTo(new Span<float>(Add(rows[i]), Stride));
        }
    }

    /// <summary>Drops all copies.</summary>
    public void Clear()
    {
        foreach (int row in _rows)
            _slots![row] = -1;
        _rows.Clear();
    }

    public void Dispose() => _copies?.Dispose();

    private void Grow()
    {
        var larger = new ParameterMatrix(2 * _rows.Count, _matrix.Columns);
        new ReadOnlySpan<float>(_copies!.Data, _rows.Count * Stride).CopyTo(
            new Span<float>(larger.Data, _rows.Count * Stride)
        );
        _copies.Dispose();
        _copies = larger;
    }
}

/// <summary>What a kernel trains on.</summary>
/// <param name="State">What all workers share.</param>
/// <param name="Inputs">Word vectors.</param>
/// <param name="Outputs">Negative sampling: output vectors.</param>
/// <param name="Nodes">Hierarchical softmax: vectors of inner nodes.</param>
internal sealed record TrainingView(TrainingState State, RowView Inputs, RowView? Outputs, RowView? Nodes) : IDisposable
{
    /// <summary>The matrices themselves.</summary>
    public static TrainingView Of(TrainingState state) =>
        new(
            state,
            state.Subwords is null ? RowView.Of(state.Inputs) : RowView.WithCopies(state.Inputs, state.Words),
            state.Outputs is null ? null : RowView.Of(state.Outputs),
            state.Nodes is null ? null : RowView.Of(state.Nodes)
        );

    /// <summary>A view that can hold copies.</summary>
    public static TrainingView WithCopies(TrainingState state) =>
        new(
            state,
            RowView.WithCopies(state.Inputs, state.Words),
            state.Outputs is null ? null : RowView.WithCopies(state.Outputs, state.Words),
            state.Nodes is null ? null : RowView.WithCopies(state.Nodes, state.Nodes.Rows)
        );

    public void Clear()
    {
        Inputs.Clear();
        Outputs?.Clear();
        Nodes?.Clear();
    }

    public void Dispose()
    {
        Inputs.Dispose();
        Outputs?.Dispose();
        Nodes?.Dispose();
    }
}
