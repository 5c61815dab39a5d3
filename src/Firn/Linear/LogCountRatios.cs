namespace Firn.Linear;

/// <summary>
/// How much more of a feature the texts of a class have than the others do, r_jc = ln((1 + sum of x_ij over texts of c)
/// / (1 + texts of c)) less the same of all other texts: naive Bayes' weights, by which the features of an "NBSVM" are
/// multiplied (Wang, Manning 2012, "Baselines and bigrams", section 2.3), with TF-IDF values in the place of counts.
/// </summary>
internal static class LogCountRatios
{
    /// <summary>[D,K] the ratios; of two classes, K = 1, those of class 1 against class 0.</summary>
    /// <param name="rows">[N,D] values, 0 or more.</param>
    /// <param name="labels">[N] in [0, classes).</param>
    /// <param name="classes">At least 2.</param>
    public static double[] Of(SparseMatrix rows, ReadOnlySpan<int> labels, int classes)
    {
        int d = rows.ColumnCount;
        var sums = new double[d * classes];
        var texts = new int[classes];
        for (int i = 0; i < labels.Length; i++)
        {
            texts[labels[i]]++;
            for (int at = rows.RowStarts[i]; at < rows.RowStarts[i + 1]; at++)
                sums[rows.Columns[at] * classes + labels[i]] += rows.Values[at];
        }
        int k = classes == 2 ? 1 : classes;
        var ratios = new double[d * k];
        for (int column = 0; column < d; column++)
        {
            ReadOnlySpan<double> own = sums.AsSpan(column * classes, classes);
            double all = 0;
            foreach (double sum in own)
                all += sum;
            for (int c = 0; c < k; c++)
            {
                int label = k == 1 ? 1 : c;
                ratios[column * k + c] =
                    Math.Log((1 + own[label]) / (1.0 + texts[label]))
                    - Math.Log((1 + all - own[label]) / (1.0 + labels.Length - texts[label]));
            }
        }
        return ratios;
    }
}
