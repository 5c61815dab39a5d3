namespace Firn.Evaluation;

/// <summary>
/// Scores between two thresholds get a label of their own: at most <see cref="Low"/> is the first class, at least
/// <see cref="High"/> the second, as in the notebook.
/// </summary>
public sealed record NeutralBand
{
    /// <summary>Highest score of the first class; in [0, 1].</summary>
    public double Low { get; init; } = 0.4;

    /// <summary>Lowest score of the second class; in [0, 1], not below <see cref="Low"/>.</summary>
    public double High { get; init; } = 0.7;

    /// <summary>The label between.</summary>
    public string Label { get; init; } = "NEUTRAL";

    /// <summary>Whether the score lies between, both ends out; compared in float as scores are.</summary>
    public bool Contains(float score) => score > (float)Low && score < (float)High;

    /// <summary>The default band where the classes are called negative and positive (in any case), else null.</summary>
    public static NeutralBand? For(IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Count != 2 || !Is(labels[0], "neg") || !Is(labels[1], "pos"))
            return null;
        return new NeutralBand { Label = char.IsUpper(labels[0][^1]) ? "NEUTRAL" : "neutral" };
    }

    /// <summary>Refuses thresholds out of range or order.</summary>
    /// <exception cref="ArgumentException">The message says what is allowed.</exception>
    public void Validate()
    {
        Throw.IfOutside(Low, 0, 1, "lower threshold");
        Throw.IfOutside(High, Low, 1, "upper threshold");
    }

    private static bool Is(string label, string stem) =>
        label.Equals(stem, StringComparison.OrdinalIgnoreCase)
        || label.Equals(
            stem switch
            {
                "neg" => "negative",
                _ => "positive",
            },
            StringComparison.OrdinalIgnoreCase
        );
}
