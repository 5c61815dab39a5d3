using Firn.Kernels;

namespace Firn.Linear;

/// <summary>
/// A matrix of texts by features [N,D] that stores what is not zero, row after row (CSR); the column-wise copy (CSC)
/// that training needs is made once, on demand. Every sum runs in a fixed order, so results do not depend on the
/// threads.
/// </summary>
internal sealed class SparseMatrix
{
    private const int Pieces = 64;
    private readonly Lazy<SparseMatrix> _transposed;

    /// <param name="rowStarts">[N+1] where each row begins; the last is the number of values.</param>
    /// <param name="columns">[nnz] column of each value.</param>
    /// <param name="values">[nnz] the values.</param>
    /// <param name="columnCount">D.</param>
    public SparseMatrix(int[] rowStarts, int[] columns, float[] values, int columnCount)
    {
        RowStarts = rowStarts;
        Columns = columns;
        Values = values;
        ColumnCount = columnCount;
        _transposed = new Lazy<SparseMatrix>(Transpose);
    }

    public int[] RowStarts { get; }

    public int[] Columns { get; }

    public float[] Values { get; }

    public int RowCount => RowStarts.Length - 1;

    public int ColumnCount { get; }

    /// <summary>The matrices side by side: [N, D1 + D2 + ...]; all have the same rows.</summary>
    public static SparseMatrix Concatenate(params ReadOnlySpan<SparseMatrix> parts)
    {
        if (parts.Length == 1)
            return parts[0];
        int rows = parts[0].RowCount,
            width = 0,
            at = 0;
        long size = 0;
        foreach (SparseMatrix part in parts)
        {
            size += part.Values.Length;
            width = checked(width + part.ColumnCount);
        }
        var starts = new int[rows + 1];
        var columns = new int[checked((int)size)];
        var values = new float[columns.Length];
        for (int row = 0; row < rows; row++)
        {
            int shift = 0;
            foreach (SparseMatrix part in parts)
            {
                for (int i = part.RowStarts[row]; i < part.RowStarts[row + 1]; i++, at++)
                {
                    columns[at] = part.Columns[i] + shift;
                    values[at] = part.Values[i];
                }
                shift += part.ColumnCount;
            }
            starts[row + 1] = at;
        }
        return new SparseMatrix(starts, columns, values, width);
    }

    /// <summary>The chosen rows, in that order.</summary>
    public SparseMatrix SelectRows(ReadOnlySpan<int> rows)
    {
        var starts = new int[rows.Length + 1];
        for (int i = 0; i < rows.Length; i++)
            starts[i + 1] = checked(starts[i] + RowStarts[rows[i] + 1] - RowStarts[rows[i]]);
        var columns = new int[starts[^1]];
        var values = new float[starts[^1]];
        for (int i = 0; i < rows.Length; i++)
        {
            Range source = RowStarts[rows[i]]..RowStarts[rows[i] + 1];
            Columns.AsSpan(source).CopyTo(columns.AsSpan(starts[i]));
            Values.AsSpan(source).CopyTo(values.AsSpan(starts[i]));
        }
        return new SparseMatrix(starts, columns, values, ColumnCount);
    }

    /// <summary>destination [N,K] = this [N,D] * dense [D,K].</summary>
    public void Multiply(double[] dense, int k, double[] destination, int threads) =>
        ForRows(threads, row => Gather(row, dense, k, destination.AsSpan(row * k, k)));

    /// <summary>destination [D,K] = transposed(this) [D,N] * dense [N,K].</summary>
    public void MultiplyTransposed(double[] dense, int k, double[] destination, int threads) =>
        _transposed.Value.Multiply(dense, k, destination, threads);

    /// <summary>destination [D,K] = transposed(squares of this) [D,N] * dense [N,K].</summary>
    public void MultiplySquaresTransposed(double[] dense, int k, double[] destination, int threads)
    {
        SparseMatrix turned = _transposed.Value;
        turned.ForRows(
            threads,
            row =>
            {
                Span<double> sum = destination.AsSpan(row * k, k);
                sum.Clear();
                for (int i = turned.RowStarts[row]; i < turned.RowStarts[row + 1]; i++)
                {
                    double square = (double)turned.Values[i] * turned.Values[i];
                    for (int c = 0, at = turned.Columns[i] * k; c < k; c++)
                        sum[c] += square * dense[at + c];
                }
            }
        );
    }

    private void Gather(int row, double[] dense, int k, Span<double> sum)
    {
        int end = RowStarts[row + 1];
        if (k == 1)
        {
            double single = 0;
            for (int i = RowStarts[row]; i < end; i++)
                single += Values[i] * dense[Columns[i]];
            sum[0] = single;
            return;
        }
        sum.Clear();
        for (int i = RowStarts[row]; i < end; i++)
        {
            double value = Values[i];
            ReadOnlySpan<double> source = dense.AsSpan(Columns[i] * k, k);
            for (int c = 0; c < k; c++)
                sum[c] += value * source[c];
        }
    }

    /// <summary>Calls the body for every row; rows are cut into pieces with about as many values each.</summary>
    private void ForRows(int threads, Action<int> body)
    {
        Workers.Run(
            Pieces,
            threads,
            (piece, _) =>
            {
                int end = PieceStart(piece + 1);
                for (int row = PieceStart(piece); row < end; row++)
                    body(row);
            }
        );
    }

    private int PieceStart(int piece)
    {
        if (piece == Pieces)
            return RowCount;
        if (piece == 0)
            return 0;
        int found = Array.BinarySearch(RowStarts, (int)((long)Values.Length * piece / Pieces));
        return Math.Min(found < 0 ? ~found : found, RowCount);
    }

    private SparseMatrix Transpose()
    {
        var starts = new int[ColumnCount + 1];
        foreach (int column in Columns)
            starts[column + 1]++;
        for (int c = 0; c < ColumnCount; c++)
            starts[c + 1] += starts[c];
        var next = starts.AsSpan(0, ColumnCount).ToArray();
        var rows = new int[Values.Length];
        var values = new float[Values.Length];
        for (int row = 0; row < RowCount; row++)
        {
            for (int i = RowStarts[row]; i < RowStarts[row + 1]; i++)
            {
                int at = next[Columns[i]]++;
                rows[at] = row;
                values[at] = Values[i];
            }
        }
        return new SparseMatrix(starts, rows, values, RowCount);
    }
}
