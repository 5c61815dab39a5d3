using Firn.Vectors;
using MathNet.Numerics.LinearAlgebra;

namespace Firn.Cli.Algebra;

/// <summary>The mean of a table's vectors and how they vary about it.</summary>
internal static class TableStatistics
{
    private const int RowsAtOnce = 2048;

    /// <summary>The mean vector, [E].</summary>
    public static double[] Mean(WordVectors vectors)
    {
        var mean = new double[vectors.Dimension];
        var row = new float[mean.Length];
        for (int i = 0; i < vectors.Count; i++)
        {
            vectors.CopyTo(i, row);
            for (int c = 0; c < mean.Length; c++)
                mean[c] += row[c];
        }
        for (int c = 0; c < mean.Length; c++)
            mean[c] /= vectors.Count;
        return mean;
    }

    /// <summary>The directions of largest variance, the largest first, as columns, [E, count].</summary>
    public static Matrix<double> PrincipalAxes(WordVectors vectors, double[] mean, int count)
    {
        int size = vectors.Dimension;
        var scatter = Matrix<double>.Build.Dense(size, size);
        for (int first = 0; first < vectors.Count; first += RowsAtOnce)
        {
            Matrix<double> rows = Rows(vectors, first, Math.Min(RowsAtOnce, vectors.Count - first), mean);
            scatter += rows.TransposeThisAndMultiply(rows);
        }
        return LargestAxes(scatter, count);
    }

    /// <summary>
    /// The eigenvectors of the largest eigenvalues, as columns, the largest first; the largest coefficient of each is
    /// positive.
    /// </summary>
    /// <param name="scatter">Symmetric, [E, E].</param>
    /// <param name="count">How many, at most E.</param>
    public static Matrix<double> LargestAxes(Matrix<double> scatter, int count)
    {
        var solved = scatter.Evd(Symmetricity.Symmetric);
        // The smallest comes first; the sign of an axis is free.
        return Matrix<double>.Build.DenseOfColumnVectors(
            Enumerable
                .Range(0, count)
                .Select(i =>
                {
                    Vector<double> axis = solved.EigenVectors.Column(scatter.RowCount - 1 - i);
                    return axis[axis.AbsoluteMaximumIndex()] < 0 ? -axis : axis;
                })
        );
    }

    /// <summary>Rows less a vector, [count, E].</summary>
    public static Matrix<double> Rows(WordVectors vectors, int first, int count, double[]? less)
    {
        var rows = Matrix<double>.Build.Dense(count, vectors.Dimension);
        var row = new float[vectors.Dimension];
        for (int i = 0; i < count; i++)
        {
            vectors.CopyTo(first + i, row);
            for (int c = 0; c < row.Length; c++)
                rows[i, c] = row[c] - (less is null ? 0 : less[c]);
        }
        return rows;
    }

    /// <summary>A table of the same words, each block of rows [n, E] replaced by another [n, E'].</summary>
    public static WordVectors Map(WordVectors vectors, int dimension, Func<Matrix<double>, Matrix<double>> map)
    {
        var table = new float[checked(vectors.Count * dimension)];
        for (int first = 0; first < vectors.Count; first += RowsAtOnce)
        {
            Matrix<double> rows = map(Rows(vectors, first, Math.Min(RowsAtOnce, vectors.Count - first), null));
            for (int i = 0; i < rows.RowCount; i++)
            {
                for (int c = 0; c < dimension; c++)
                    table[(first + i) * dimension + c] = (float)rows[i, c];
            }
        }
        return new WordVectors([.. vectors.Words], table, dimension);
    }
}
