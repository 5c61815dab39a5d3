namespace Firn.Evaluation;

/// <summary>How one class fared.</summary>
/// <param name="Name">The class's name.</param>
/// <param name="Precision">
/// Share of the texts given this class that have it, in [0, 1]; 0 when none was given it.
/// </param>
/// <param name="Recall">Share of the texts of this class that were given it, in [0, 1]; 0 when there are none.</param>
/// <param name="F1">Harmonic mean of precision and recall; 0 when both are 0.</param>
/// <param name="Support">Number of texts that have this class.</param>
public sealed record ClassMetrics(string Name, double Precision, double Recall, double F1, int Support);

/// <summary>One bin of a reliability diagram.</summary>
/// <param name="Low">Lower edge; exclusive, except that the first bin includes 0.</param>
/// <param name="High">Upper edge, inclusive.</param>
/// <param name="Count">Texts whose confidence lies in the bin.</param>
/// <param name="MeanConfidence">Their mean confidence; 0 in an empty bin.</param>
/// <param name="Observed">How often they are what the model says, in [0, 1]; 0 in an empty bin.</param>
public readonly record struct ReliabilityBin(
    double Low,
    double High,
    int Count,
    double MeanConfidence,
    double Observed
);

/// <summary>
/// All that Firn measures of a classifier on labeled texts. The figures equal scikit-learn's
/// (<c>classification_report</c>, <c>roc_auc_score</c>, <c>roc_curve</c>, <c>confusion_matrix</c>, <c>log_loss</c>,
/// <c>brier_score_loss</c>, <c>calibration_curve</c>).
/// </summary>
public sealed record EvaluationReport
{
    /// <summary>Number of texts.</summary>
    public required int Count { get; init; }

    /// <summary>Mean cross-entropy in nats; probabilities are clipped to [1e-7, 1 - 1e-7] as Keras does.</summary>
    public required double Loss { get; init; }

    /// <summary>
    /// Share of texts whose most probable class (with two classes: score at least 0.5) is the true one.
    /// </summary>
    public required double Accuracy { get; init; }

    /// <summary>Figures of each class, in the order of the labels.</summary>
    public required IReadOnlyList<ClassMetrics> PerClass { get; init; }

    /// <summary>Unweighted mean precision of the classes that occur among the labels or the predictions.</summary>
    public required double MacroPrecision { get; init; }

    /// <summary>Unweighted mean recall of the classes that occur (TweetEval's measure for sentiment).</summary>
    public required double MacroRecall { get; init; }

    /// <summary>Unweighted mean F1 of the classes that occur.</summary>
    public required double MacroF1 { get; init; }

    /// <summary>Mean precision, each class weighted by its support.</summary>
    public required double WeightedPrecision { get; init; }

    /// <summary>Mean recall, weighted by support; equals the accuracy.</summary>
    public required double WeightedRecall { get; init; }

    /// <summary>Mean F1, weighted by support.</summary>
    public required double WeightedF1 { get; init; }

    /// <summary>
    /// Area under the ROC curve of the positive (second) class; with more classes the unweighted mean of each class
    /// against the rest. Null where it is not defined: some class has no text, or all have it.
    /// </summary>
    public required double? RocAuc { get; init; }

    /// <summary>The ROC curve of the positive class, or with more classes one a class, in label order.</summary>
    public required IReadOnlyList<RocCurve> RocCurves { get; init; }

    /// <summary>
    /// [C][C] counts: row = true class, column = predicted class. Empty where a text may have several classes.
    /// </summary>
    public required IReadOnlyList<int[]> Confusion { get; init; }

    /// <summary>
    /// Expected calibration error over <see cref="Reliability"/>: sum over bins of count / N * |observed - mean
    /// confidence| (Naeini, Cooper, Hauskrecht 2015; Guo et al. 2017, equation 3).
    /// </summary>
    public required double CalibrationError { get; init; }

    /// <summary>
    /// The bins of the reliability diagram, ten of equal width. With two classes the confidence is the probability of
    /// the positive class and <c>Observed</c> its frequency; with more, the top class's probability and accuracy.
    /// </summary>
    public required IReadOnlyList<ReliabilityBin> Reliability { get; init; }

    /// <summary>
    /// Brier score. Two classes: mean of (p - y)^2 for the positive class, in [0, 1]; more: mean over texts of the sum
    /// over classes of (p_c - y_c)^2, in [0, 2] (Brier 1950).
    /// </summary>
    public required double Brier { get; init; }

    /// <summary>
    /// How far accuracy, macro F1 and ROC AUC would move with other texts; null where it was not measured.
    /// </summary>
    public EvaluationIntervals? Intervals { get; init; }

    /// <summary>
    /// Figures over all decisions, where a text may have any number of classes; null where it has one.
    /// </summary>
    public MultiLabelFigures? MultiLabel { get; init; }
}
