using Firn.Kernels;
using Firn.Layers;

namespace Firn.Model;

/// <summary>
/// table * W + b of one input map, a row of P values for each of some rows of the table: with a frozen table the input
/// projection of a word is the same wherever it stands. A row never changes once it is there.
/// </summary>
internal sealed unsafe class FoldedTable
{
    private const int RowsPerPiece = 256;

    private readonly InputMap _map;
    private readonly EmbeddingTable _table;
    private readonly FoldPrecision _precision;
    private readonly int _width;
    private readonly int[] _placeOf; // row of the table to row here, or empty where they are the same
    private readonly Piece?[] _pieces;

    private FoldedTable(InputMap map, EmbeddingTable table, int count, int[] placeOf, FoldPrecision precision)
    {
        (_map, _table, _precision, _placeOf) = (map, table, precision, placeOf);
        _width = map.Columns;
        ValueBytes = precision == FoldPrecision.Float32 ? sizeof(float) : sizeof(ushort);
        _pieces = new Piece?[(count + RowsPerPiece - 1) / RowsPerPiece];
    }

    /// <summary>Memory of the rows that are there, or for which there is room.</summary>
    public long Bytes => _pieces.Sum(piece => piece?.Bytes ?? 0);

    /// <summary>
    /// Folds the table's rows <paramref name="rows"/>; <paramref name="placeOf"/> [R] finds each, or is empty when
    /// these are all rows in order.
    /// </summary>
    public static FoldedTable Ahead(
        InputMap map,
        EmbeddingTable table,
        int[] rows,
        int[] placeOf,
        FoldPrecision precision,
        int threads
    )
    {
        var folded = new FoldedTable(map, table, rows.Length, placeOf, precision);
        var workers = new (AlignedBuffer In, AlignedBuffer Out)[threads];
        for (int i = 0; i < threads; i++)
            workers[i] = (
                new AlignedBuffer(RowsPerPiece * table.Dimension),
                new AlignedBuffer(RowsPerPiece * folded._width)
            );
        Workers.Run(
            folded._pieces.Length,
            threads,
            (piece, worker) =>
            {
                int from = piece * RowsPerPiece,
                    n = Math.Min(RowsPerPiece, rows.Length - from);
                folded._pieces[piece] = folded.Fold(rows.AsSpan(from, n), workers[worker].In, workers[worker].Out);
            }
        );
        return folded;
    }

    /// <summary>Room for all rows, each folded when it is first asked for.</summary>
    public static FoldedTable AtFirstUse(InputMap map, EmbeddingTable table, FoldPrecision precision) =>
        new(map, table, table.RowCount, [], precision);

    /// <summary>Bytes of a value as stored.</summary>
    public int ValueBytes { get; }

    /// <summary>Whether rows are stored as floats, so that where they lie they can be read.</summary>
    public bool AsFloats => _precision == FoldPrecision.Float32;

    /// <summary>
    /// Where a row is stored, for as long as this table lives; folds it by way of <paramref name="scratch"/> [P] unless
    /// it is there.
    /// </summary>
    public void* Locate(int row, float* scratch)
    {
        int place = _placeOf.Length == 0 ? row : _placeOf[row],
            index = place % RowsPerPiece;
        Piece piece = _pieces[place / RowsPerPiece] ?? Begin(place / RowsPerPiece);
        if (piece.Known is { } known && Volatile.Read(ref known[index]) == 0)
            FoldOne(row, piece, index, scratch);
        return piece.RowAt(index);
    }

    /// <summary>A stored row as floats: where it lies, or widened into <paramref name="scratch"/> [P].</summary>
    public float* Floats(void* stored, float* scratch)
    {
        if (_precision == FoldPrecision.Float32)
            return (float*)stored;
        var narrow = new ReadOnlySpan<ushort>(stored, _width);
        if (_precision == FoldPrecision.Float16)
            HalfFloats.Widen(narrow, new Span<float>(scratch, _width));
        else
            BFloats.Widen(narrow, new Span<float>(scratch, _width));
        return scratch;
    }

    /// <summary>Copies a stored row to <paramref name="destination"/> [P].</summary>
    public void Copy(void* stored, float* destination)
    {
        float* from = Floats(stored, destination);
        if (from != destination)
            new ReadOnlySpan<float>(from, _width).CopyTo(new Span<float>(destination, _width));
    }

    private Piece Fold(ReadOnlySpan<int> rows, AlignedBuffer input, AlignedBuffer output)
    {
        for (int i = 0; i < rows.Length; i++)
            _table
                .InPlace.Span.Slice(rows[i] * _table.Dimension, _table.Dimension)
                .CopyTo(input.Span[(i * _table.Dimension)..]);
        var piece = new Piece(rows.Length, _width * ValueBytes, atFirstUse: false);
        bool single = _precision == FoldPrecision.Float32;
        _map.Project(input.Pointer, rows.Length, single ? (float*)piece.RowAt(0) : output.Pointer);
        if (!single)
            Narrow(output.Span[..(rows.Length * _width)], new Span<ushort>(piece.RowAt(0), rows.Length * _width));
        return piece;
    }

    /// <summary>Of threads that come to a piece at once, all go on with the first one's.</summary>
    private Piece Begin(int index)
    {
        var piece = new Piece(
            Math.Min(RowsPerPiece, _table.RowCount - index * RowsPerPiece),
            _width * ValueBytes,
            atFirstUse: true
        );
        return Interlocked.CompareExchange(ref _pieces[index], piece, null) ?? piece;
    }

    /// <summary>
    /// By way of the scratch memory, so that a thread that reads the row meanwhile sees the bits of the end only.
    /// </summary>
    private void FoldOne(int row, Piece piece, int index, float* scratch)
    {
        fixed (float* vector = _table.InPlace.Span.Slice(row * _table.Dimension, _table.Dimension))
            _map.ProjectOne(vector, scratch);
        var sums = new ReadOnlySpan<float>(scratch, _width);
        if (_precision == FoldPrecision.Float32)
            sums.CopyTo(new Span<float>(piece.RowAt(index), _width));
        else
            Narrow(sums, new Span<ushort>(piece.RowAt(index), _width));
        Volatile.Write(ref piece.Known![index], 1);
    }

    private void Narrow(ReadOnlySpan<float> from, Span<ushort> to)
    {
        if (_precision == FoldPrecision.Float16)
            HalfFloats.Narrow(from, to);
        else
            BFloats.Narrow(from, to);
    }

    /// <summary>Some rows in a run, and which of them are there (null: all).</summary>
    private sealed class Piece(int rows, int rowBytes, bool atFirstUse)
    {
        private readonly AlignedBuffer _buffer = new(rows * (rowBytes / sizeof(float)));

        public byte[]? Known { get; } = atFirstUse ? new byte[rows] : null;

        public long Bytes => (long)rows * rowBytes + (Known?.Length ?? 0);

        public void* RowAt(int index) => (byte*)_buffer.Pointer + (long)index * rowBytes;
    }
}
