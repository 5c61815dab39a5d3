namespace Firn.Linear;

/// <summary>
/// Multinomial naive Bayes: log p(c | x) = log p(c) + sum over n-grams of x_j log theta_cj + const,
/// theta_cj = (n_cj + alpha) / (n_c + alpha D) (McCallum, Nigam 1998); scikit-learn's <c>MultinomialNB</c>.
/// </summary>
internal sealed class MultinomialNaiveBayes
{
    private readonly double[] _logTheta; // [D,C]
    private readonly double[] _logPrior; // [C]

    private MultinomialNaiveBayes(double[] logTheta, double[] logPrior)
    {
        _logTheta = logTheta;
        _logPrior = logPrior;
    }

    /// <summary>Counts and smooths.</summary>
    /// <param name="rows">[N,D] counts, or any values not below 0.</param>
    /// <param name="labels">[N] in [0, classes); a class without texts is never predicted.</param>
    /// <param name="classes">C.</param>
    /// <param name="alpha">Added to every count; above 0.</param>
    public static MultinomialNaiveBayes Fit(SparseMatrix rows, ReadOnlySpan<int> labels, int classes, double alpha = 1)
    {
        Throw.IfNotPositive(alpha);
        Throw.IfLengthDiffers(labels.Length, rows.RowCount, nameof(labels));
        var counts = new double[rows.ColumnCount * classes];
        double[] totals = new double[classes],
            texts = new double[classes];
        for (int row = 0; row < rows.RowCount; row++)
        {
            int label = labels[row];
            texts[label]++;
            for (int i = rows.RowStarts[row]; i < rows.RowStarts[row + 1]; i++)
            {
                counts[rows.Columns[i] * classes + label] += rows.Values[i];
                totals[label] += rows.Values[i];
            }
        }
        for (int i = 0; i < counts.Length; i++)
            counts[i] = Math.Log((counts[i] + alpha) / (totals[i % classes] + alpha * rows.ColumnCount));
        for (int c = 0; c < classes; c++)
            texts[c] = Math.Log(texts[c] / labels.Length);
        return new MultinomialNaiveBayes(counts, texts);
    }

    /// <summary>Probabilities [N,K]: K = 1, that of class 1, for two classes.</summary>
    public float[] Predict(SparseMatrix rows, int threads)
    {
        int classes = _logPrior.Length;
        var logits = new double[rows.RowCount * classes];
        rows.Multiply(_logTheta, classes, logits, threads);
        for (int i = 0; i < logits.Length; i++)
            logits[i] += _logPrior[i % classes];
        if (classes > 2)
            return LogisticRegression.Probabilities(logits, classes);
        var difference = new double[rows.RowCount];
        for (int i = 0; i < difference.Length; i++)
            difference[i] = logits[2 * i + 1] - logits[2 * i];
        return LogisticRegression.Probabilities(difference, 1);
    }
}
