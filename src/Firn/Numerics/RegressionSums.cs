namespace Firn.Numerics;

/// <summary>
/// The weighted sums from which a linear regression of y on x follows: w, wx, wy, wxxᵀ, wxyᵀ, w|y|². Sums of parts add
/// up, so that leaving a part out is a subtraction.
/// </summary>
internal sealed class RegressionSums(int dimension)
{
    private double _weight,
        _square;
    private readonly double[] _x = new double[dimension],
        _y = new double[dimension];
    private readonly double[][] _xx = DoubleMath.Square(dimension),
        _xy = DoubleMath.Square(dimension);

    public int Dimension => dimension;

    /// <summary>Adds one observation.</summary>
    public void Add(double w, ReadOnlySpan<double> from, ReadOnlySpan<double> to)
    {
        _weight += w;
        _square += w * DoubleMath.Dot(to, to);
        DoubleMath.AddScaled(w, from, _x);
        DoubleMath.AddScaled(w, to, _y);
        for (int i = 0; i < dimension; i++)
        {
            DoubleMath.AddScaled(w * from[i], from, _xx[i]);
            DoubleMath.AddScaled(w * from[i], to, _xy[i]);
        }
    }

    /// <summary>Adds <paramref name="sign"/> times other sums.</summary>
    public RegressionSums Add(RegressionSums other, double sign)
    {
        _weight += sign * other._weight;
        _square += sign * other._square;
        DoubleMath.AddScaled(sign, other._x, _x);
        DoubleMath.AddScaled(sign, other._y, _y);
        for (int i = 0; i < dimension; i++)
        {
            DoubleMath.AddScaled(sign, other._xx[i], _xx[i]);
            DoubleMath.AddScaled(sign, other._xy[i], _xy[i]);
        }
        return this;
    }

    /// <summary>Mean squared length of x about its mean, a value: the scale in which a penalty is counted.</summary>
    public double Scale => Enumerable.Range(0, dimension).Sum(i => _xx[i][i] - _x[i] * _x[i] / _weight) / dimension;

    /// <summary>
    /// The line that minimises Σ w|y - b - Aᵀx|² + penalty |A|²: ridge regression with a free intercept.
    /// </summary>
    public LinearMap Ridge(double penalty)
    {
        double[][] left = DoubleMath.Square(dimension),
            right = DoubleMath.Square(dimension);
        for (int i = 0; i < dimension; i++)
        {
            _xx[i].CopyTo(left[i], 0);
            DoubleMath.AddScaled(-_x[i] / _weight, _x, left[i]);
            _xy[i].CopyTo(right[i], 0);
            DoubleMath.AddScaled(-_x[i] / _weight, _y, right[i]);
            left[i][i] += penalty;
        }
        double[][] slope = new Cholesky(left).Solve(right);
        double[] intercept = [.. _y.Select(value => value / _weight)];
        for (int i = 0; i < dimension; i++)
            DoubleMath.AddScaled(-_x[i] / _weight, slope[i], intercept);
        return new LinearMap(slope, intercept);
    }

    /// <summary>Σ w|y - b - Aᵀx|² of a line over the observations added here.</summary>
    public double SquaredError(LinearMap map)
    {
        double[] b = map.Intercept;
        double error = _square - 2 * DoubleMath.Dot(b, _y) + _weight * DoubleMath.Dot(b, b);
        var row = new double[dimension];
        for (int i = 0; i < dimension; i++)
        {
            error -= 2 * (DoubleMath.Dot(map.Slope[i], _xy[i]) - _x[i] * DoubleMath.Dot(map.Slope[i], b));
            Array.Clear(row);
            for (int j = 0; j < dimension; j++)
                DoubleMath.AddScaled(_xx[i][j], map.Slope[j], row);
            error += DoubleMath.Dot(map.Slope[i], row);
        }
        return error;
    }

    /// <summary>Σ w|y|²: the error of the line that is zero everywhere.</summary>
    public double SquaredLength => _square;
}
