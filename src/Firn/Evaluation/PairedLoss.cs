namespace Firn.Evaluation;

/// <summary>
/// Cross-entropies of single texts, to tell whether one way of scoring them is better than another by more than chance:
/// the difference of the means has to pass its standard error (the rule of one standard error of Breiman et al. 1984,
/// "Classification and regression trees").
/// </summary>
internal static class PairedLoss
{
    private const float Least = 1e-7f; // Evaluation's, and Keras'

    /// <summary>-ln p of each text's class, [N].</summary>
    public static double[] Of(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> labels, int k)
    {
        var losses = new double[labels.Length];
        for (int i = 0; i < losses.Length; i++)
        {
            float p =
                k > 1 ? probabilities[i * k + labels[i]]
                : labels[i] == 1 ? probabilities[i]
                : 1 - probabilities[i];
            losses[i] = -Math.Log(Math.Clamp(p, Least, 1 - Least));
        }
        return losses;
    }

    /// <summary>
    /// Whether the second losses are less than the first by more than a standard error of the difference.
    /// </summary>
    public static bool IsBetter(double[] usual, double[] other)
    {
        double mean = 0,
            squares = 0;
        for (int i = 0; i < usual.Length; i++)
            mean += (usual[i] - other[i]) / usual.Length;
        for (int i = 0; i < usual.Length; i++)
            squares += Math.Pow(usual[i] - other[i] - mean, 2);
        return mean > 0 && mean > Math.Sqrt(squares) / usual.Length;
    }

    /// <summary>
    /// The candidate with the least mean loss of those that are better than the usual one; where none is, the usual
    /// one.
    /// </summary>
    public static int Best(IReadOnlyList<double[]> candidates, int usual)
    {
        int best = usual;
        for (int c = 0; c < candidates.Count; c++)
        {
            if (candidates[c].Average() < candidates[best].Average() && IsBetter(candidates[usual], candidates[c]))
                best = c;
        }
        return best;
    }
}
