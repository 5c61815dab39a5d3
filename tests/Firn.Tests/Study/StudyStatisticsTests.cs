using System.Text.Json;
using Firn.Kernels;
using Firn.Numerics;
using Firn.Study;

namespace Firn.Tests.Study;

public class StudyStatisticsTests
{
    private static readonly JsonElement Golden = JsonDocument
        .Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "study.json")))
        .RootElement;

    [Fact]
    public void McNemars_exact_test_equals_SciPys_binomial_test()
    {
        foreach (JsonElement pair in Golden.GetProperty("mcnemar").EnumerateArray())
        {
            double expected = pair.GetProperty("p").GetDouble(),
                actual = McNemar.PValue(pair.GetProperty("b").GetInt32(), pair.GetProperty("c").GetInt32());
            Assert.InRange(actual, expected * (1 - 1e-10), expected * (1 + 1e-10));
        }
    }

    [Theory]
    [InlineData(0, 1, 1.0)] // one toss decides nothing
    [InlineData(0, 5, 2.0 / 32)] // five heads of five, either side
    [InlineData(1, 4, 12.0 / 32)] // (1 + 5) / 32, twice
    public void McNemar_by_hand(int b, int c, double p)
    {
        Assert.Equal(p, McNemar.PValue(b, c), 12);
        Assert.Equal(p, McNemar.PValue(c, b), 12);
    }

    [Fact]
    public void With_one_seed_the_paired_test_is_Students_and_equivalence_is_two_one_sided_ones()
    {
        foreach (JsonElement pair in Golden.GetProperty("paired").EnumerateArray())
        {
            PairedTest test = PairedTest.Of([Floats(pair.GetProperty("differences"))]);
            Assert.Equal(pair.GetProperty("p").GetDouble(), test.PValue, 1e-9);
            Assert.Equal(pair.GetProperty("equivalence").GetDouble(), test.Equivalence(0.05), 1e-9);
        }
    }

    [Fact]
    public void Seeds_that_disagree_in_direction_show_nothing_however_many_texts_there_are()
    {
        float[] Shifted(int every, int sign) => [.. Enumerable.Range(0, 6000).Select(i => i % every == 0 ? sign : 0f)];
        PairedTest mixed = PairedTest.Of([Shifted(12, -1), Shifted(27, 1), Shifted(15, -1)]),
            agreed = PairedTest.Of([Shifted(12, -1), Shifted(14, -1), Shifted(13, -1)]);
        Assert.True(mixed.PValue > 0.3, $"p {mixed.PValue}");
        Assert.True(agreed.PValue < 0.01, $"p {agreed.PValue}");
        Assert.Equal(1, PairedTest.Of([new float[50], new float[50]]).PValue);
    }

    [Fact]
    public void T_binomial_and_Holm_equal_SciPys()
    {
        foreach (JsonElement t in Golden.GetProperty("t").EnumerateArray())
            Assert.Equal(
                t.GetProperty("p").GetDouble(),
                BetaDistribution.TwoSidedT(t.GetProperty("t").GetDouble(), t.GetProperty("degrees").GetDouble()),
                1e-10
            );
        foreach (JsonElement b in Golden.GetProperty("binomial").EnumerateArray())
            Assert.Equal(
                b.GetProperty("below").GetDouble(),
                BetaDistribution.Binomial(
                    b.GetProperty("k").GetInt32(),
                    b.GetProperty("n").GetInt32(),
                    b.GetProperty("p").GetDouble()
                ),
                1e-10
            );
        JsonElement holm = Golden.GetProperty("holm");
        Assert.Equal(
            Doubles(holm.GetProperty("adjusted")),
            HolmCorrection.Adjust(Doubles(holm.GetProperty("p"))),
            (a, b) => Math.Abs(a - b) < 1e-12
        );
    }

    [Fact]
    public void Quantiles_equal_NumPys()
    {
        double[] sorted = [.. Doubles(Golden.GetProperty("values")).Order()];
        foreach (JsonElement q in Golden.GetProperty("quantiles").EnumerateArray())
            Assert.Equal(
                q.GetProperty("value").GetDouble(),
                StudyBootstrap.Quantile(sorted, q.GetProperty("share").GetDouble()),
                12
            );
    }

    [Fact]
    public void Intervals_of_one_seed_equal_SciPys_within_their_own_chance()
    {
        JsonElement outcomes = Golden.GetProperty("outcomes");
        float[] baseline = Floats(outcomes.GetProperty("base")),
            other = Floats(outcomes.GetProperty("other")),
            slice = new float[baseline.Length];
        slice[0] = 1;
        StudyFigures<Estimate?>[] figures = new StudyBootstrap(
            [
                [new(1, baseline, slice)],
                [new(1, other, slice)],
            ],
            0
        ).Run(20_000, new CounterRandom(3), 2);
        double[] mean = Doubles(outcomes.GetProperty("mean")),
            difference = Doubles(outcomes.GetProperty("difference"));
        // Ends of 20,000 resamples of 900 texts: two grid steps of 1/900 apart at most.
        Assert.Equal(baseline.Average(), figures[0].Accuracy!.Mean, 6);
        Assert.Equal(mean[0], figures[0].Accuracy!.Low, 0.0024);
        Assert.Equal(mean[1], figures[0].Accuracy!.High, 0.0024);
        Assert.Equal(difference[0], figures[1].AgainstFrozen!.Low, 0.0024);
        Assert.Equal(difference[1], figures[1].AgainstFrozen!.High, 0.0024);
        Assert.True(
            figures[1].AgainstFrozen!.High - figures[1].AgainstFrozen!.Low
                < figures[1].Accuracy!.High - figures[1].Accuracy!.Low,
            "pairs must narrow the interval of a difference"
        );
    }

    [Fact]
    public void The_luck_of_seeds_widens_intervals_and_threads_change_nothing()
    {
        float[] slice = new float[400];
        StudyOutcome Seed(int seed, int right) =>
            new(seed, [.. Enumerable.Range(0, 400).Select(i => i < right ? 1f : 0)], slice);
        IReadOnlyList<StudyOutcome> even = [Seed(1, 300), Seed(2, 300), Seed(3, 300)],
            uneven = [Seed(1, 260), Seed(2, 300), Seed(3, 340)];
        StudyFigures<Estimate?>[] figures = new StudyBootstrap([even, uneven], 0).Run(2000, new CounterRandom(1), 1);
        Assert.Equal(0.75, figures[1].Accuracy!.Mean, 9);
        Assert.True(Width(figures[1].Accuracy!) > 1.5 * Width(figures[0].Accuracy!));
        Assert.Null(figures[0].Slice); // there is no text in it
        Assert.Equal(
            figures[1].Accuracy,
            new StudyBootstrap([even, uneven], 0).Run(2000, new CounterRandom(1), 2)[1].Accuracy
        );
        static double Width(Estimate e) => e.High - e.Low;
    }

    [Fact]
    public void Differences_are_taken_over_seeds_that_both_have_and_the_slice_against_the_rest()
    {
        // Texts 0 and 1 are the slice. The frozen table has both seeds, the other one only the second.
        float[] slice = [1, 1, 0, 0, 0];
        StudyOutcome[] frozen = [new(1, [0, 0, 0, 0, 0], slice), new(2, [1, 0, 1, 1, 1], slice)];
        StudyOutcome[] other = [new(2, [0, 0, 1, 1, 1], slice)];
        StudyFigures<Estimate?> figures = new StudyBootstrap([frozen, other], 0).Run(50, new CounterRandom(1), 1)[1];
        Assert.Equal(-0.2, figures.AgainstFrozen!.Mean, 9);
        Assert.Equal(0, figures.Slice!.Mean, 9);
        Assert.Equal(-0.5, figures.SliceAgainstFrozen!.Mean, 9);
        Assert.Equal(-0.5, figures.SliceAgainstRest!.Mean, 9);
    }

    private static double[] Doubles(JsonElement array) => [.. array.EnumerateArray().Select(v => v.GetDouble())];

    private static float[] Floats(JsonElement array) => [.. array.EnumerateArray().Select(v => v.GetSingle())];
}
