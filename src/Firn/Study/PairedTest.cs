using Firn.Numerics;

namespace Firn.Study;

/// <summary>
/// One test of a mean difference over all seeds and all test texts. Both are drawn by chance, so the variance of the
/// mean is that of the texts' means over the seeds, divided by the texts, and that of the seeds' means over the texts,
/// divided by the seeds; the degrees of freedom are Satterthwaite's (1946). The two variances count what texts and
/// seeds do together twice, so the test is rather too careful than too bold. With one seed it is Student's test of
/// paired differences.
/// </summary>
/// <param name="Mean">The mean difference.</param>
/// <param name="Error">Its standard error; 0 where nothing differs.</param>
/// <param name="Degrees">Degrees of freedom.</param>
internal sealed record PairedTest(double Mean, double Error, double Degrees)
{
    /// <summary>Tests differences.</summary>
    /// <param name="differences">[S][N] of each seed, text by text.</param>
    public static PairedTest Of(IReadOnlyList<float[]> differences)
    {
        int seeds = differences.Count,
            texts = differences[0].Length;
        double[] bySeed = [.. differences.Select(seed => seed.Average(d => (double)d))];
        double[] byText = [.. Enumerable.Range(0, texts).Select(i => differences.Average(seed => (double)seed[i]))];
        double ofTexts = Variance(byText) / texts,
            ofSeeds = seeds > 1 ? Variance(bySeed) / seeds : 0,
            all = ofTexts + ofSeeds;
        double below = ofTexts * ofTexts / (texts - 1) + (seeds > 1 ? ofSeeds * ofSeeds / (seeds - 1) : 0);
        return new PairedTest(bySeed.Average(), Math.Sqrt(all), below > 0 ? all * all / below : texts - 1);
    }

    /// <summary>The two-sided p-value of no difference.</summary>
    public double PValue => Error == 0 ? (Mean == 0 ? 1 : 0) : BetaDistribution.TwoSidedT(Mean / Error, Degrees);

    /// <summary>
    /// The p-value of a difference of at least <paramref name="margin"/> in either direction: small where the two are
    /// equivalent (two one-sided tests, Schuirmann 1987).
    /// </summary>
    /// <param name="margin">Above 0.</param>
    public double Equivalence(double margin) =>
        Math.Max(Above((Mean + margin) / Error), Above((margin - Mean) / Error));

    /// <summary>P[T &gt;= t].</summary>
    private double Above(double t)
    {
        if (double.IsNaN(t) || double.IsInfinity(t)) // no error at all
            return t > 0 ? 0 : 1;
        double both = BetaDistribution.TwoSidedT(t, Degrees);
        return t >= 0 ? both / 2 : 1 - both / 2;
    }

    private static double Variance(double[] values)
    {
        double mean = values.Average();
        return values.Length < 2 ? 0 : values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1);
    }
}
