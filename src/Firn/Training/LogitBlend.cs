namespace Firn.Training;

/// <summary>
/// Joins the logits of models into one set, z = sum_m s_m z_m + c, so that the cross-entropy of labelled texts, which the
/// models have not seen, is least. With one model s is the inverse temperature of Guo et al. 2017 ("On calibration of
/// modern neural networks", equation 9); with two classes c is Platt's shift, with more there is none.
/// </summary>
/// <param name="Scales">[M] s of each model.</param>
/// <param name="Shift">c; 0 with more than two classes.</param>
public sealed record LogitBlend(IReadOnlyList<double> Scales, double Shift)
{
    private const int MostSteps = 50;
    private const double Epsilon = 1e-7; // Evaluation's, and Keras'
    private const double Ridge = 1e-6;

    /// <summary>Fits scales and shift by Newton's method; the loss is convex in them.</summary>
    /// <param name="logits">Of each model, [N,K]; K = 1 for two classes.</param>
    /// <param name="labels">[N].</param>
    /// <param name="k">K.</param>
    /// <exception cref="ArgumentException">There is no model or no text, or the sizes do not fit.</exception>
    public static LogitBlend Fit(IReadOnlyList<float[]> logits, ReadOnlySpan<int> labels, int k)
    {
        ArgumentNullException.ThrowIfNull(logits);
        Throw.IfNotPositive(logits.Count, "number of models");
        Throw.IfNotPositive(labels.Length, "number of texts");
        foreach (float[] model in logits)
            Throw.IfLengthDiffers(model.Length, (long)labels.Length * k, nameof(logits));
        int size = logits.Count + (k == 1 ? 1 : 0);
        var x = new double[size];
        for (int m = 0; m < logits.Count; m++)
            x[m] = 1.0 / logits.Count;
        double loss = Loss(logits, labels, k, x);
        for (int step = 0; step < MostSteps; step++)
        {
            (double[] gradient, double[,] hessian) = Derivatives(logits, labels, k, x);
            double[] direction = Solve(hessian, gradient);
            double length = 1, next;
            double[] trial;
            do
            {
                trial = [.. x.Zip(direction, (a, d) => a - length * d)];
                next = Loss(logits, labels, k, trial);
                length /= 2;
            }
            while (next > loss && length > 1e-8);
            if (next > loss)
                break;
            x = trial;
            bool settled = loss - next < 1e-12 * Math.Abs(loss);
            loss = next;
            if (settled)
                break;
        }
        return new LogitBlend(x[..logits.Count], k == 1 ? x[^1] : 0);
    }

    /// <summary>The joined probabilities [N,K].</summary>
    public float[] Probabilities(IReadOnlyList<float[]> logits, int k)
    {
        ArgumentNullException.ThrowIfNull(logits);
        double[] x = k == 1 ? [.. Scales, Shift] : [.. Scales];
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

    /// <summary>Logits of probabilities, [N,K]; of a softmax their logarithms, which differ from its logits by a constant a text.</summary>
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

    private static double Loss(IReadOnlyList<float[]> logits, ReadOnlySpan<int> labels, int k, double[] x)
    {
        double sum = 0;
        var z = new double[k];
        for (int i = 0; i < labels.Length; i++)
        {
            Joined(logits, i * k, x, z);
            double label = k == 1 ? (labels[i] == 1 ? z[0] : -z[0]) : z[labels[i]];
            sum += k == 1 ? Math.Max(-label, 0) + Math.Log(1 + Math.Exp(-Math.Abs(label))) : LogSumOfExponentials(z) - label;
        }
        return sum / labels.Length;
    }

    /// <summary>A logit is linear in x, with the models' logits (and 1) as features f: g = mean of (p - y) f.</summary>
    private static (double[] Gradient, double[,] Hessian) Derivatives(IReadOnlyList<float[]> logits, ReadOnlySpan<int> labels, int k, double[] x)
    {
        int size = x.Length;
        var gradient = new double[size];
        var hessian = new double[size, size];
        double[] z = new double[k], mean = new double[size];
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

    private static double Feature(IReadOnlyList<float[]> logits, int at, int index) => index < logits.Count ? logits[index][at] : 1;

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
