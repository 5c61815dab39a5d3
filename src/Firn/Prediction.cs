namespace Firn;

/// <summary>What a model says to a text.</summary>
/// <param name="Label">The class's name, or the neutral band's; where a text may have several classes, their names with | between.</param>
/// <param name="Score">
/// The probability of the label; where the model abstained, that of the class it would have given; where a text may have several,
/// that of the likeliest.
/// </param>
/// <param name="Probabilities">[K]: one value for two classes, else one a class.</param>
/// <param name="Tokens">Tokens of the text after cleaning.</param>
/// <param name="KnownTokens">Ids the model saw: tokens in the vocabulary, at most as many as the model uses.</param>
public readonly record struct Prediction(string Label, float Score, float[] Probabilities, int Tokens, int KnownTokens)
{
    /// <summary>The label is no class: the model is not sure, or the score lies in the neutral band.</summary>
    public bool Abstained { get; init; }

    /// <summary>The model knew no word of the text: the score is the share of the classes among its training texts (<see cref="Model.TextClassifier.Prior"/>), and says nothing.</summary>
    public bool SaysNothing => KnownTokens == 0 && !Spelled;

    /// <summary>Whether words that have no id counted, by their spelling.</summary>
    public bool Spelled { get; init; }
}

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
        label.Equals(stem, StringComparison.OrdinalIgnoreCase) || label.Equals(stem switch
        {
            "neg" => "negative",
            _ => "positive",
        }, StringComparison.OrdinalIgnoreCase);
}
