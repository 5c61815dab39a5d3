using Firn.Cli.Algebra;
using MathNet.Numerics.LinearAlgebra;

namespace Firn.Cli.Mapping;

/// <summary>
/// Principal component analysis in two dimensions: rows less their mean, seen along the two directions of largest
/// variance.
/// </summary>
internal static class PrincipalAxes
{
    /// <summary>Projects rows; each axis points where its coefficient of largest size is positive.</summary>
    /// <param name="rows">[N, E], N at least 2.</param>
    /// <returns>[N, 2], and the share of the variance along each axis.</returns>
    public static ProjectedPoints Project(double[][] rows)
    {
        Matrix<double> centered = Matrix<double>.Build.DenseOfRowArrays(rows);
        Vector<double> mean = centered.ColumnSums() / rows.Length;
        for (int i = 0; i < rows.Length; i++)
            centered.SetRow(i, centered.Row(i) - mean);
        Matrix<double> scatter = centered.TransposeThisAndMultiply(centered);
        Matrix<double> placed = centered * TableStatistics.LargestAxes(scatter, Math.Min(2, scatter.RowCount));
        double total = scatter.Trace();
        var points = new double[rows.Length, 2];
        var share = new double[2];
        for (int axis = 0; axis < placed.ColumnCount; axis++)
        {
            Vector<double> along = placed.Column(axis);
            for (int i = 0; i < rows.Length; i++)
                points[i, axis] = along[i];
            share[axis] = total > 0 ? along.DotProduct(along) / total : 0;
        }
        return new(points, share);
    }
}
