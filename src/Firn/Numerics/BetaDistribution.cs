namespace Firn.Numerics;

/// <summary>The beta distribution, on which the t distribution and the exact limits of a share rest.</summary>
internal static class BetaDistribution
{
    /// <summary>
    /// P[|T| &gt;= |t|] of Student's t with these degrees of freedom: I_x(d / 2, 1 / 2), x = d / (d + t^2).
    /// </summary>
    /// <param name="t">The statistic.</param>
    /// <param name="degrees">Of freedom, above 0.</param>
    public static double TwoSidedT(double t, double degrees) => Below(degrees / 2, 0.5, degrees / (degrees + t * t));

    /// <summary>P[X &lt;= k] of X binomial of n trials with probability p: I_(1-p)(n - k, k + 1).</summary>
    /// <param name="k">In [0, n].</param>
    /// <param name="n">Trials.</param>
    /// <param name="p">In [0, 1].</param>
    public static double Binomial(int k, int n, double p) =>
        k >= n || p <= 0 ? 1 : Below(n - k, k + 1, Math.Max(0, 1 - p));

    /// <summary>
    /// The regularized incomplete beta function by its continued fraction (Abramowitz, Stegun 1964, 26.5.8; Lentz'
    /// method).
    /// </summary>
    public static double Below(double a, double b, double x)
    {
        if (x <= 0 || x >= 1)
            return x <= 0 ? 0 : 1;
        if (x > (a + 1) / (a + b + 2))
            return 1 - Below(b, a, 1 - x);
        double front =
            Math.Exp(a * Math.Log(x) + b * Math.Log(1 - x) + LogGamma(a + b) - LogGamma(a) - LogGamma(b)) / a;
        double f = 1,
            c = 1,
            d = 0;
        for (int i = 0; i <= 500; i++)
        {
            int m = i / 2;
            double term =
                i == 0 ? 1
                : i % 2 == 0 ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
                : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / NotZero(1 + term * d);
            c = NotZero(1 + term / c);
            f *= c * d;
            if (Math.Abs(1 - c * d) < 1e-15)
                break;
        }
        return front * (f - 1);
    }

    private static double NotZero(double value) => Math.Abs(value) < 1e-300 ? 1e-300 : value;

    /// <summary>
    /// Logarithm of the gamma function by Lanczos' approximation (1964), good to 14 digits for x of 1/2 and more.
    /// </summary>
    private static double LogGamma(double x)
    {
        ReadOnlySpan<double> terms =
        [
            676.5203681218851,
            -1259.1392167224028,
            771.32342877765313,
            -176.61502916214059,
            12.507343278686905,
            -0.13857109526572012,
            9.9843695780195716e-6,
            1.5056327351493116e-7,
        ];
        double sum = 0.99999999999980993,
            t = x + 6.5;
        for (int i = 0; i < terms.Length; i++)
            sum += terms[i] / (x + i);
        return 0.5 * Math.Log(2 * Math.PI) + (x - 0.5) * Math.Log(t) - t + Math.Log(sum);
    }
}
