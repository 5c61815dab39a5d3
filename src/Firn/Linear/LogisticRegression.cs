namespace Firn.Linear;

/// <summary>
/// Logistic regression over sparse rows: for two classes p(1 | x) = sigmoid(w.x + b), else softmax(W x + b).
/// Minimises ½ |W|² + C * sum over texts of s_i * cross-entropy_i, the intercepts not penalised, as scikit-learn's
/// <c>LogisticRegression</c> does.
/// </summary>
internal sealed class LogisticRegression
{
    private LogisticRegression(double[] weights, double[] intercepts)
    {
        Weights = weights;
        Intercepts = intercepts;
    }

    /// <summary>[D,K] row-major; K is 1 for two classes.</summary>
    public double[] Weights { get; }

    /// <summary>[K].</summary>
    public double[] Intercepts { get; }

    /// <summary>K: 1 for two classes, else one a class.</summary>
    public int OutputSize => Intercepts.Length;

    /// <summary>Learns the weights; the result does not depend on the number of threads.</summary>
    /// <param name="rows">[N,D].</param>
    /// <param name="labels">[N] in [0, classes).</param>
    /// <param name="classes">At least 2.</param>
    /// <param name="classWeights">[classes] s of a text by its class; empty for 1.</param>
    /// <param name="options">Penalty and stopping.</param>
    /// <param name="threads">Threads to use.</param>
    public static LogisticRegression Fit(
        SparseMatrix rows,
        ReadOnlySpan<int> labels,
        int classes,
        ReadOnlySpan<float> classWeights,
        LogisticRegressionOptions options,
        int threads
    )
    {
        options.Validate();
        Throw.IfLengthDiffers(labels.Length, rows.RowCount, nameof(labels));
        int k = classes == 2 ? 1 : classes;
        double[]? ratios = options.NaiveBayes ? LogCountRatios.Of(rows, labels, classes) : null;
        var objective = new LogisticObjective(rows, labels, k, classWeights, options.InversePenalty, threads, ratios);
        double[] solution = NewtonSolver.Minimize(objective, options.Tolerance, options.MaxSteps);
        int size = rows.ColumnCount * k;
        for (int i = 0; i < ratios?.Length; i++)
            solution[i] *= ratios[i];
        double[] intercepts = solution[size..];
        double mean = k == 1 ? 0 : intercepts.Average(); // a softmax does not see it, and it is not penalised
        return new LogisticRegression(solution[..size], [.. intercepts.Select(b => b - mean)]);
    }

    /// <summary>Logits [N,K].</summary>
    public double[] Decide(SparseMatrix rows, int threads)
    {
        int k = OutputSize;
        var logits = new double[rows.RowCount * k];
        rows.Multiply(Weights, k, logits, threads);
        for (int i = 0; i < logits.Length; i++)
            logits[i] += Intercepts[i % k];
        return logits;
    }

    /// <summary>Probabilities [N,K]; two classes: that of class 1.</summary>
    public float[] Predict(SparseMatrix rows, int threads) => Probabilities(Decide(rows, threads), OutputSize);

    /// <summary>Logits [N,K] to probabilities.</summary>
    public static float[] Probabilities(double[] logits, int k)
    {
        var probabilities = new float[logits.Length];
        var row = new double[k];
        for (int i = 0; i < logits.Length; i += k)
        {
            logits.AsSpan(i, k).CopyTo(row);
            LogisticObjective.ToProbabilities(row);
            for (int c = 0; c < k; c++)
                probabilities[i + c] = (float)row[c];
        }
        return probabilities;
    }
}
