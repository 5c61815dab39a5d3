namespace Firn.Cli.Mapping;

/// <summary>
/// The joint probabilities of t-SNE (van der Maaten and Hinton 2008, eq. 1 and section 3.1): p_ij = (p_j|i + p_i|j) /
/// 2N with p_j|i a Gaussian of the distance whose width gives each row the same perplexity.
/// </summary>
internal static class Neighborhoods
{
    private const int MaxSteps = 100;
    private const double EntropyTolerance = 1e-5;

    /// <param name="rows">[N, E].</param>
    /// <param name="perplexity">The effective number of neighbors, below N.</param>
    /// <returns>[N, N], of sum 1.</returns>
    public static double[,] Joint(double[][] rows, double perplexity)
    {
        int n = rows.Length;
        var conditional = new double[n][];
        Parallel.For(0, n, i => conditional[i] = Conditional(rows, i, Math.Log(perplexity)));
        var joint = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
                joint[i, j] = i == j ? 0 : Math.Max((conditional[i][j] + conditional[j][i]) / (2 * n), double.Epsilon);
        }
        return joint;
    }

    private static double[] Conditional(double[][] rows, int i, double entropyWanted)
    {
        var distances = new double[rows.Length];
        for (int j = 0; j < rows.Length; j++)
        {
            for (int c = 0; c < rows[i].Length; c++)
                distances[j] += (rows[i][c] - rows[j][c]) * (rows[i][c] - rows[j][c]);
        }
        // Only differences of distances matter, and the nearest at 0 keeps the largest term at 1.
        double nearest = Enumerable.Range(0, rows.Length).Where(j => j != i).Min(j => distances[j]);
        double precision = 1,
            low = 0,
            high = double.PositiveInfinity;
        var p = new double[rows.Length];
        for (int step = 0; step < MaxSteps; step++)
        {
            double sum = 0,
                weighted = 0;
            for (int j = 0; j < rows.Length; j++)
            {
                p[j] = j == i ? 0 : Math.Exp(-(distances[j] - nearest) * precision);
                sum += p[j];
                weighted += (distances[j] - nearest) * p[j];
            }
            double entropy = Math.Log(sum) + precision * weighted / sum;
            for (int j = 0; j < rows.Length; j++)
                p[j] /= sum;
            if (Math.Abs(entropy - entropyWanted) <= EntropyTolerance)
                break;
            if (entropy > entropyWanted)
                (low, precision) = (precision, double.IsInfinity(high) ? precision * 2 : (precision + high) / 2);
            else
                (high, precision) = (precision, (precision + low) / 2);
        }
        return p;
    }
}
