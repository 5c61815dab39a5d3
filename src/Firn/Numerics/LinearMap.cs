namespace Firn.Numerics;

/// <summary>y = b + Aᵀx.</summary>
/// <param name="Slope">A by rows, [E,E].</param>
/// <param name="Intercept">b, [E].</param>
internal sealed record LinearMap(double[][] Slope, double[] Intercept)
{
    /// <summary>y for x.</summary>
    public double[] Of(ReadOnlySpan<float> x)
    {
        double[] y = [.. Intercept];
        for (int i = 0; i < x.Length; i++)
            DoubleMath.AddScaled(x[i], Slope[i], y);
        return y;
    }
}
