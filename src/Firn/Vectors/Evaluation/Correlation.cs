namespace Firn.Vectors.Evaluation;

/// <summary>Correlation coefficients as SciPy computes them.</summary>
internal static class Correlation
{
    /// <summary>Covariance over the product of standard deviations; NaN when one of them is zero.</summary>
    public static double Pearson(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double mx = Mean(x),
            my = Mean(y),
            xy = 0,
            xx = 0,
            yy = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double dx = x[i] - mx,
                dy = y[i] - my;
            (xy, xx, yy) = (xy + dx * dy, xx + dx * dx, yy + dy * dy);
        }
        return Math.Clamp(xy / Math.Sqrt(xx * yy), -1, 1);
    }

    /// <summary>Pearson's coefficient of the ranks, ties at their mean rank.</summary>
    public static double Spearman(ReadOnlySpan<double> x, ReadOnlySpan<double> y) => Pearson(Ranks(x), Ranks(y));

    /// <summary>
    /// Probability of a coefficient so far from 0 by chance, two-sided, by Student's t with n - 2 degrees of freedom;
    /// NaN with fewer than three values.
    /// </summary>
    public static double Probability(double coefficient, int count)
    {
        if (count < 3 || double.IsNaN(coefficient))
            return double.NaN;
        // P(|T| > t) = I(df / (df + t^2); df / 2, 1/2), and df / (df + t^2) is 1 - r^2.
        return IncompleteBeta((count - 2) / 2.0, 0.5, 1 - coefficient * coefficient);
    }

    /// <summary>
    /// The regularized incomplete beta function by its continued fraction (Abramowitz, Stegun 1964, 26.5.8; Lentz'
    /// method).
    /// </summary>
    private static double IncompleteBeta(double a, double b, double x)
    {
        if (x <= 0 || x >= 1)
            return x <= 0 ? 0 : 1;
        if (x > (a + 1) / (a + b + 2))
            return 1 - IncompleteBeta(b, a, 1 - x);
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

    private static double[] Ranks(ReadOnlySpan<double> values)
    {
        double[] sorted = values.ToArray();
        int[] order = [.. Enumerable.Range(0, sorted.Length)];
        Array.Sort(sorted, order);
        var ranks = new double[sorted.Length];
        for (int first = 0; first < sorted.Length; )
        {
            int past = first + 1;
            while (past < sorted.Length && sorted[past] == sorted[first])
                past++;
            for (int i = first; i < past; i++)
                ranks[order[i]] = (first + past - 1) / 2.0 + 1;
            first = past;
        }
        return ranks;
    }

    private static double Mean(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
            sum += value;
        return sum / values.Length;
    }
}
