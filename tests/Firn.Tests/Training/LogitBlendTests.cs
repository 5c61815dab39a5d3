using Firn.Evaluation;

namespace Firn.Tests.Training;

public class LogitBlendTests
{
    [Theory]
    [InlineData(1, 0.4, 0.5)]
    [InlineData(1, 2.5, -1)]
    [InlineData(4, 0.3, 0)]
    public void A_temperature_is_found_again(int k, double scale, double shift)
    {
        (float[] logits, int[] labels) = Draw(20000, k, scale, shift, seed: 5);
        LogitBlend blend = LogitBlend.Fit([logits], labels, k);
        Assert.Equal(scale, blend.Scales[0], 0.06 * scale);
        Assert.Equal(shift, blend.Bias, 0.08);
    }

    [Fact]
    public void A_model_of_noise_gets_no_weight_beside_a_good_one()
    {
        (float[] good, int[] labels) = Draw(20000, 1, 1, 0, seed: 6);
        (float[] noise, _) = Draw(20000, 1, 1, 0, seed: 7);
        LogitBlend blend = LogitBlend.Fit([good, noise], labels, 1);
        Assert.Equal(1, blend.Scales[0], 0.05);
        Assert.Equal(0, blend.Scales[1], 0.03);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void No_neighbouring_scales_have_a_smaller_loss(int k)
    {
        (float[] a, int[] labels) = Draw(500, k, 0.7, 0, seed: 8);
        (float[] b, _) = Draw(500, k, 1, 0, seed: 9);
        LogitBlend blend = LogitBlend.Fit([a, b], labels, k);
        Assert.All(blend.Scales, scale => Assert.True(scale >= 0));
        double least = Loss(blend);
        foreach (double step in new[] { -0.02, 0.02 })
        {
            Assert.True(Loss(blend with { Scales = [blend.Scales[0] + step, blend.Scales[1]] }) > least);
            if (blend.Scales[1] + step >= 0)
                Assert.True(Loss(blend with { Scales = [blend.Scales[0], blend.Scales[1] + step] }) > least);
        }

        double Loss(LogitBlend candidate) =>
            SingleLabelEvaluation
                .Evaluate(
                    candidate.Probabilities([a, b], k),
                    labels,
                    [.. Enumerable.Range(0, Math.Max(2, k)).Select(c => $"{c}")]
                )
                .Loss;
    }

    [Fact]
    public void Scaling_lowers_the_calibration_error_of_a_model_that_is_too_sure()
    {
        (float[] logits, int[] labels) = Draw(20000, 1, 0.35, 0, seed: 10);
        string[] names = ["negative", "positive"];
        double before = SingleLabelEvaluation
            .Evaluate(new LogitBlend([1], 0).Probabilities([logits], 1), labels, names)
            .CalibrationError;
        double after = SingleLabelEvaluation
            .Evaluate(LogitBlend.Fit([logits], labels, 1).Probabilities([logits], 1), labels, names)
            .CalibrationError;
        Assert.True(before > 0.1, $"{before}");
        Assert.True(after < 0.02, $"{after}");
    }

    [Fact]
    public void A_model_that_is_wrong_gets_no_negative_weight()
    {
        (float[] good, int[] labels) = Draw(300, 1, 1, 0, seed: 12);
        float[] wrong = [.. good.Select(z => -3 * z + 1)];
        LogitBlend blend = LogitBlend.Fit([good, wrong], labels, 1);
        Assert.Equal(0, blend.Scales[1]);
        Assert.True(blend.Scales[0] > 0);
        Assert.Equal([0], LogitBlend.Fit([wrong], labels, 1).Scales);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(10, 0)] // too few to leave the start
    [InlineData(60, 1.5)]
    [InlineData(3000, 6)]
    public void The_start_is_left_as_far_as_the_texts_bear_out(int texts, double atMost)
    {
        var start = new LogitBlend([0.6, 0.4], 0);
        (float[] good, int[] labels) = Draw(Math.Max(texts, 1), 1, 3, 0, seed: 13);
        (float[] other, _) = Draw(Math.Max(texts, 1), 1, 1, 0, seed: 14);
        (LogitBlend blend, float[] held) = LogitBlend.FitToFew(
            [good[..texts], other[..texts]],
            labels.AsSpan(0, texts),
            1,
            start
        );
        Assert.Equal(texts, held.Length);
        Assert.All(blend.Scales, scale => Assert.True(scale >= 0));
        Assert.True(Math.Abs(blend.Scales[0] - 0.6) <= atMost, $"{blend.Scales[0]}");
        if (texts == 3000)
            Assert.Equal(3, blend.Scales[0], 0.6);
        Assert.Equal(
            start,
            LogitBlend.Fit([good, other], labels, 1, start, 1e12),
            (a, b) => Math.Abs(a!.Scales[0] - b!.Scales[0]) < 1e-6
        );
    }

    [Fact]
    public void Scaling_that_does_not_help_on_unseen_texts_is_not_kept()
    {
        for (int seed = 0; seed < 10; seed++)
        {
            (float[] fine, int[] labels) = Draw(40, 1, 1, 0, seed: 100 + seed);
            (LogitBlend blend, _) = LogitBlend.FitToFew([fine], labels, 1, new LogitBlend([1], 0));
            Assert.InRange(blend.Scales[0], 0.3, 3);
            Assert.InRange(blend.Bias, -1.5, 1.5);
        }
    }

    [Fact]
    public void Logits_of_probabilities_give_the_probabilities()
    {
        float[] two = [0.001f, 0.3f, 0.99f],
            three = [0.2f, 0.5f, 0.3f];
        Assert.Equal(
            two,
            new LogitBlend([1], 0).Probabilities([LogitBlend.LogitsOf(two, 1)], 1),
            (a, b) => Math.Abs(a - b) < 1e-6
        );
        Assert.Equal(
            three,
            new LogitBlend([1], 0).Probabilities([LogitBlend.LogitsOf(three, 3)], 3),
            (a, b) => Math.Abs(a - b) < 1e-6
        );
    }

    /// <summary>Logits from a normal law, labels from the probabilities that the true scale and shift give.</summary>
    private static (float[] Logits, int[] Labels) Draw(int count, int k, double scale, double shift, int seed)
    {
        var random = new Random(seed);
        var logits = new float[count * k];
        var labels = new int[count];
        for (int i = 0; i < count; i++)
        {
            for (int c = 0; c < k; c++)
                logits[i * k + c] = (float)(
                    3 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())
                );
            float[] p = new LogitBlend([scale], shift).Probabilities([logits[(i * k)..((i + 1) * k)]], k);
            double draw = random.NextDouble();
            if (k == 1)
                labels[i] = draw < p[0] ? 1 : 0;
            for (int c = 0; k > 1 && c < k && (draw -= p[c]) > 0; c++)
                labels[i] = Math.Min(c + 1, k - 1);
        }
        return (logits, labels);
    }
}
