using Firn.Evaluation;

namespace Firn.Tests.Training;

public class EvaluationIntervalsTests
{
    [Fact]
    public void The_interval_of_an_accuracy_is_that_of_a_share()
    {
        // 900 texts of which 720 are right: 0.8 +- 1.96 sqrt(0.16 / 900) = 0.7739 to 0.8261
        int[] labels = [.. Enumerable.Range(0, 900).Select(i => i % 2)];
        float[] scores = [.. labels.Select((y, i) => (i % 5 == 0) != (y == 1) ? 0.9f : 0.1f)];
        EvaluationIntervals found = EvaluationIntervals.Of(scores, labels, 2)!;
        Assert.Equal(0.7739, found.Accuracy.Low, 0.005);
        Assert.Equal(0.8261, found.Accuracy.High, 0.005);
        Assert.InRange(found.RocAuc!.Value.High, found.RocAuc.Value.Low, 1);
        Assert.Equal(found, EvaluationIntervals.Of(scores, labels, 2, threads: 1));
    }

    [Fact]
    public void Intervals_hold_the_figures_of_the_report_and_narrow_with_more_texts()
    {
        EvaluationReport Measure(int count, out EvaluationIntervals intervals)
        {
            var random = new Random(3);
            int[] labels = [.. Enumerable.Range(0, count).Select(_ => random.Next(3))];
            float[] rows =
            [
                .. labels.SelectMany(y =>
                {
                    double[] z =
                    [
                        .. Enumerable.Range(0, 3).Select(c => Math.Exp((c == y ? 0.8 : 0) + random.NextDouble() * 2)),
                    ];
                    return z.Select(v => (float)(v / z.Sum()));
                }),
            ];
            intervals = EvaluationIntervals.Of(rows, labels, 3)!;
            return SingleLabelEvaluation.Evaluate(rows, labels, ["a", "b", "c"]);
        }

        EvaluationReport report = Measure(600, out EvaluationIntervals few);
        Assert.InRange(report.Accuracy, few.Accuracy.Low, few.Accuracy.High);
        Assert.InRange(report.MacroF1, few.MacroF1.Low, few.MacroF1.High);
        Assert.InRange(report.RocAuc!.Value, few.RocAuc!.Value.Low, few.RocAuc.Value.High);
        Measure(6000, out EvaluationIntervals many);
        Assert.True(many.MacroF1.High - many.MacroF1.Low < 0.5 * (few.MacroF1.High - few.MacroF1.Low));
    }

    [Fact]
    public void Errors_kept_to_with_confidence_leave_a_margin_that_few_texts_cannot_have()
    {
        // 400 texts, the surest right, errors thickening: at 5 percent the plain rule takes all it can.
        float[] scores = [.. Enumerable.Range(0, 400).Select(i => 0.999f - i * 0.001f)];
        int[] labels = [.. Enumerable.Range(0, 400).Select(i => i > 100 && i % 12 == 0 ? 0 : 1)];
        var risk = new RiskCoverage(scores, 1, labels);
        AbstentionPoint plain = risk.AtError(0.05),
            sure = risk.AtError(0.05, 0.95);
        Assert.True(sure.Coverage < plain.Coverage && sure.Coverage > 0.2, $"{sure.Coverage} of {plain.Coverage}");
        Assert.True(sure.Error < 0.04);
        // 0 of 50 wrong allows 5.8 percent
        Assert.Equal(0, new RiskCoverage(scores.AsSpan(0, 50), 1, labels.AsSpan(0, 50)).AtError(0.05, 0.95).Coverage);
    }
}
