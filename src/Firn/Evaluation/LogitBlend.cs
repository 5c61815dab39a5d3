namespace Firn.Evaluation;

/// <summary>
/// Joins the logits of models into one set, z = sum_m s_m z_m + c with s_m >= 0, so that the cross-entropy of labeled
/// texts, which the models have not seen, is least. With one model s is the inverse temperature of Guo et al. 2017 ("On
/// calibration of modern neural networks", equation 9); with two classes c is Platt's shift, with more there is none.
/// Stacking with weights that are not negative: Breiman 1996, "Stacked regressions".
/// </summary>
/// <param name="Scales">[M] s of each model, 0 or more.</param>
/// <param name="Bias">c; 0 with more than two classes.</param>
public sealed record LogitBlend(IReadOnlyList<double> Scales, double Bias)
{
    private const int MaxSteps = 50;
    private const double Epsilon = 1e-7; // Evaluation's, and Keras'
    private const double Ridge = 1e-6;
    private const int MaxModels = 8,
        Folds = 5,
        FewestTexts = 20,
        ManyTexts = 5000;

    // Texts that the start counts as much as; tried from the start alone to next to none.
    private static readonly double[] Strengths = [1000, 300, 100, 30, 10, 3, 1];

    /// <summary>Fits scales and shift by Newton's method; the loss is convex in them.</summary>
    /// <param name="logits">Of each model, [N,K]; K = 1 for two classes.</param>
    /// <param name="labels">[N].</param>
    /// <param name="k">K.</param>
    /// <param name="start">Where the fit is drawn to; null for nowhere.</param>
    /// <param name="strength">
    /// How strongly: adds strength / (2 N) times the squared distance from the start to the mean loss; 0 or more.
    /// </param>
    /// <exception cref="ArgumentException">There is no model or no text, or the sizes do not fit.</exception>
    public static LogitBlend Fit(
        IReadOnlyList<float[]> logits,
        ReadOnlySpan<int> labels,
        int k,
        LogitBlend? start = null,
        double strength = 0
    )
    {
        ArgumentNullException.ThrowIfNull(logits);
        Throw.IfOutside(logits.Count, 1, MaxModels, "number of models");
        Throw.IfNotPositive(labels.Length, "number of texts");
        foreach (float[] model in logits)
            Throw.IfLengthDiffers(model.Length, (long)labels.Length * k, nameof(logits));
        if (start is not null)
            Throw.IfLengthDiffers(start.Scales.Count, logits.Count, nameof(start));
        int models = logits.Count,
            all = (1 << models) - 1;
        double[]? anchor =
            start is null ? null
            : k == 1 ? [.. start.Scales, start.Bias]
            : [.. start.Scales];
        var problem = new Problem(logits, labels.ToArray(), k, anchor, strength / labels.Length);
        (double Loss, double[] X) best = Minimum(problem, all);
        if (best.X.AsSpan(0, models).ContainsAnyInRange(double.NegativeInfinity, -double.Epsilon))
        {
            // The loss is convex, so the least one without negative scales is the least of those where some models are
            // left out.
            best = (double.PositiveInfinity, []);
            for (int kept = 0; kept < all; kept++)
            {
                (double loss, double[] x) = Minimum(problem, kept);
                if (
                    loss < best.Loss
                    && !x.AsSpan(0, models).ContainsAnyInRange(double.NegativeInfinity, -double.Epsilon)
                )
                    best = (loss, x);
            }
        }
        return new LogitBlend(best.X[..models], k == 1 ? best.X[^1] : 0);
    }

