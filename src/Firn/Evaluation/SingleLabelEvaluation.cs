namespace Firn.Evaluation;

/// <summary>Measures predicted probabilities against labels.</summary>
public static class SingleLabelEvaluation
{
    private const double Epsilon = 1e-7;
    private const int BinCount = 10;

    /// <summary>Every figure of <see cref="EvaluationReport"/>.</summary>
    /// <param name="probabilities">
    /// [N, K] row by row. Two classes: K = 1, the probability of the second class. C > 2 classes: K = C, rows that sum
    /// to 1.
    /// </param>
    /// <param name="labels">[N] true classes in [0, C).</param>
    /// <param name="classNames">The C names, at least two.</param>
    /// <param name="threshold">With two classes, the score from which the second is predicted.</param>
    /// <exception cref="ArgumentException">
    /// The sizes do not fit, a probability is outside [0, 1] or a label outside [0, C).
    /// </exception>
    public static EvaluationReport Evaluate(
        ReadOnlySpan<float> probabilities,
        ReadOnlySpan<int> labels,
        IReadOnlyList<string> classNames,
        float threshold = DecisionThreshold.Default
    )
    {
        ArgumentNullException.ThrowIfNull(classNames);
        Throw.IfOutside(classNames.Count, 2, int.MaxValue, "number of classes");
        int columns = classNames.Count == 2 ? 1 : classNames.Count;
        Throw.IfLengthDiffers(probabilities.Length, (long)labels.Length * columns, nameof(probabilities));
        for (int i = 0; i < probabilities.Length; i++)
        {
            // The name is made only for the error: with thousands of classes there are millions of values.
            if (!(probabilities[i] is >= 0f and <= 1f))
                Throw.IfOutside(probabilities[i], 0f, 1f, $"probabilities[{i}]");
        }

        var confusion = new ConfusionMatrix(labels, PredictedClasses(probabilities, columns, threshold), classNames);
        IReadOnlyList<RocCurve?> curves = Curves(probabilities, columns, labels, classNames);
        ReliabilityBin[] bins = Bins(probabilities, columns, labels);
        return new EvaluationReport
        {
            Count = labels.Length,
            Loss = CrossEntropy(probabilities, columns, labels),
            Accuracy = confusion.Accuracy,
            PerClass = confusion.PerClass,
            MacroPrecision = confusion.MacroAverage(m => m.Precision),
            MacroRecall = confusion.MacroAverage(m => m.Recall),
            MacroF1 = confusion.MacroAverage(m => m.F1),
            WeightedPrecision = confusion.WeightedAverage(m => m.Precision),
            WeightedRecall = confusion.WeightedAverage(m => m.Recall),
            WeightedF1 = confusion.WeightedAverage(m => m.F1),
            RocAuc = curves.Any(c => c is null) ? null : curves.Average(c => c!.Area),
            RocCurves = [.. curves.OfType<RocCurve>()],
            Confusion = confusion.Counts,
            CalibrationError =
                labels.Length == 0
                    ? 0
                    : bins.Sum(b => b.Count * Math.Abs(b.Observed - b.MeanConfidence)) / labels.Length,
            Reliability = bins,
            Brier = BrierScore(probabilities, columns, labels),
        };
    }

    /// <summary>
    /// The class of each row: with one column the second from the threshold on, else the first of the largest
    /// probabilities.
    /// </summary>
    /// <param name="probabilities">[N, K] row by row.</param>
    /// <param name="columns">K: 1 for two classes, else the number of classes.</param>
    /// <param name="threshold">The score from which the second of two classes is predicted.</param>
    public static int[] PredictedClasses(
        ReadOnlySpan<float> probabilities,
        int columns,
        float threshold = DecisionThreshold.Default
    )
    {
        Throw.IfNotPositive(columns);
        var classes = new int[probabilities.Length / columns];
        for (int i = 0; i < classes.Length; i++)
            classes[i] = Decision.ClassOf(probabilities.Slice(i * columns, columns), threshold);
        return classes;
    }

    /// <summary>The two figures that training watches.</summary>
    internal static LossAndAccuracy LossAndAccuracy(
        ReadOnlySpan<float> probabilities,
        int columns,
        ReadOnlySpan<int> labels
    )
    {
        int correct = 0;
        for (int i = 0; i < labels.Length; i++)
            correct += Decision.ClassOf(probabilities.Slice(i * columns, columns)) == labels[i] ? 1 : 0;
        return new(
            CrossEntropy(probabilities, columns, labels),
            labels.Length == 0 ? 0 : (double)correct / labels.Length
        );
    }

    private static double CrossEntropy(ReadOnlySpan<float> probabilities, int columns, ReadOnlySpan<int> labels)
    {
        double sum = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            double p =
                columns > 1 ? probabilities[i * columns + labels[i]]
                : labels[i] == 1 ? probabilities[i]
                : 1.0 - probabilities[i];
            sum -= Math.Log(Math.Clamp(p, Epsilon, 1 - Epsilon));
        }
        return labels.Length == 0 ? 0 : sum / labels.Length;
    }

    private static double BrierScore(ReadOnlySpan<float> probabilities, int columns, ReadOnlySpan<int> labels)
    {
        double sum = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            for (int c = 0; c < columns; c++)
            {
                bool hit = columns == 1 ? labels[i] == 1 : labels[i] == c;
                double difference = probabilities[i * columns + c] - (hit ? 1.0 : 0.0);
                sum += difference * difference;
            }
        }
        return labels.Length == 0 ? 0 : sum / labels.Length;
    }

    private static RocCurve?[] Curves(
        ReadOnlySpan<float> probabilities,
        int columns,
        ReadOnlySpan<int> labels,
        IReadOnlyList<string> classNames
    )
    {
        var curves = new RocCurve?[columns];
        var scores = new float[labels.Length];
        var positive = new bool[labels.Length];
        for (int c = 0; c < columns; c++)
        {
            int positiveClass = columns == 1 ? 1 : c;
            for (int i = 0; i < labels.Length; i++)
            {
                scores[i] = probabilities[i * columns + c];
                positive[i] = labels[i] == positiveClass;
            }
            curves[c] = RocCurve.From(classNames[positiveClass], scores, positive);
        }
        return curves;
    }

    private static ReliabilityBin[] Bins(ReadOnlySpan<float> probabilities, int columns, ReadOnlySpan<int> labels)
    {
        var count = new int[BinCount];
        var confidence = new double[BinCount];
        var hits = new int[BinCount];
        for (int i = 0; i < labels.Length; i++)
        {
            ReadOnlySpan<float> row = probabilities.Slice(i * columns, columns);
            int top = columns == 1 ? 0 : Decision.ClassOf(row);
            int bin = BinOf(row[top]);
            count[bin]++;
            confidence[bin] += row[top];
            hits[bin] += (columns == 1 ? labels[i] == 1 : labels[i] == top) ? 1 : 0;
        }
        var bins = new ReliabilityBin[BinCount];
        for (int b = 0; b < BinCount; b++)
        {
            double n = Math.Max(count[b], 1);
            bins[b] = new ReliabilityBin(Edge(b), Edge(b + 1), count[b], confidence[b] / n, hits[b] / n);
        }
        return bins;
    }

    private static double Edge(int bin) => bin * (1.0 / BinCount);

    /// <summary>The bin whose (low, high] holds the value: the number of inner edges below it.</summary>
    private static int BinOf(double value)
    {
        int bin = 0;
        while (bin < BinCount - 1 && value > Edge(bin + 1))
            bin++;
        return bin;
    }
}
