using Firn.Vectors;
using MathNet.Numerics.LinearAlgebra;

namespace Firn.Cli.Algebra;

/// <summary>
/// What may be done to a table, in this order: take the mean away; take the directions of largest variance away ("All
/// but the top", Mu and Viswanath 2018); keep the directions of largest variance alone (PCA); bring vectors to length
/// 1.
/// </summary>
/// <param name="Center">Take the mean away; removing and reducing do so in any case.</param>
/// <param name="Remove">Directions to take away.</param>
/// <param name="Dimension">Directions to keep; null for all.</param>
/// <param name="Normalize">Bring vectors to length 1 at the end.</param>
internal sealed record TableTransform(bool Center, int Remove, int? Dimension, bool Normalize)
{
    public WordVectors Apply(WordVectors vectors)
    {
        if (Center || Remove > 0 || Dimension is not null)
        {
            double[] mean = TableStatistics.Mean(vectors);
            vectors = TableStatistics.Map(vectors, vectors.Dimension, rows => Less(rows, mean));
        }
        var none = new double[vectors.Dimension];
        if (Remove > 0)
        {
            Matrix<double> axes = TableStatistics.PrincipalAxes(vectors, none, Remove);
            vectors = TableStatistics.Map(vectors, vectors.Dimension, rows => rows - rows * axes * axes.Transpose());
        }
        if (Dimension is { } kept)
        {
            Matrix<double> axes = TableStatistics.PrincipalAxes(vectors, none, kept);
            vectors = TableStatistics.Map(vectors, kept, rows => rows * axes);
        }
        return Normalize ? TableStatistics.Map(vectors, vectors.Dimension, Unit) : vectors;
    }

    /// <summary>Rows at length 1; a zero row stays zero.</summary>
    public static Matrix<double> Unit(Matrix<double> rows)
    {
        for (int i = 0; i < rows.RowCount; i++)
        {
            double length = rows.Row(i).L2Norm();
            for (int c = 0; c < rows.ColumnCount && length > 0; c++)
                rows[i, c] /= length;
        }
        return rows;
    }

    private static Matrix<double> Less(Matrix<double> rows, double[] mean)
    {
        for (int i = 0; i < rows.RowCount; i++)
        {
            for (int c = 0; c < mean.Length; c++)
                rows[i, c] -= mean[c];
        }
        return rows;
    }
}
