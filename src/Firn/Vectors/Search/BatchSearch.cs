using System.Runtime.Intrinsics;
using Firn.Kernels;

namespace Firn.Vectors.Search;

/// <summary>
/// The best rows for many unit vectors at once: each row of the table is loaded once for a block of queries.
/// </summary>
internal static unsafe class BatchSearch
{
    private const int BlockQueries = 32,
        BlockRows = 64;

    /// <param name="table">The rows to search.</param>
    /// <param name="queries">Padded unit vectors.</param>
    /// <param name="count">Rows wanted for each.</param>
    /// <param name="rows">Search the first rows only.</param>
    /// <returns>For each query its best rows, best first.</returns>
    public static (int Row, float Score)[][] Nearest(
        UnitTable table,
        IReadOnlyList<float[]> queries,
        int count,
        int rows
    )
    {
        var found = new (int, float)[queries.Count][];
        int blocks = (queries.Count + BlockQueries - 1) / BlockQueries;
        Workers.Run(
            blocks,
            Environment.ProcessorCount,
            (block, _) =>
            {
                int first = block * BlockQueries,
                    size = Math.Min(BlockQueries, queries.Count - first);
                switch (KernelPath.Width)
                {
                    case KernelWidth.Vector512:
                        Search<Lanes512, Vector512<float>>(table, queries, first, size, count, rows, found);
                        break;
                    case KernelWidth.Vector256:
                        Search<Lanes256, Vector256<float>>(table, queries, first, size, count, rows, found);
                        break;
                    case KernelWidth.Vector128:
                        Search<Lanes128, Vector128<float>>(table, queries, first, size, count, rows, found);
                        break;
                    default:
                        Search<LanesScalar, float>(table, queries, first, size, count, rows, found);
                        break;
                }
            }
        );
        GC.KeepAlive(table);
        return found;
    }

    private static void Search<P, V>(
        UnitTable table,
        IReadOnlyList<float[]> queries,
        int first,
        int size,
        int count,
        int rows,
        (int, float)[][] found
    )
        where P : struct, ILanes<V>
        where V : struct
    {
        int stride = table.Stride;
        using var copies = new ParameterMatrix(size, table.Dimension);
        PointerList left = new(),
            right = new();
        var tops = new TopRows[size];
        for (int q = 0; q < size; q++)
        {
            queries[first + q].CopyTo(new Span<float>(copies[q], stride));
            left.Add(copies[q]);
            tops[q] = new TopRows(count);
        }
        left.PadTo(4, copies[0]);
        float* scores = stackalloc float[BlockQueries * BlockRows];
        for (int row = 0; row < rows; row += BlockRows)
        {
            right.Clear();
            for (int r = row; r < Math.Min(row + BlockRows, rows); r++)
                right.Add(table.Pointer(r));
            int real = right.Count;
            right.PadTo(4, table.Pointer(row));
            RowProducts<P, V>.Dots(left.Items, left.Count, right.Items, right.Count, stride, scores);
            for (int q = 0; q < size; q++)
            {
                for (int r = 0; r < real; r++)
                {
                    float score = scores[q * right.Count + r];
                    if (score > tops[q].Threshold)
                        tops[q].Offer(row + r, score);
                }
            }
        }
        for (int q = 0; q < size; q++)
            found[first + q] = tops[q].Items.ToArray();
    }
}
