using Firn.Text;

namespace Firn.Recipes;

/// <summary>Weights that make rare classes count as much as frequent ones.</summary>
internal static class ClassBalance
{
    /// <summary>N / (C * a class's texts), scikit-learn's <c>balanced</c>; of several labels a text PyTorch's <c>pos_weight</c>.</summary>
    public static float[] Weights(int[] labels, LabelMap map) => map.Sets is { } sets ? Weights(labels, sets) : Weights(labels, map.Names.Count);

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
