using Firn.Files;
using Firn.Layers;

namespace Firn.Model;

/// <summary>
/// Rows of a table of word vectors as they were before training; the rows that are not here are as they were.
/// Immutable.
/// </summary>
public sealed class PretrainedRows
{
    private readonly int[] _rows;
    private readonly MappedRegion? _region; // null where the rows lie in ordinary memory

    /// <summary>Wraps rows; nothing is copied.</summary>
    /// <param name="rows">Numbers of the rows in the table, rising, [M].</param>
    /// <param name="values">Their vectors before training, [M,E] row-major; may be a view of a mapped file.</param>
    /// <param name="dimension">Width of a vector, E.</param>
    /// <exception cref="ArgumentException">The rows do not rise, one is below 1, or the sizes do not fit.</exception>
    public PretrainedRows(int[] rows, ReadOnlyMemory<float> values, int dimension)
        : this(rows, values, values, dimension, null) { }

    private PretrainedRows(
        int[] rows,
        ReadOnlyMemory<float> values,
        ReadOnlyMemory<float> lasting,
        int dimension,
        MappedRegion? region
    )
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
        _region = region;
        InPlace = values;
        Values = lasting;
        Dimension = dimension;
    }

    /// <summary>Rows that lie in a mapped file.</summary>
    internal static PretrainedRows Mapped(int[] rows, MappedValues<float> values, int dimension) =>
        new(rows, values.Memory, values.Lasting, dimension, values.Region);

    /// <summary>Number of rows, M; 0 where training moved none.</summary>
    public int Count => _rows.Length;

    /// <summary>Width of a vector, E.</summary>
    public int Dimension { get; }

    /// <summary>Numbers of the rows in the table, rising, [M].</summary>
    public ReadOnlySpan<int> Rows => _rows;

    /// <summary>
    /// The vectors before training, [M,E] row-major. Of a loaded bundle they lie in its file, which stays mapped until
    /// the process ends once their span was asked for.
    /// </summary>
    public ReadOnlyMemory<float> Values { get; }

    /// <summary>The same, for those who hold the file (<see cref="Hold"/>).</summary>
    internal ReadOnlyMemory<float> InPlace { get; }

    /// <summary>Keeps the rows where they are during a call.</summary>
    /// <exception cref="ObjectDisposedException">The model was disposed of.</exception>
    internal MappedHold Hold() => new(_region);

    /// <summary>The vector of the i-th row here, [E]; a copy where it lies in a mapped file.</summary>
    /// <exception cref="ObjectDisposedException">The model was disposed of.</exception>
    public ReadOnlySpan<float> this[int i]
    {
        get
        {
            if (_region is null)
                return InPlace.Span.Slice(i * Dimension, Dimension);
            using MappedHold hold = Hold();
            return InPlace.Span.Slice(i * Dimension, Dimension).ToArray();
        }
    }

    /// <summary>The rows in which two tables differ, as they are in the first.</summary>
    /// <param name="before">Rows before training, [R,E].</param>
    /// <param name="after">The table after it.</param>
    internal static PretrainedRows Between(ReadOnlyMemory<float> before, EmbeddingTable after)
    {
        Throw.IfLengthDiffers(before.Length, after.Rows.Length, nameof(before));
        using MappedHold hold = after.Hold();
        int e = after.Dimension;
        int[] rows =
        [
            .. Enumerable
                .Range(1, after.RowCount - 1)
                .Where(row => !before.Span.Slice(row * e, e).SequenceEqual(after.InPlace.Span.Slice(row * e, e))),
        ];
        var values = new float[checked(rows.Length * e)];
        for (int i = 0; i < rows.Length; i++)
            before.Span.Slice(rows[i] * e, e).CopyTo(values.AsSpan(i * e));
        return new PretrainedRows(rows, values, e);
    }
}
