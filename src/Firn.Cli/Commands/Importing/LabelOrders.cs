namespace Firn.Cli.Commands.Importing;

/// <summary>Which label of the texts each output of a model may stand for.</summary>
internal static class LabelOrders
{
    /// <summary>
    /// The order as named, and where the outputs fit the labels better in another, that one; both orders of two.
    /// </summary>
    /// <param name="scores">A row of probabilities a text.</param>
    /// <param name="texts">Their labels.</param>
    /// <param name="labels">Names of the outputs.</param>
    /// <param name="given">Whether a user or a file named them.</param>
    /// <returns>By output, the number of its label in the texts; -1 for one that the texts lack.</returns>
    public static IEnumerable<int[]> Of(double[][] scores, CheckedTexts texts, IReadOnlyList<string> labels, bool given)
    {
        int[] named = [.. labels.Select(label => NumberOf(label, texts.Names))];
        bool fits = named.Count(n => n >= 0) == texts.Names.Count;
        if (labels.Count == 2 && texts.Names.Count <= 2)
        {
            int[] one = fits ? named : [0, texts.Names.Count == 2 ? 1 : -1];
            yield return one;
            yield return [one[1], one[0]];
            yield break;
        }
        if (fits)
            yield return named;
        int[] assigned = Assigned(scores, texts, labels.Count);
        if (!fits || (!given && !assigned.SequenceEqual(named)))
            yield return assigned;
    }

    private static int NumberOf(string label, IReadOnlyList<string> names)
    {
        for (int i = 0; i < names.Count; i++)
        {
            if (names[i].Equals(label, StringComparison.OrdinalIgnoreCase))
                return i;
        }
        return -1;
    }

    /// <summary>Gives each output the label that it answers most often, the largest counts first.</summary>
    private static int[] Assigned(double[][] scores, CheckedTexts texts, int outputs)
    {
        var counts = new int[outputs, texts.Names.Count];
        for (int i = 0; i < scores.Length; i++)
            counts[Array.IndexOf(scores[i], scores[i].Max()), texts.Labels[i]]++;
        int[] order = [.. Enumerable.Repeat(-1, outputs)];
        var taken = new HashSet<int>();
        var cells =
            from o in Enumerable.Range(0, outputs)
            from l in Enumerable.Range(0, texts.Names.Count)
            orderby counts[o, l] descending
            select (o, l);
        foreach ((int output, int label) in cells)
        {
            if (order[output] < 0 && taken.Add(label))
                order[output] = label;
        }
        return order;
    }
}
