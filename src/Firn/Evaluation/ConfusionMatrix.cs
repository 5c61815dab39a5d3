namespace Firn.Evaluation;

/// <summary>Counts of true against predicted classes, and the precision, recall and F1 that follow from them.</summary>
public sealed class ConfusionMatrix
{
    private readonly int[][] _counts;

    /// <summary>Counts pairs of true and predicted class.</summary>
    /// <param name="labels">True classes, each in [0, C).</param>
    /// <param name="predicted">Predicted classes, as many, each in [0, C).</param>
    /// <param name="classNames">The C names.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a class lies outside [0, C).</exception>
    public ConfusionMatrix(ReadOnlySpan<int> labels, ReadOnlySpan<int> predicted, IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(classNames);
        Throw.IfLengthDiffers(predicted.Length, labels.Length, nameof(predicted));
        int classes = classNames.Count;
        Throw.IfNotPositive(classes, nameof(classNames));
        _counts = new int[classes][];
        for (int c = 0; c < classes; c++)
            _counts[c] = new int[classes];
        for (int i = 0; i < labels.Length; i++)
        {
            Throw.IfOutside(labels[i], 0, classes - 1, $"labels[{i}]");
            Throw.IfOutside(predicted[i], 0, classes - 1, $"predicted[{i}]");
            _counts[labels[i]][predicted[i]]++;
        }
        Total = labels.Length;
        PerClass = [.. Enumerable.Range(0, classes).Select(c => MetricsOf(c, classNames[c]))];
    }

    /// <summary>[C][C]: row = true class, column = predicted class.</summary>
    public IReadOnlyList<int[]> Counts => _counts;

    /// <summary>Number of texts.</summary>
    public int Total { get; }

    /// <summary>Precision, recall, F1 and support of each class.</summary>
    public IReadOnlyList<ClassMetrics> PerClass { get; }

    /// <summary>Share on the diagonal; 0 without texts.</summary>
    public double Accuracy =>
        Total == 0 ? 0 : (double)Enumerable.Range(0, _counts.Length).Sum(c => _counts[c][c]) / Total;

    /// <summary>
    /// Unweighted mean over the classes that occur among labels or predictions, as scikit-learn takes it; a class that
    /// occurs in neither says nothing about the classifier.
    /// </summary>
    public double MacroAverage(Func<ClassMetrics, double> figure)
    {
        ArgumentNullException.ThrowIfNull(figure);
        return PerClass
            .Where((m, c) => m.Support > 0 || PredictedCount(c) > 0)
            .Select(figure)
            .DefaultIfEmpty(0)
            .Average();
    }

    /// <summary>Mean over the classes, weighted by support; 0 without texts.</summary>
    public double WeightedAverage(Func<ClassMetrics, double> figure)
    {
        ArgumentNullException.ThrowIfNull(figure);
        return Total == 0 ? 0 : PerClass.Sum(m => figure(m) * m.Support) / Total;
    }

    private int PredictedCount(int c) => _counts.Sum(row => row[c]);

    private ClassMetrics MetricsOf(int c, string name)
    {
        int hits = _counts[c][c],
            predicted = PredictedCount(c),
            support = _counts[c].Sum();
        return new ClassMetrics(
            name,
            Ratio(hits, predicted),
            Ratio(hits, support),
            Ratio(2.0 * hits, predicted + support),
            support
        );
    }

    private static double Ratio(double part, int whole) => whole == 0 ? 0 : part / whole;
}
