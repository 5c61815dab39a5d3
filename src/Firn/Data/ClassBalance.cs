namespace Firn.Data;

/// <summary>Weights that make rare classes count as much as frequent ones.</summary>
internal static class ClassBalance
{
    /// <summary>
    /// N / (C * a class's texts), scikit-learn's <c>balanced</c>; of several labels a text PyTorch's <c>pos_weight</c>.
    /// </summary>
    public static float[] Weights(int[] labels, LabelMap map) =>
        map.Sets is { } sets ? Weights(labels, sets) : Weights(labels, map.Names.Count);

    /// <summary>
    /// What is to be said of a text that says nothing, [K]: the share of each class among the texts, times its weight.
    /// Of a class that no text has, what one text more would give.
    /// </summary>
    public static float[] Prior(int[] labels, LabelMap map, IReadOnlyList<float>? weights)
    {
        if (map.Sets is { } sets)
        {
            return
            [
                .. Enumerable
                    .Range(0, sets.Classes)
                    .Select(c =>
                    {
                        double with = Math.Max(sets.Of(labels, c).Sum(), 0.5),
                            weighed = with * (weights is { Count: > 0 } ? weights[c] : 1);
                        return (float)(weighed / (weighed + Math.Max(labels.Length - with, 0.5)));
                    }),
            ];
        }
        var shares = new double[map.Names.Count];
        foreach (int label in labels)
            shares[label] += 1;
        for (int c = 0; c < shares.Length; c++)
            shares[c] = Math.Max(shares[c], 0.5) * (weights is { Count: > 0 } ? weights[c] : 1);
        float[] prior = [.. shares.Select(share => (float)(share / shares.Sum()))];
        return prior.Length == 2 ? prior[1..] : prior;
    }

    /// <summary>Texts without a class over texts with it, as PyTorch's <c>pos_weight</c> is chosen.</summary>
    private static float[] Weights(int[] labels, LabelSets sets)
    {
        var weights = new float[sets.Classes];
        for (int c = 0; c < weights.Length; c++)
        {
            int with = sets.Of(labels, c).Sum();
            weights[c] = with == 0 || with == labels.Length ? 1 : (labels.Length - with) / (float)with;
        }
        return weights;
    }

    private static float[] Weights(int[] labels, int classes)
    {
        var counts = new int[classes];
        foreach (int label in labels)
            counts[label]++;
        return [.. counts.Select(n => n == 0 ? 1f : labels.Length / ((float)classes * n))];
    }
}
