using Firn.Kernels;

namespace Firn.Evaluation;

/// <summary>Both ends of a 95% interval.</summary>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public readonly record struct Interval(double Low, double High);

/// <summary>
/// How far figures would move with other test texts: 95% intervals by the percentile bootstrap, 1,000 draws of as many
/// texts with replacement (Efron 1979). They know the chance of the texts, not that of training with another seed.
/// </summary>
/// <param name="Accuracy">Of the accuracy.</param>
/// <param name="MacroF1">Of the macro F1.</param>
/// <param name="RocAuc">Of the ROC AUC; null where it is not defined.</param>
public sealed record EvaluationIntervals(Interval Accuracy, Interval MacroF1, Interval? RocAuc)
{
    private const int Draws = 1000,
        MaxForArea = 20,
        Seed = 7;
    private const double Tail = 0.025;

    /// <summary>Draws and measures; the result depends on the texts alone, not on the threads.</summary>
    /// <param name="probabilities">[N,K] as for <see cref="SingleLabelEvaluation.Evaluate"/>.</param>
    /// <param name="labels">[N] in [0, classes).</param>
    /// <param name="classes">At least 2; of more than 20 the area has no interval.</param>
    /// <param name="threshold">The score from which the second of two classes is given.</param>
    /// <param name="threads">Threads to use; 0 for all.</param>
    /// <returns>The intervals; null without texts.</returns>
    public static EvaluationIntervals? Of(
        float[] probabilities,
        int[] labels,
        int classes,
        float threshold = DecisionThreshold.Default,
        int threads = 0
    )
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        ArgumentNullException.ThrowIfNull(labels);
        int n = labels.Length,
            columns = classes == 2 ? 1 : classes;
        Throw.IfLengthDiffers(probabilities.Length, (long)n * columns, nameof(probabilities));
        if (n == 0)
            return null;
        var given = new int[n];
        for (int i = 0; i < n; i++)
            given[i] = Decision.ClassOf(probabilities.AsSpan(i * columns, columns), threshold);
        int[][] orders =
            classes > MaxForArea ? [] : [.. Enumerable.Range(0, columns).Select(c => Order(probabilities, columns, c))];
        var drawn = new (double Accuracy, double F1, double Area)[Draws];
        var random = new CounterRandom(Seed);
        Workers.Run(
            Draws,
            threads > 0 ? threads : Environment.ProcessorCount,
            (draw, _) =>
            {
                CounterRandom own = random.Derive((ulong)draw);
                var times = new int[n];
                for (int i = 0; i < n; i++)
                    times[own.Below((ulong)i, n)]++;
                (double accuracy, double f1) = Figures(times, labels, given, classes);
                double[] areas =
                [
                    .. orders.Select(
                        (order, c) =>
                            Area(order, times, (probabilities, columns, c), i => labels[i] == (columns == 1 ? 1 : c))
                    ),
                ];
                drawn[draw] = (accuracy, f1, areas.Length == 0 ? double.NaN : areas.Average());
            }
        );
        return new EvaluationIntervals(
            Ends(drawn.Select(d => d.Accuracy))!.Value,
            Ends(drawn.Select(d => d.F1))!.Value,
            Ends(drawn.Select(d => d.Area))
        );
    }

    private static int[] Order(float[] probabilities, int columns, int c)
    {
        int[] order = [.. Enumerable.Range(0, probabilities.Length / columns)];
        Array.Sort([.. order.Select(i => probabilities[i * columns + c])], order);
        return order;
    }

    private static (double Accuracy, double F1) Figures(int[] times, int[] labels, int[] given, int classes)
    {
        var right = new double[classes];
        var either = new double[classes]; // texts of the class and texts given it
        double hits = 0;
        for (int i = 0; i < times.Length; i++)
        {
            either[labels[i]] += times[i];
            either[given[i]] += times[i];
            if (labels[i] == given[i])
                (right[labels[i]], hits) = (right[labels[i]] + times[i], hits + times[i]);
        }
        double sum = 0;
        int met = 0;
        for (int c = 0; c < classes; c++)
        {
            if (either[c] > 0)
                (sum, met) = (sum + 2 * right[c] / either[c], met + 1);
        }
        return (hits / times.Length, sum / met);
    }

    /// <summary>
    /// The chance that a positive scores above a negative, ties counting half; NaN where one of the two is missing.
    /// </summary>
    private static double Area(
        int[] order,
        int[] times,
        (float[] Values, int Columns, int Column) scores,
        Func<int, bool> positive
    )
    {
        double below = 0,
            area = 0,
            positives = 0;
        for (int from = 0, to; from < order.Length; from = to)
        {
            double tiedPositives = 0,
                tiedNegatives = 0;
            for (to = from; to < order.Length && Score(order[to]) == Score(order[from]); to++)
            {
                if (positive(order[to]))
                    tiedPositives += times[order[to]];
                else
                    tiedNegatives += times[order[to]];
            }
            area += tiedPositives * (below + tiedNegatives / 2);
            (below, positives) = (below + tiedNegatives, positives + tiedPositives);
        }
        return area / (positives * below);

        float Score(int text) => scores.Values[text * scores.Columns + scores.Column];
    }

    private static Interval? Ends(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Where(double.IsFinite).Order()];
        return sorted.Length == 0 ? null : new Interval(At(sorted, Tail), At(sorted, 1 - Tail));
    }

    private static double At(double[] sorted, double share)
    {
        double at = share * (sorted.Length - 1);
        int below = (int)at;
        return below + 1 == sorted.Length
            ? sorted[below]
            : sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]);
    }
}
