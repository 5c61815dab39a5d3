namespace Firn.Numerics;

/// <summary>
/// The weighted sums from which a linear regression of y on x follows: w, wx, wy, wxxᵀ, wxyᵀ, w|y|². Sums of parts add up,
/// so that leaving a part out is a subtraction.
/// </summary>
internal sealed class RegressionSums(int dimension)
{
    private double weight, square;
    private readonly double[] x = new double[dimension], y = new double[dimension];
    private readonly double[][] xx = DoubleMath.Square(dimension), xy = DoubleMath.Square(dimension);

    public int Dimension => dimension;

    /// <summary>Adds one observation.</summary>
    public void Add(double w, ReadOnlySpan<double> from, ReadOnlySpan<double> to)
    {
        weight += w;
        square += w * DoubleMath.Dot(to, to);
        DoubleMath.AddScaled(w, from, x);
        DoubleMath.AddScaled(w, to, y);
        for (int i = 0; i < dimension; i++)
        {
            DoubleMath.AddScaled(w * from[i], from, xx[i]);
            DoubleMath.AddScaled(w * from[i], to, xy[i]);
        }
    }

    /// <summary>Adds <paramref name="sign"/> times other sums.</summary>
    public RegressionSums Add(RegressionSums other, double sign)
    {
        weight += sign * other.weight;
        square += sign * other.square;
        DoubleMath.AddScaled(sign, other.x, x);
        DoubleMath.AddScaled(sign, other.y, y);
        for (int i = 0; i < dimension; i++)
        {
            DoubleMath.AddScaled(sign, other.xx[i], xx[i]);
            DoubleMath.AddScaled(sign, other.xy[i], xy[i]);
        }
        return this;
    }

    /// <summary>Mean squared length of x about its mean, a value: the scale in which a penalty is counted.</summary>
    public double Scale => Enumerable.Range(0, dimension).Sum(i => xx[i][i] - x[i] * x[i] / weight) / dimension;

    /// <summary>The line that minimises Σ w|y - b - Aᵀx|² + penalty |A|²: ridge regression with a free intercept.</summary>
    public LinearMap Ridge(double penalty)
    {
        double[][] left = DoubleMath.Square(dimension), right = DoubleMath.Square(dimension);
        for (int i = 0; i < dimension; i++)
        {
            xx[i].CopyTo(left[i], 0);
            DoubleMath.AddScaled(-x[i] / weight, x, left[i]);
            xy[i].CopyTo(right[i], 0);
            DoubleMath.AddScaled(-x[i] / weight, y, right[i]);
            left[i][i] += penalty;
        }
        double[][] slope = new Cholesky(left).Solve(right);
        double[] intercept = [.. y.Select(value => value / weight)];
        for (int i = 0; i < dimension; i++)
            DoubleMath.AddScaled(-x[i] / weight, slope[i], intercept);
        return new LinearMap(slope, intercept);
    }

    /// <summary>Σ w|y - b - Aᵀx|² of a line over the observations added here.</summary>
    public double SquaredError(LinearMap map)
    {
        double[] b = map.Intercept;
        double error = square - 2 * DoubleMath.Dot(b, y) + weight * DoubleMath.Dot(b, b);
        var row = new double[dimension];
        for (int i = 0; i < dimension; i++)
        {
            error -= 2 * (DoubleMath.Dot(map.Slope[i], xy[i]) - x[i] * DoubleMath.Dot(map.Slope[i], b));
            Array.Clear(row);
            for (int j = 0; j < dimension; j++)
                DoubleMath.AddScaled(xx[i][j], map.Slope[j], row);
            error += DoubleMath.Dot(map.Slope[i], row);
        }
        return error;
    }

    /// <summary>Σ w|y|²: the error of the line that is zero everywhere.</summary>
    public double SquaredLength => square;
}
