using Firn.Kernels;

namespace Firn.Study;

/// <summary>One policy's and seed's test: which texts are right.</summary>
/// <param name="Seed">The repetition.</param>
/// <param name="Right">1 where the text is right, else 0, [texts].</param>
/// <param name="Slice">
/// 1 where the text holds a word that training lacked, else 0, [texts]; the same for every policy of a seed.
/// </param>
internal sealed record StudyOutcome(int Seed, float[] Right, float[] Slice)
{
    public float[] RightInSlice { get; } = [.. Right.Zip(Slice, (right, slice) => right * slice)];
}

/// <summary>
/// 95% intervals by the percentile bootstrap over both sources of chance at a time: seeds are drawn with replacement,
/// and test texts are drawn with replacement, the same ones for every seed and policy of a resample (the pigeonhole
/// bootstrap, Owen 2007). Differences between policies are taken within a resample, so what a pair shares cancels.
/// </summary>
internal sealed class StudyBootstrap
{
    private const double Tail = 0.025;
    private readonly IReadOnlyList<StudyOutcome>[] _policies;
    private readonly int _reference,
        _texts;
    private readonly int[] _seeds;

    /// <param name="policies">The outcomes of each policy, a seed each; all of the same test texts.</param>
    /// <param name="reference">The policy that the others are compared with.</param>
    public StudyBootstrap(IReadOnlyList<IReadOnlyList<StudyOutcome>> policies, int reference)
    {
        _policies = [.. policies];
        _reference = reference;
        _texts = policies[0][0].Right.Length;
        _seeds = [.. policies.SelectMany(p => p.Select(o => o.Seed)).Distinct().Order()];
    }

    /// <summary>The figures of each policy with their intervals.</summary>
    /// <param name="resamples">How many are drawn; 1 or more.</param>
    /// <param name="random">Decides them.</param>
    /// <param name="threads">Threads to use; the result does not depend on it.</param>
    public StudyFigures<Estimate?>[] Run(int resamples, CounterRandom random, int threads)
    {
        var weights = new float[_texts];
        weights.AsSpan().Fill(1);
        StudyFigures<double>[] measured = Figures(weights, [.. _seeds.Select(_ => 1)]);
        var drawn = new StudyFigures<double>[resamples][];
        Workers.Run(resamples, threads, (resample, _) => drawn[resample] = Resample(random.Derive((ulong)resample)));
        return
        [
            .. measured.Select(
                (figures, p) => figures.Map((value, figure) => Interval(value, [.. drawn.Select(d => figure(d[p]))]))
            ),
        ];
    }

    private StudyFigures<double>[] Resample(CounterRandom random)
    {
        var weights = new float[_texts];
        for (int i = 0; i < _texts; i++)
            weights[random.Below((ulong)i, _texts)]++;
        var times = new int[_seeds.Length];
        for (int i = 0; i < times.Length; i++)
            times[random.Below((ulong)(_texts + i), times.Length)]++;
        return Figures(weights, times);
    }

    /// <summary>Each policy's figures with texts and seeds weighted; NaN where no seed has a weight.</summary>
    private StudyFigures<double>[] Figures(float[] weights, int[] times)
    {
        (int Times, double All, double Slice, double Others)[][] shares =
        [
            .. _policies.Select(p => Shares(p, weights, times)),
        ];
        return
        [
            .. shares.Select(own =>
            {
                var both = own.Zip(shares[_reference], (a, b) => (Times: a.Times * Math.Sign(b.Times), a, b)).ToArray();
                return new StudyFigures<double>(
                    Mean(own.Select(s => (s.Times, s.All))),
                    Mean(both.Select(s => (s.Times, s.a.All - s.b.All))),
                    Mean(own.Select(s => (s.Times, s.Slice))),
                    Mean(both.Select(s => (s.Times, s.a.Slice - s.b.Slice))),
                    Mean(both.Select(s => (s.Times, s.a.Slice - s.b.Slice - (s.a.Others - s.b.Others))))
                );
            }),
        ];
    }

    private (int Times, double All, double Slice, double Others)[] Shares(
        IReadOnlyList<StudyOutcome> outcomes,
        float[] weights,
        int[] times
    )
    {
        var shares = new (int, double, double, double)[_seeds.Length];
        foreach (StudyOutcome outcome in outcomes)
        {
            int seed = Array.IndexOf(_seeds, outcome.Seed);
            if (times[seed] == 0)
                continue;
            // Sums of small whole numbers: exact in float up to 2^24 texts.
            double right = VectorMath.Dot(weights, outcome.Right),
                slice = VectorMath.Dot(weights, outcome.Slice);
            double both = VectorMath.Dot(weights, outcome.RightInSlice);
            shares[seed] = (times[seed], right / _texts, both / slice, (right - both) / (_texts - slice));
        }
        return shares;
    }

    private static double Mean(IEnumerable<(int Times, double Value)> values)
    {
        double sum = 0,
            times = 0;
        foreach ((int n, double value) in values)
        {
            if (n > 0)
                (sum, times) = (sum + n * value, times + n);
        }
        return sum / times;
    }

    private static Estimate? Interval(double value, double[] drawn)
    {
        double[] sorted = [.. drawn.Where(double.IsFinite).Order()];
        return double.IsFinite(value) && sorted.Length > 0
            ? new Estimate(value, Quantile(sorted, Tail), Quantile(sorted, 1 - Tail))
            : null;
    }

    /// <summary>Linear between the two nearest values, as NumPy's default.</summary>
    internal static double Quantile(double[] sorted, double share)
    {
        double at = share * (sorted.Length - 1);
        int below = (int)at;
        return below + 1 == sorted.Length
            ? sorted[below]
            : sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]);
    }
}

/// <summary>What is measured of a policy at a size.</summary>
internal sealed record StudyFigures<T>(T Accuracy, T AgainstFrozen, T Slice, T SliceAgainstFrozen, T SliceAgainstRest)
{
    /// <summary>
    /// Each figure made into something else; <paramref name="map"/> gets the figure and how to read it of others.
    /// </summary>
    public StudyFigures<TOther> Map<TOther>(Func<T, Func<StudyFigures<T>, T>, TOther> map) =>
        new(
            map(Accuracy, f => f.Accuracy),
            map(AgainstFrozen, f => f.AgainstFrozen),
            map(Slice, f => f.Slice),
            map(SliceAgainstFrozen, f => f.SliceAgainstFrozen),
            map(SliceAgainstRest, f => f.SliceAgainstRest)
        );
}
