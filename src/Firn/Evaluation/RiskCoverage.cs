using Firn.Numerics;

namespace Firn.Evaluation;

/// <summary>What happens when a model keeps silent below some confidence.</summary>
/// <param name="Threshold">
/// Confidence (the top class's probability) from which it answers; above 1 it never does.
/// </param>
/// <param name="Coverage">Share of the texts it answers, in [0, 1].</param>
/// <param name="Error">Share of its answers that are wrong; 0 when it gives none.</param>
public readonly record struct AbstentionPoint(double Threshold, double Coverage, double Error);

/// <summary>
/// The trade of answers for errors: texts in order of falling confidence, and how many of the first n are wrong
/// (El-Yaniv, Wiener 2010, "On the foundations of noise-free selective classification").
/// </summary>
public sealed class RiskCoverage
{
    private readonly (float Confidence, bool Wrong)[] _texts;

    /// <summary>Measures.</summary>
    /// <param name="probabilities">[N,K] row by row; K = 1 for two classes.</param>
    /// <param name="columns">K.</param>
    /// <param name="labels">[N].</param>
    /// <param name="threshold">The score from which the second of two classes is predicted.</param>
    public RiskCoverage(
        ReadOnlySpan<float> probabilities,
        int columns,
        ReadOnlySpan<int> labels,
        float threshold = DecisionThreshold.Default
    )
    {
        Throw.IfNotPositive(columns);
        Throw.IfLengthDiffers(probabilities.Length, (long)labels.Length * columns);
        _texts = new (float, bool)[labels.Length];
        for (int i = 0; i < _texts.Length; i++)
        {
            ReadOnlySpan<float> row = probabilities.Slice(i * columns, columns);
            _texts[i] = (ConfidenceOf(row, threshold), Decision.ClassOf(row, threshold) != labels[i]);
        }
        Array.Sort(_texts, (a, b) => b.Confidence.CompareTo(a.Confidence));
    }

    /// <summary>The probability of the class that the row says.</summary>
    public static float ConfidenceOf(ReadOnlySpan<float> row, float threshold = DecisionThreshold.Default)
    {
        int c = Decision.ClassOf(row, threshold);
        return Decision.ProbabilityOf(c, row);
    }

    /// <summary>The most answers of which no larger share than this is wrong.</summary>
    /// <param name="most">In [0, 1].</param>
    public AbstentionPoint AtError(double most)
    {
        Throw.IfOutside(most, 0, 1);
        return Best((answered, wrong) => wrong <= most * answered ? answered : -1);
    }

    /// <summary>
    /// The most answers of which, with this confidence, no larger share is wrong on other texts of the kind: the exact
    /// upper limit of the share (Clopper, Pearson 1934) keeps to it.
    /// </summary>
    /// <param name="most">In [0, 1].</param>
    /// <param name="confidence">
    /// In [0, 1); of one threshold; that the best of many is chosen makes it somewhat less.
    /// </param>
    public AbstentionPoint AtError(double most, double confidence)
    {
        Throw.IfOutside(most, 0, 1);
        Throw.IfOutside(confidence, 0, 0.999999);
        return Best(
            (answered, wrong) =>
                answered == 0 ? 0
                : wrong <= most * answered && BetaDistribution.Binomial(wrong, answered, most) <= 1 - confidence
                    ? answered
                : -1
        );
    }

    /// <summary>The least cost, where an error costs 1.</summary>
    /// <param name="silence">What keeping silent costs, in [0, 1].</param>
    public AbstentionPoint AtCost(double silence)
    {
        Throw.IfOutside(silence, 0, 1);
        return Best((answered, wrong) => -(wrong + silence * (_texts.Length - answered)));
    }

    /// <summary>
    /// The point with the highest value; of equals the one with more answers. Equal confidences are answered together.
    /// </summary>
    private AbstentionPoint Best(Func<int, int, double> value)
    {
        double best = value(0, 0);
        var point = new AbstentionPoint(1.01, 0, 0);
        int wrong = 0;
        for (int i = 0; i < _texts.Length; i++)
        {
            wrong += _texts[i].Wrong ? 1 : 0;
            bool tied = i + 1 < _texts.Length && _texts[i + 1].Confidence == _texts[i].Confidence;
            if (tied || value(i + 1, wrong) < best)
                continue;
            best = value(i + 1, wrong);
            point = new AbstentionPoint(_texts[i].Confidence, (i + 1.0) / _texts.Length, wrong / (i + 1.0));
        }
        return point;
    }
}
