namespace Firn.Study;

/// <summary>
/// P-values of a family of tests, so adjusted that the chance of a single false finding among all of them stays at what
/// each is held against (Holm 1979, "A simple sequentially rejective multiple test procedure").
/// </summary>
public static class HolmCorrection
{
    /// <summary>
    /// The adjusted p-values: with p sorted from small to large, the running maximum of min(1, (m - i) p_i), i from 0.
    /// </summary>
    /// <param name="pValues">[m], each in [0, 1].</param>
    public static IReadOnlyList<double> Adjust(IReadOnlyList<double> pValues)
    {
        ArgumentNullException.ThrowIfNull(pValues);
        var adjusted = new double[pValues.Count];
        double largest = 0;
        int rank = 0;
        foreach (int i in Enumerable.Range(0, adjusted.Length).OrderBy(i => pValues[i]))
            adjusted[i] = largest = Math.Max(largest, Math.Min(1, (adjusted.Length - rank++) * pValues[i]));
        return adjusted;
    }
}
