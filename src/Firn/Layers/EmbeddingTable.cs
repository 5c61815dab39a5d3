using Firn.Files;
using Firn.Kernels;
using Firn.Text;
using Firn.Vectors;

namespace Firn.Layers;

/// <summary>
/// Token ids to rows of word vectors. Row 0 is a zero row that all words without a vector share (and the pad): it
/// stays zero in training too, so that a thaw moves only words that have a vector of their own.
/// </summary>
public sealed class EmbeddingTable
{
    private readonly int[] _rowOf;
    private readonly MappedRegion? _region; // null where the rows lie in ordinary memory

    /// <summary>Wraps a table; nothing is copied.</summary>
    /// <param name="rowOf">Row of each token id, [V]; each in [0, R).</param>
    /// <param name="rows">The vectors, [R,E] row-major; row 0 must be zero. May be a view of a mapped file.</param>
    /// <param name="dimension">Width of a vector, E.</param>
    /// <exception cref="ArgumentException">
    /// A row is out of range, row 0 is not zero, or the sizes do not fit.
    /// </exception>
    public EmbeddingTable(int[] rowOf, Memory<float> rows, int dimension)
        : this(rowOf, rows, rows, dimension, null) { }

    private EmbeddingTable(int[] rowOf, Memory<float> rows, Memory<float> lasting, int dimension, MappedRegion? region)
    {
        ArgumentNullException.ThrowIfNull(rowOf);
        Throw.IfNotPositive(dimension);
        Throw.IfNotPositive(rowOf.Length);
        RowCount = rows.Length / dimension;
        Throw.IfLengthDiffers(rows.Length, (long)RowCount * dimension, nameof(rows));
        Throw.IfNotPositive(RowCount);
        foreach (int row in rowOf)
        {
            if ((uint)row >= (uint)RowCount)
                throw new ArgumentException(
                    $"A token points to row {row}; the table has rows 0 to {RowCount - 1}.",
                    nameof(rowOf)
                );
        }
        if (rows.Span[..dimension].ContainsAnyExcept(0f))
            throw new ArgumentException(
                "Row 0 is shared by all words without a vector and must be zero.",
                nameof(rows)
            );
        _rowOf = rowOf;
        _region = region;
        InPlace = rows;
        Rows = lasting;
        Dimension = dimension;
    }

    /// <summary>A table that lies in a mapped file, which whoever reads it holds (<see cref="Hold"/>).</summary>
    internal static EmbeddingTable Mapped(int[] rowOf, MappedValues<float> rows, int dimension) =>
        new(rowOf, rows.Memory, rows.Lasting, dimension, rows.Region);

    /// <summary>Number of token ids, V.</summary>
    public int VocabularySize => _rowOf.Length;

    /// <summary>Width of a vector, E.</summary>
    public int Dimension { get; }

    /// <summary>Number of rows, R, the zero row included.</summary>
    public int RowCount { get; }

    /// <summary>Row of each token id, [V].</summary>
    public ReadOnlySpan<int> RowOf => _rowOf;

    /// <summary>
    /// The vectors, [R,E] row-major. Of a loaded bundle they lie in its file, which stays mapped until the process ends
    /// once their span was asked for.
    /// </summary>
    public Memory<float> Rows { get; }

    /// <summary>The same, for those who hold the table (<see cref="Hold"/>).</summary>
    internal Memory<float> InPlace { get; }

    /// <summary>The vector of a token id, [E]; a copy where it lies in a mapped file.</summary>
    /// <exception cref="ObjectDisposedException">The model was disposed of.</exception>
    public ReadOnlySpan<float> VectorOf(int id)
    {
        if (_region is null)
            return VectorInPlace(id);
        using MappedHold hold = Hold();
        return VectorInPlace(id).ToArray();
    }

    /// <summary>The vector where it lies, for those who hold the table.</summary>
    internal ReadOnlySpan<float> VectorInPlace(int id) => InPlace.Span.Slice(_rowOf[id] * Dimension, Dimension);

    /// <summary>Keeps the rows where they are during a call.</summary>
    /// <exception cref="ObjectDisposedException">The model was disposed of.</exception>
    internal MappedHold Hold() => new(_region);

    /// <summary>A copy of all vectors, [R,E].</summary>
    /// <exception cref="ObjectDisposedException">The model was disposed of.</exception>
    internal float[] CopyRows()
    {
        using MappedHold hold = Hold();
        return InPlace.ToArray();
    }

    /// <summary>The vectors of a vocabulary's words; words that have none share the zero row.</summary>
    /// <param name="vocabulary">Gives the token ids.</param>
    /// <param name="vectors">Words and their vectors; words that the vocabulary lacks are left out.</param>
    public static EmbeddingTable From(Vocabulary vocabulary, WordVectors vectors) =>
        From(vocabulary, vectors, ownRows: false);

    /// <summary>As above, with the choice that a table to be thawed needs.</summary>
    /// <param name="vocabulary">Gives the token ids.</param>
    /// <param name="vectors">Words and their vectors; words that the vocabulary lacks are left out.</param>
    /// <param name="ownRows">
    /// Gives each word without a vector a zero row of its own, which trains when the table thaws, as in Keras; costs
    /// the whole table's memory. Otherwise such words share row 0, which never trains.
    /// </param>
    public static EmbeddingTable From(Vocabulary vocabulary, WordVectors vectors, bool ownRows)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentNullException.ThrowIfNull(vectors);
        var rowOf = new int[vocabulary.Count];
        var from = new int[vocabulary.Count + 1]; // vector of each row of the table, -1 for none
        from[0] = -1;
        int count = 1;
        for (int id = 1; id < rowOf.Length; id++)
        {
            bool found = vectors.TryGetRow(vocabulary[id], out int vector);
            if (!found && !ownRows)
                continue;
            rowOf[id] = count;
            from[count++] = found ? vector : -1;
        }
        var rows = new float[checked(count * vectors.Dimension)];
        for (int row = 0; row < count; row++)
        {
            if (from[row] >= 0)
                vectors.CopyTo(from[row], rows.AsSpan(row * vectors.Dimension, vectors.Dimension));
        }
        return new EmbeddingTable(rowOf, rows, vectors.Dimension);
    }

    /// <summary>A table whose rows hold these twice, side by side: the channels of a multichannel model.</summary>
    public EmbeddingTable TwoChannels()
    {
        using MappedHold hold = Hold();
        var rows = new float[checked(2 * Rows.Length)];
        for (int row = 0; row < RowCount; row++)
        {
            ReadOnlySpan<float> from = InPlace.Span.Slice(row * Dimension, Dimension);
            from.CopyTo(rows.AsSpan(2 * row * Dimension));
            from.CopyTo(rows.AsSpan((2 * row + 1) * Dimension));
        }
        return new EmbeddingTable([.. _rowOf], rows, 2 * Dimension);
    }

    /// <summary>
    /// A table with a row of its own for every token id but the pad, uniform in [-0.05, 0.05] as Keras' Embedding
    /// starts.
    /// </summary>
    public static EmbeddingTable Random(int vocabularySize, int dimension, ulong seed)
    {
        Throw.IfNotPositive(vocabularySize);
        Throw.IfNotPositive(dimension);
        var rowOf = new int[vocabularySize];
        var rows = new float[checked(vocabularySize * dimension)];
        var random = new CounterRandom(seed);
        for (int id = 0; id < vocabularySize; id++)
            rowOf[id] = id;
        for (int i = dimension; i < rows.Length; i++)
            rows[i] = 0.1f * random.Uniform((ulong)i) - 0.05f;
        return new EmbeddingTable(rowOf, rows, dimension);
    }
}