    /// <summary>
    /// Fits on few texts: drawn to a start as strongly as five folds of the texts say that it should be, and where no
    /// fit is better than the start on texts that it has not seen, by more than chance (<see cref="PairedLoss"/>), the
    /// start itself.
    /// </summary>
    /// <param name="logits">
    /// Of each model, [N,K]; K = 1 for two classes. Texts may stand in any order that the labels do not follow from.
    /// </param>
    /// <param name="labels">[N].</param>
    /// <param name="k">K.</param>
    /// <param name="start">A sensible blend.</param>
    /// <returns>The blend, and the probabilities [N,K] that fits without a text's fold give it.</returns>
    public static (LogitBlend Blend, float[] Probabilities) FitToFew(
        IReadOnlyList<float[]> logits,
        ReadOnlySpan<int> labels,
        int k,
        LogitBlend start
    )
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(start);
        int n = labels.Length;
        float[] bestHeld = start.Probabilities(logits, k);
        if (n < FewestTexts)
            return (start, bestHeld);
        int[] truth = labels.ToArray();
        double[] strengths = n < ManyTexts ? Strengths : Strengths[^1..];
        float[][] held = [bestHeld, .. strengths.Select(strength => Held(logits, truth, k, start, strength))];
        int best = PairedLoss.Best([.. held.Select(scores => PairedLoss.Of(scores, truth, k))], 0);
        return (best == 0 ? start : Fit(logits, truth, k, start, strengths[best - 1]), held[best]);
    }

    /// <summary>Probabilities of each fold's texts by scales that were fitted on the others.</summary>
    private static float[] Held(IReadOnlyList<float[]> logits, int[] truth, int k, LogitBlend start, double strength)
    {
        var held = new float[truth.Length * k];
        for (int fold = 0; fold < Folds; fold++)
        {
            int[] inside = [.. Enumerable.Range(0, truth.Length).Where(i => i % Folds != fold)],
                outside = [.. Enumerable.Range(0, truth.Length).Where(i => i % Folds == fold)];
            LogitBlend fit = Fit(Rows(logits, inside, k), [.. inside.Select(i => truth[i])], k, start, strength);
            float[] scored = fit.Probabilities(Rows(logits, outside, k), k);
            for (int i = 0; i < outside.Length; i++)
                scored.AsSpan(i * k, k).CopyTo(held.AsSpan(outside[i] * k));
        }
        return held;
    }

    private static float[][] Rows(IReadOnlyList<float[]> logits, int[] texts, int k) =>
        [
            .. logits.Select(model =>
            {
                var rows = new float[texts.Length * k];
                for (int i = 0; i < texts.Length; i++)
                    model.AsSpan(texts[i] * k, k).CopyTo(rows.AsSpan(i * k));
                return rows;
            }),
        ];

    /// <summary>A mean loss to minimise.</summary>
    /// <param name="Logits">Of each model.</param>
    /// <param name="Labels">[N].</param>
    /// <param name="K">K.</param>
    /// <param name="Anchor">Where scales and shift are drawn to, or null.</param>
    /// <param name="Pull">How strongly.</param>
    private sealed record Problem(IReadOnlyList<float[]> Logits, int[] Labels, int K, double[]? Anchor, double Pull);

    /// <summary>The least loss where only the models of a bit mask have a scale.</summary>
    private static (double Loss, double[] X) Minimum(Problem problem, int kept)
    {
        (IReadOnlyList<float[]> logits, int[] labels, int k, _, _) = problem;
        int size = logits.Count + (k == 1 ? 1 : 0);
        var x = new double[size];
        for (int m = 0; m < logits.Count; m++)
            x[m] = (kept >> m & 1) == 0 ? 0 : 1.0 / logits.Count;
        double loss = Loss(problem, x);
        for (int step = 0; step < MaxSteps; step++)
        {
            (double[] gradient, double[,] hessian) = Derivatives(logits, labels, k, x);
            Pull(problem, x, gradient, hessian);
            for (int m = 0; m < logits.Count; m++)
            {
                if ((kept >> m & 1) == 0)
                    Hold(m, gradient, hessian);
            }
            double[] direction = Solve(hessian, gradient);
            double length = 1,
                next;
            double[] trial;
            do
            {
                trial = [.. x.Zip(direction, (a, d) => a - length * d)];
                next = Loss(problem, trial);
                length /= 2;
            } while (next > loss && length > 1e-8);
            if (next > loss)
                break;
            x = trial;
            bool settled = loss - next < 1e-12 * Math.Abs(loss);
            loss = next;
            if (settled)
                break;
        }
        return (loss, x);
    }

    private static void Pull(Problem problem, double[] x, double[] gradient, double[,] hessian)
    {
        if (problem.Anchor is not { } anchor)
            return;
        for (int a = 0; a < x.Length; a++)
        {
            gradient[a] += problem.Pull * (x[a] - anchor[a]);
            hessian[a, a] += problem.Pull;
        }
    }

    /// <summary>Takes one unknown out of the system: it stays as it is.</summary>
    private static void Hold(int index, double[] gradient, double[,] hessian)
    {
        gradient[index] = 0;
        for (int a = 0; a < gradient.Length; a++)
            hessian[index, a] = hessian[a, index] = a == index ? 1 : 0;
    }

    /// <summary>The joined probabilities [N,K].</summary>
    public float[] Probabilities(IReadOnlyList<float[]> logits, int k)
    {
        ArgumentNullException.ThrowIfNull(logits);
        double[] x = k == 1 ? [.. Scales, Bias] : [.. Scales];
        var probabilities = new float[logits[0].Length];
        var z = new double[k];
        for (int i = 0; i < probabilities.Length; i += k)
        {
            Joined(logits, i, x, z);
            Normalise(z);
            for (int c = 0; c < k; c++)
                probabilities[i + c] = (float)z[c];
        }
        return probabilities;
    }

    /// <summary>
    /// Logits of probabilities, [N,K]; of a softmax their logarithms, which differ from its logits by a constant a
    /// text.
    /// </summary>
    public static float[] LogitsOf(ReadOnlySpan<float> probabilities, int k)
    {
        var logits = new float[probabilities.Length];
        for (int i = 0; i < logits.Length; i++)
        {
            double p = Math.Clamp(probabilities[i], Epsilon, 1 - Epsilon);
            logits[i] = (float)(k == 1 ? Math.Log(p / (1 - p)) : Math.Log(p));
        }
        return logits;
    }

    private static double Loss(Problem problem, double[] x)
    {
        (IReadOnlyList<float[]> logits, int[] labels, int k, double[]? anchor, double pull) = problem;
        double sum = 0,
            distance = 0;
        for (int a = 0; a < anchor?.Length; a++)
            distance += (x[a] - anchor[a]) * (x[a] - anchor[a]);
        var z = new double[k];
        for (int i = 0; i < labels.Length; i++)
        {
            Joined(logits, i * k, x, z);
            double label = k == 1 ? (labels[i] == 1 ? z[0] : -z[0]) : z[labels[i]];
            sum +=
                k == 1
                    ? Math.Max(-label, 0) + Math.Log(1 + Math.Exp(-Math.Abs(label)))
                    : LogSumOfExponentials(z) - label;
        }
        return sum / labels.Length + pull * distance / 2;
    }

    /// <summary>A logit is linear in x, with the models' logits (and 1) as features f: g = mean of (p - y) f.</summary>
    private static (double[] Gradient, double[,] Hessian) Derivatives(
        IReadOnlyList<float[]> logits,
        ReadOnlySpan<int> labels,
        int k,
        double[] x
    )
    {
        int size = x.Length;
        var gradient = new double[size];
        var hessian = new double[size, size];
        double[] z = new double[k],
            mean = new double[size];
        for (int i = 0; i < labels.Length; i++)
        {
            Joined(logits, i * k, x, z);
            Normalise(z);
            Array.Clear(mean);
            for (int c = 0; c < k; c++)
            {
                double error = z[c] - ((k == 1 ? labels[i] == 1 : labels[i] == c) ? 1 : 0);
                for (int a = 0; a < size; a++)
                {
                    double fa = Feature(logits, i * k + c, a);
                    gradient[a] += error * fa / labels.Length;
                    mean[a] += z[c] * fa;
                    for (int b = 0; b < size; b++)
                        hessian[a, b] += z[c] * fa * Feature(logits, i * k + c, b) / labels.Length;
                }
            }
            for (int a = 0; a < size; a++)
            {
                for (int b = 0; b < size; b++)
                    hessian[a, b] -= mean[a] * mean[b] / labels.Length;
            }
        }
        for (int a = 0; a < size; a++)
            hessian[a, a] += Ridge;
        return (gradient, hessian);
    }

    private static double Feature(IReadOnlyList<float[]> logits, int at, int index) =>
        index < logits.Count ? logits[index][at] : 1;

    private static void Joined(IReadOnlyList<float[]> logits, int at, double[] x, double[] z)
    {
        for (int c = 0; c < z.Length; c++)
        {
            z[c] = x.Length > logits.Count ? x[^1] : 0;
            for (int m = 0; m < logits.Count; m++)
                z[c] += x[m] * logits[m][at + c];
        }
    }

    private static void Normalise(double[] z)
    {
        if (z.Length == 1)
        {
            z[0] = 1 / (1 + Math.Exp(-z[0]));
            return;
        }
        double log = LogSumOfExponentials(z);
        for (int c = 0; c < z.Length; c++)
            z[c] = Math.Exp(z[c] - log);
    }

    private static double LogSumOfExponentials(double[] z)
    {
        double highest = z.Max();
        return highest + Math.Log(z.Sum(v => Math.Exp(v - highest)));
    }

    /// <summary>Gaussian elimination with pivoting; a system of two or three equations.</summary>
    private static double[] Solve(double[,] matrix, double[] right)
    {
        int n = right.Length;
        double[] x = [.. right];
        for (int column = 0; column < n; column++)
        {
            int pivot = column;
            for (int row = column + 1; row < n; row++)
            {
                if (Math.Abs(matrix[row, column]) > Math.Abs(matrix[pivot, column]))
                    pivot = row;
            }
            for (int c = 0; c < n; c++)
                (matrix[column, c], matrix[pivot, c]) = (matrix[pivot, c], matrix[column, c]);
            (x[column], x[pivot]) = (x[pivot], x[column]);
            for (int row = column + 1; row < n; row++)
            {
                double factor = matrix[row, column] / matrix[column, column];
                for (int c = column; c < n; c++)
                    matrix[row, c] -= factor * matrix[column, c];
                x[row] -= factor * x[column];
            }
        }
        for (int row = n - 1; row >= 0; row--)
        {
            for (int c = row + 1; c < n; c++)
                x[row] -= matrix[row, c] * x[c];
            x[row] /= matrix[row, row];
        }
        return x;
    }
}
