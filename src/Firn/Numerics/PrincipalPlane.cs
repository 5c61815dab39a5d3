namespace Firn.Numerics;

/// <summary>
/// The plane in which vectors spread the most: their first two principal components, as scikit-learn's PCA finds them.
/// A map fitted on the vectors before training shows where each word went. Immutable.
/// </summary>
public sealed class PrincipalPlane
{
    private readonly double[] _mean,
        _x,
        _y;

    private PrincipalPlane(double[] mean, double[] x, double[] y, double shareOfX, double shareOfY)
    {
        _mean = mean;
        _x = x;
        _y = y;
        ExplainedX = shareOfX;
        ExplainedY = shareOfY;
    }

    /// <summary>Share of the vectors' variance along the first axis, in [0, 1].</summary>
    public double ExplainedX { get; }

    /// <summary>The same along the second.</summary>
    public double ExplainedY { get; }

    /// <summary>Fits the plane.</summary>
    /// <param name="vectors">N vectors of E values, row-major; N at least 2.</param>
    /// <param name="dimension">E, at least 2.</param>
    /// <exception cref="ArgumentException">Fewer than two vectors, or all of them the same.</exception>
    public static PrincipalPlane Fit(ReadOnlySpan<float> vectors, int dimension)
    {
        Throw.IfOutside(dimension, 2, int.MaxValue);
        int n = vectors.Length / dimension;
        Throw.IfLengthDiffers(vectors.Length, (long)n * dimension, nameof(vectors));
        Throw.IfOutside(n, 2, int.MaxValue, "number of vectors");
        var mean = new double[dimension];
        var centered = new double[n, dimension];
        for (int i = 0; i < vectors.Length; i++)
            mean[i % dimension] += vectors[i] / (double)n;
        double total = 0;
        for (int i = 0; i < vectors.Length; i++)
        {
            double value = vectors[i] - mean[i % dimension];
            centered[i / dimension, i % dimension] = value;
            total += value * value;
        }
        if (!(total > 0))
            throw new ArgumentException(
                "The vectors are all the same, so no plane shows how they differ.",
                nameof(vectors)
            );
        // Of few vectors the matrix of their products is the smaller one, with the same plane.
        (double Value, double[] Vector)[] axes =
            n < dimension ? FromProducts(centered) : SymmetricEigen.Of(Covariance(centered));
        return new PrincipalPlane(
            mean,
            Signed(axes[0].Vector),
            Signed(axes[1].Vector),
            Math.Max(0, axes[0].Value) / total,
            Math.Max(0, axes[1].Value) / total
        );
    }

    /// <summary>Where a vector lies on the plane.</summary>
    public PlanePoint Project(ReadOnlySpan<float> vector)
    {
        Throw.IfLengthDiffers(vector.Length, _mean.Length, nameof(vector));
        double across = 0,
            up = 0;
        for (int i = 0; i < vector.Length; i++)
        {
            across += (vector[i] - _mean[i]) * _x[i];
            up += (vector[i] - _mean[i]) * _y[i];
        }
        return new(across, up);
    }

    private static double[,] Covariance(double[,] centered)
    {
        int n = centered.GetLength(0),
            e = centered.GetLength(1);
        var sums = new double[e, e];
        for (int row = 0; row < n; row++)
        {
            for (int i = 0; i < e; i++)
            {
                for (int j = 0; j < e; j++)
                    sums[i, j] += centered[row, i] * centered[row, j];
            }
        }
        return sums;
    }

    private static (double, double[])[] FromProducts(double[,] centered)
    {
        int n = centered.GetLength(0),
            e = centered.GetLength(1);
        var products = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                for (int k = 0; k < e; k++)
                    products[i, j] += centered[i, k] * centered[j, k];
            }
        }
        return
        [
            .. SymmetricEigen
                .Of(products)
                .Take(2)
                .Select(found =>
                {
                    var axis = new double[e];
                    for (int i = 0; i < n; i++)
                    {
                        for (int k = 0; k < e; k++)
                            axis[k] += found.Vector[i] * centered[i, k];
                    }
                    double length = Math.Sqrt(axis.Sum(v => v * v));
                    return (found.Value, length > 0 ? [.. axis.Select(v => v / length)] : axis);
                }),
        ];
    }

    /// <summary>An axis has no direction of its own: its largest value is made positive.</summary>
    private static double[] Signed(double[] axis) => axis.MaxBy(Math.Abs) < 0 ? [.. axis.Select(v => -v)] : axis;
}
