namespace Firn.Tuning;

/// <summary>What a search found.</summary>
/// <param name="Trials">
/// All trials on parts of the texts, the best first: those on more texts before others, then by loss.
/// </param>
/// <param name="Finalists">
/// The preset, then the best candidates by loss, all on the same folds; empty where the time did not suffice.
/// </param>
/// <param name="Folds">Folds that every finalist was measured on; of <see cref="SuccessiveHalving.Folds"/>.</param>
public sealed record TuningResult(IReadOnlyList<TuningTrial> Trials, IReadOnlyList<Finalist> Finalists, int Folds)
{
    /// <summary>
    /// The finalist with the least loss that beats the preset beyond chance; null where none does, and the preset stays
    /// best.
    /// </summary>
    public Finalist? Winner => Finalists.Skip(1).Where(f => f.BeatsPreset).MinBy(f => f.Loss);
}

/// <summary>A candidate on all texts, beside the preset on the same folds.</summary>
/// <param name="Candidate">Its number; 0 is the preset.</param>
/// <param name="Options">What differs from the preset, as options of <c>firn train</c>.</param>
/// <param name="Accuracy">Mean over the folds.</param>
/// <param name="Loss">Mean cross-entropy over the folds.</param>
/// <param name="AccuracyGain">Accuracy less the preset's.</param>
/// <param name="LossGain">Loss less the preset's; below 0 is better.</param>
public sealed record Finalist(
    int Candidate,
    string Options,
    double Accuracy,
    double Loss,
    FoldDifference AccuracyGain,
    FoldDifference LossGain
)
{
    /// <summary>The whole interval of the loss lies below the preset's, and the accuracy is not surely lower.</summary>
    public bool BeatsPreset => LossGain.High < 0 && !(AccuracyGain.High < 0);
}

/// <summary>
/// A mean difference over folds with its 95 percent interval, which is not a number with fewer than two folds.
/// </summary>
/// <param name="Mean">Mean of the differences.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public readonly record struct FoldDifference(double Mean, double Low, double High)
{
    // Student's t, 97.5 percent, for 1 to 9 degrees of freedom.
    private static readonly double[] Quantiles = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

    /// <summary>
    /// Of differences by fold. Training parts overlap, so the plain t interval would be too narrow: the variance is
    /// scaled by 1/k + test/train (Nadeau, Bengio 2003, "Inference for the generalization error").
    /// </summary>
    internal static FoldDifference Of(IReadOnlyList<double> differences, double testOverTrain)
    {
        int count = differences.Count;
        double mean = differences.Average();
        if (count < 2)
            return new FoldDifference(mean, double.NaN, double.NaN);
        double variance = differences.Sum(d => (d - mean) * (d - mean)) / (count - 1);
        double half =
            Quantiles[Math.Min(count - 1, Quantiles.Length) - 1] * Math.Sqrt((1.0 / count + testOverTrain) * variance);
        return new FoldDifference(mean, mean - half, mean + half);
    }
}
