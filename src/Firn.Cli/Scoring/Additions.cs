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

    private static string Free(string name, HashSet<string> used)
    {
        string free = name;
        for (int n = 2; !used.Add(free); n++)
            free = free == name ? Prefix + name : $"{Prefix}{name}_{n}";
        return free;
    }
}
