using Firn.Layers;

namespace Firn.Model;

/// <summary>
/// Rows of a table of word vectors as they were before training; the rows that are not here are as they were.
/// Immutable.
/// </summary>
public sealed class PretrainedRows
{
    private readonly int[] _rows;

    /// <summary>Wraps rows; nothing is copied.</summary>
    /// <param name="rows">Numbers of the rows in the table, rising, [M].</param>
    /// <param name="values">Their vectors before training, [M,E] row-major; may be a view of a mapped file.</param>
    /// <param name="dimension">Width of a vector, E.</param>
    /// <exception cref="ArgumentException">The rows do not rise, one is below 1, or the sizes do not fit.</exception>
    public PretrainedRows(int[] rows, ReadOnlyMemory<float> values, int dimension)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Throw.IfNotPositive(dimension);
        Throw.IfLengthDiffers(values.Length, (long)rows.Length * dimension, nameof(values));
        for (int i = 0; i < rows.Length; i++)
        {
            if (rows[i] <= (i == 0 ? 0 : rows[i - 1]))
                throw new ArgumentException(
                    $"Rows must rise from 1 on; row {rows[i]} stands at place {i}.",
                    nameof(rows)
                );
        }
        _rows = rows;
        Values = values;
        Dimension = dimension;
    }

    /// <summary>Number of rows, M; 0 where training moved none.</summary>
    public int Count => _rows.Length;

    /// <summary>Width of a vector, E.</summary>
    public int Dimension { get; }

    /// <summary>Numbers of the rows in the table, rising, [M].</summary>
    public ReadOnlySpan<int> Rows => _rows;

    /// <summary>The vectors before training, [M,E] row-major.</summary>
    public ReadOnlyMemory<float> Values { get; }

    /// <summary>The vector of the i-th row here, [E].</summary>
    public ReadOnlySpan<float> this[int i] => Values.Span.Slice(i * Dimension, Dimension);

    /// <summary>The rows in which two tables differ, as they are in the first.</summary>
    /// <param name="before">Rows before training, [R,E].</param>
    /// <param name="after">The table after it.</param>
    internal static PretrainedRows Between(ReadOnlyMemory<float> before, EmbeddingTable after)
    {
        Throw.IfLengthDiffers(before.Length, after.Rows.Length, nameof(before));
        int e = after.Dimension;
        int[] rows =
        [
            .. Enumerable
                .Range(1, after.RowCount - 1)
                .Where(row => !before.Span.Slice(row * e, e).SequenceEqual(after.Rows.Span.Slice(row * e, e))),
        ];
        var values = new float[checked(rows.Length * e)];
        for (int i = 0; i < rows.Length; i++)
            before.Span.Slice(rows[i] * e, e).CopyTo(values.AsSpan(i * e));
        return new PretrainedRows(rows, values, e);
    }
}
