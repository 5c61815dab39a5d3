using Firn.Data;

namespace Firn.Evaluation;

/// <summary>What is measured beside the figures of each class where a text may have any number of classes.</summary>
/// <param name="MicroPrecision">Of all classes given to all texts, the share that is right.</param>
/// <param name="MicroRecall">Of all classes that all texts have, the share that was given.</param>
/// <param name="MicroF1">Harmonic mean of both.</param>
/// <param name="HammingLoss">Share of the decisions (a text, a class) that are wrong.</param>
public sealed record MultiLabelFigures(double MicroPrecision, double MicroRecall, double MicroF1, double HammingLoss);

/// <summary>
/// Measures probabilities of classes by themselves against sets of labels. The figures equal scikit-learn's on
/// indicator matrices (<c>f1_score(average="micro")</c>, <c>"macro"</c>, <c>accuracy_score</c>, <c>hamming_loss</c>).
/// </summary>
public static class MultiLabelEvaluation
{
    /// <summary>
    /// The report: accuracy is the share of texts whose classes are all right; the loss is the mean over the classes;
    /// ROC AUC the mean of the classes that have one; Brier score, calibration error and reliability are of all
    /// decisions (a text, a class) together; there is no confusion matrix.
    /// </summary>
    /// <param name="probabilities">[N,C].</param>
    /// <param name="labels">[N] numbers of sets.</param>
    /// <param name="sets">The sets.</param>
    /// <param name="classNames">The C names.</param>
    /// <param name="threshold">The probability from which a text has a class.</param>
    public static EvaluationReport Evaluate(
        float[] probabilities,
        int[] labels,
        LabelSets sets,
        IReadOnlyList<string> classNames,
        float threshold = DecisionThreshold.Default
    )
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(sets);
        ArgumentNullException.ThrowIfNull(classNames);
        int classes = sets.Classes;
        Throw.IfLengthDiffers(classNames.Count, classes, nameof(classNames));
        Throw.IfLengthDiffers(probabilities.Length, (long)labels.Length * classes, nameof(probabilities));
        EvaluationReport[] each =
        [
            .. Enumerable
                .Range(0, classes)
                .Select(c =>
                    SingleLabelEvaluation.Evaluate(
                        Column(probabilities, c, classes),
                        sets.Of(labels, c),
                        [$"not {classNames[c]}", classNames[c]],
                        threshold
                    )
                ),
        ];
        EvaluationReport all = SingleLabelEvaluation.Evaluate(
            probabilities,
            Decisions(labels, sets),
            ["no", "yes"],
            threshold
        );
        ClassMetrics[] perClass = [.. each.Select(report => report.PerClass[1])];
        RocCurve[] curves = [.. each.SelectMany(report => report.RocCurves)];
        ClassMetrics together = all.PerClass[1];
        int texts = perClass.Sum(m => m.Support);
        return new EvaluationReport
        {
            Count = labels.Length,
            Loss = all.Loss,
            Accuracy = AllRight(probabilities, labels, sets, threshold),
            PerClass = perClass,
            MacroPrecision = perClass.Average(m => m.Precision),
            MacroRecall = perClass.Average(m => m.Recall),
            MacroF1 = perClass.Average(m => m.F1),
            WeightedPrecision = Weighted(m => m.Precision),
            WeightedRecall = Weighted(m => m.Recall),
            WeightedF1 = Weighted(m => m.F1),
            RocAuc = curves.Length == 0 ? null : curves.Average(c => c.Area),
            RocCurves = curves,
            Confusion = [],
            CalibrationError = all.CalibrationError,
            Reliability = all.Reliability,
            Brier = all.Brier,
            MultiLabel = new MultiLabelFigures(together.Precision, together.Recall, together.F1, 1 - all.Accuracy),
        };

        double Weighted(Func<ClassMetrics, double> figure) =>
            texts == 0 ? 0 : perClass.Sum(m => figure(m) * m.Support) / texts;
    }

    /// <summary>The two figures that training watches.</summary>
    internal static LossAndAccuracy LossAndAccuracy(float[] probabilities, int[] labels, LabelSets sets) =>
        new(
            SingleLabelEvaluation.LossAndAccuracy(probabilities, 1, Decisions(labels, sets)).Loss,
            AllRight(probabilities, labels, sets, DecisionThreshold.Default)
        );

    /// <summary>For each text and class 1 where the text has it, else 0, [N,C].</summary>
    internal static int[] Decisions(int[] labels, LabelSets sets)
    {
        var decisions = new int[labels.Length * sets.Classes];
        for (int i = 0; i < labels.Length; i++)
        {
            ReadOnlySpan<bool> has = sets[labels[i]];
            for (int c = 0; c < has.Length; c++)
                decisions[i * has.Length + c] = has[c] ? 1 : 0;
        }
        return decisions;
    }

    private static double AllRight(float[] probabilities, int[] labels, LabelSets sets, float threshold)
    {
        int right = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            ReadOnlySpan<bool> has = sets[labels[i]];
            bool all = true;
            for (int c = 0; c < has.Length; c++)
                all &= probabilities[i * has.Length + c] >= threshold == has[c];
            right += all ? 1 : 0;
        }
        return labels.Length == 0 ? 0 : (double)right / labels.Length;
    }

    private static float[] Column(float[] probabilities, int c, int classes)
    {
        var column = new float[probabilities.Length / classes];
        for (int i = 0; i < column.Length; i++)
            column[i] = probabilities[i * classes + c];
        return column;
    }
}
