namespace Firn.Linear;

/// <summary>Settings of the logistic regression; names and defaults are scikit-learn's.</summary>
internal sealed record LogisticRegressionOptions
{
    /// <summary>
    /// Weight of the data against the penalty, C: large values fit the training texts more closely; above 0.
    /// </summary>
    public double InversePenalty { get; init; } = 1;

    /// <summary>
    /// Training stops when the gradient's norm has fallen below this share of its norm at zero weights; in (0, 1).
    /// </summary>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>Most Newton steps; at least 1.</summary>
    public int MaxSteps { get; init; } = 50;

    /// <summary>
    /// Multiplies each feature by its log-count ratio (<see cref="LogCountRatios"/>): what naive Bayes finds telling is
    /// penalised less.
    /// </summary>
    public bool NaiveBayes { get; init; }

    public void Validate()
    {
        Throw.IfNotPositive(InversePenalty);
        Throw.IfOutside(Tolerance, double.Epsilon, 1);
        Throw.IfNotPositive(MaxSteps);
    }
}
