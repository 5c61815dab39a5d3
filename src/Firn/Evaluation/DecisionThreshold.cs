namespace Firn.Evaluation;

/// <summary>What a decision threshold is chosen for.</summary>
public enum ThresholdMetric
{
    /// <summary>Share of texts that are right.</summary>
    Accuracy,

    /// <summary>F1 of the second class (TweetEval's measure for irony).</summary>
    F1,

    /// <summary>Mean F1 of both classes.</summary>
    MacroF1,

    /// <summary>Mean recall of both classes.</summary>
    MacroRecall,
}

/// <summary>
/// Chooses the score from which the second of two classes is predicted. Probabilities stay as they are: a figure such
/// as F1 is best at another score than 0.5 when classes differ in size (Lipton, Elkan, Naryanaswamy 2014, "Optimal
/// thresholding of classifiers to maximize F1 measure").
/// </summary>
public static class DecisionThreshold
{
    /// <summary>The threshold where it is not tuned.</summary>
    public const float Default = Decision.Default;

    /// <summary>
    /// The threshold at which the figure is highest on labeled texts: midway between two neighboring scores; of
    /// equally good ones that nearest to 0.5.
    /// </summary>
    /// <param name="scores">[N] probability of the second class.</param>
    /// <param name="labels">[N] 0 or 1.</param>
    /// <param name="metric">The figure.</param>
    /// <returns>In [0, 1]; <see cref="Default"/> without texts.</returns>
    public static float Best(ReadOnlySpan<float> scores, ReadOnlySpan<int> labels, ThresholdMetric metric)
    {
        Throw.IfLengthDiffers(labels.Length, scores.Length, nameof(labels));
        float[] sorted = scores.ToArray();
        int[] sortedLabels = labels.ToArray();
        Array.Sort(sorted, sortedLabels);
        int positives = sortedLabels.Count(label => label == 1),
            negatives = sorted.Length - positives;
        int found = positives,
            falseAlarms = negatives; // at a threshold below all scores
        (double Value, float Threshold) best = (double.NegativeInfinity, Default);
        for (int i = 0; i <= sorted.Length; i++)
        {
            // Everything from i on is predicted to be of the second class.
            if (i == 0 || i == sorted.Length || sorted[i] > sorted[i - 1])
            {
                float threshold = Between(i == 0 ? 0 : sorted[i - 1], i == sorted.Length ? 1 : sorted[i]);
                double value = Value(metric, found, falseAlarms, positives, negatives);
                if (
                    value > best.Value
                    || (value == best.Value && Math.Abs(threshold - Default) < Math.Abs(best.Threshold - Default))
                )
                    best = (value, threshold);
            }
            if (i == sorted.Length)
                break;
            if (sortedLabels[i] == 1)
                found--;
            else
                falseAlarms--;
        }
        return best.Threshold;
    }

    /// <summary>0.5 where it lies between both scores, for there is no reason to leave it; else the middle.</summary>
    private static float Between(float below, float above) =>
        below < Default && Default <= above ? Default
        : below + (above - below) / 2 is var middle && middle > below ? middle
        : above;

    private static double Value(ThresholdMetric metric, int found, int falseAlarms, int positives, int negatives)
    {
        int missed = positives - found,
            rejected = negatives - falseAlarms;
        return metric switch
        {
            ThresholdMetric.Accuracy => Ratio(found + rejected, positives + negatives),
            ThresholdMetric.F1 => F1(found, falseAlarms, missed),
            ThresholdMetric.MacroF1 => (F1(found, falseAlarms, missed) + F1(rejected, missed, falseAlarms)) / 2,
            _ => (Ratio(found, positives) + Ratio(rejected, negatives)) / 2,
        };
    }

    private static double F1(int right, int falseAlarms, int missed) =>
        Ratio(2 * right, 2 * right + falseAlarms + missed);

    private static double Ratio(int part, int whole) => whole == 0 ? 0 : (double)part / whole;
}
