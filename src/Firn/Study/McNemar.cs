namespace Firn.Study;

/// <summary>
/// McNemar's exact test: of the texts on which exactly one of two classifiers is right, is it more often the one than
/// the other? (McNemar 1947; the exact form is the sign test.)
/// </summary>
public static class McNemar
{
    /// <summary>
    /// The two-sided p-value, min(1, 2 P[X &lt;= min(b, c)]) for X binomial of b + c trials with probability 1/2; 1
    /// where no text tells the two apart.
    /// </summary>
    /// <param name="onlyFirst">Texts that only the first classifier gets right, b; 0 or more.</param>
    /// <param name="onlySecond">Texts that only the second gets right, c; 0 or more.</param>
    public static double PValue(int onlyFirst, int onlySecond)
    {
        Throw.IfOutside(onlyFirst, 0, int.MaxValue / 2);
        Throw.IfOutside(onlySecond, 0, int.MaxValue / 2);
        int n = onlyFirst + onlySecond,
            k = Math.Min(onlyFirst, onlySecond);
        if (2 * k == n)
            return 1;
        // Terms C(n, i) / 2^n from i = k downwards, relative to the largest, whose logarithm is summed apart: 2^-n
        // alone underflows from n = 1075 on.
        double logLargest = -n * Math.Log(2);
        for (int i = 1; i <= k; i++)
            logLargest += Math.Log((n - k + i) / (double)i);
        double sum = 0,
            term = 1;
        for (int i = k; i >= 0 && term > 1e-18 * sum; i--)
        {
            sum += term;
            term *= i / (n - i + 1.0);
        }
        return Math.Min(1, 2 * sum * Math.Exp(logLargest));
    }
}
