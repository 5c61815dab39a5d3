namespace Firn.Cli.Scoring;

/// <summary>Which columns a prediction adds to a row, and their names.</summary>
internal sealed class Additions
{
    private const string Prefix = "predicted_";

    /// <param name="labels">The model's classes.</param>
    /// <param name="all">The probability of every class.</param>
    /// <param name="top">That many of the likeliest classes; 0 for the label alone.</param>
    /// <param name="taken">Columns that the table has.</param>
    public Additions(IReadOnlyList<string> labels, bool all, int top, IReadOnlyList<string> taken)
    {
        (Labels, All, Top) = (labels, all, Math.Min(top, labels.Count));
        var used = new HashSet<string>(taken, StringComparer.OrdinalIgnoreCase);
        Label = Free("label", used);
        Probability = Free("probability", used);
        var names = new List<string> { Label, Probability };
        for (int k = 1; k <= Top; k++)
        {
            names.Add(Free($"top{k}_label", used));
            names.Add(Free($"top{k}_probability", used));
        }
        if (all)
            names.AddRange(labels.Select(label => Free($"probability_{label}", used)));
        KnownWords = Free("known_words", used);
        names.Add(KnownWords);
        Names = names;
    }

    /// <summary>All names in their order: label, probability, the likeliest, every class, known words.</summary>
    public IReadOnlyList<string> Names { get; }

    public string Label { get; }

    public string Probability { get; }

    public string KnownWords { get; }

    public IReadOnlyList<string> Labels { get; }

    public bool All { get; }

    public int Top { get; }

    /// <summary>The classes in the order of their probability, the likeliest first; ties in the order of the classes.</summary>
    /// <param name="probabilities">[K] as a prediction holds them.</param>
    /// <param name="classes">Receives as many as fit.</param>
    public void Likeliest(ReadOnlySpan<float> probabilities, Span<int> classes)
    {
        int filled = 0;
        for (int c = 0; c < Labels.Count; c++)
        {
            float p = LabelRule.ProbabilityOf(c, probabilities);
            int at = filled;
            while (at > 0 && LabelRule.ProbabilityOf(classes[at - 1], probabilities) < p)
                at--;
            if (at == classes.Length)
                continue;
            if (filled < classes.Length)
                filled++;
            for (int i = filled - 1; i > at; i--)
                classes[i] = classes[i - 1];
            classes[at] = c;
        }
    }

    private static string Free(string name, HashSet<string> used)
    {
        string free = name;
        for (int n = 2; !used.Add(free); n++)
            free = free == name ? Prefix + name : $"{Prefix}{name}_{n}";
        return free;
    }
}
