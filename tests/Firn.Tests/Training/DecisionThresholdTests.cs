using Firn.Evaluation;

namespace Firn.Tests.Training;

public sealed class DecisionThresholdTests
{
    [Theory]
    [InlineData(ThresholdMetric.Accuracy)]
    [InlineData(ThresholdMetric.F1)]
    [InlineData(ThresholdMetric.MacroF1)]
    [InlineData(ThresholdMetric.MacroRecall)]
    public void No_other_threshold_is_better(ThresholdMetric metric)
    {
        var random = new Random(3);
        for (int round = 0; round < 40; round++)
        {
            int n = random.Next(1, 40);
            int[] labels = [.. Enumerable.Range(0, n).Select(_ => random.Next(4) == 0 ? 1 : 0)];
            // Few distinct scores, so that there are ties.
            float[] scores = [.. labels.Select(label => Math.Clamp((random.Next(12) + 3 * label) / 15f, 0, 1))];
            float best = DecisionThreshold.Best(scores, labels, metric);
            double reached = Value(scores, labels, metric, best);
            foreach (float other in scores.Concat([0f, 1f]).SelectMany(s => new[] { s, MathF.BitIncrement(s) }))
                Assert.True(Value(scores, labels, metric, other) <= reached + 1e-12, $"{metric}: {other} beats {best}");
            Assert.InRange(best, 0, 1);
        }
    }

    [Fact]
    public void Where_every_threshold_between_two_scores_is_as_good_it_is_a_half() =>
        Assert.Equal(0.5f, DecisionThreshold.Best([0.1f, 0.4f, 0.9f], [0, 0, 1], ThresholdMetric.F1));

    [Fact]
    public void Without_texts_it_is_a_half() =>
        Assert.Equal(0.5f, DecisionThreshold.Best([], [], ThresholdMetric.Accuracy));

    /// <summary>The figure as the report has it, which equals scikit-learn's.</summary>
    private static double Value(float[] scores, int[] labels, ThresholdMetric metric, float threshold)
    {
        EvaluationReport report = SingleLabelEvaluation.Evaluate(scores, labels, ["no", "yes"], threshold);
        return metric switch
        {
            ThresholdMetric.Accuracy => report.Accuracy,
            ThresholdMetric.F1 => report.PerClass[1].F1,
            ThresholdMetric.MacroF1 => report.PerClass.Average(c => c.F1),
            _ => report.PerClass.Average(c => c.Recall),
        };
    }
}
