using Firn.Numerics;

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
        return BetaDistribution.Below((count - 2) / 2.0, 0.5, 1 - coefficient * coefficient);
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
