namespace Firn.Client;

/// <summary>What the server says to a text.</summary>
/// <param name="Probabilities">[K]: for two classes the probability of the second, else one a class.</param>
/// <param name="KnownTokens">Ids that were sent; 0 means that the model knows no word of the text.</param>
/// <param name="Version">The version that answered.</param>
public readonly record struct TextScores(float[] Probabilities, int KnownTokens, long Version)
{
    /// <summary>
    /// The label by the model's own rule, as <see cref="Predictor"/> gives it; empty from a server that does not tell
    /// its rule.
    /// </summary>
    public string Label { get; init; } = "";

    /// <summary>
    /// The probability of the label; where the model abstained, that of the class it would have given.
    /// </summary>
    public float Score { get; init; } =
        Probabilities.Length == 1 ? Math.Max(Probabilities[0], 1 - Probabilities[0]) : Probabilities.Max();

    /// <summary>The label is no class: the model is not sure, or the score lies in the neutral band.</summary>
    public bool Abstained { get; init; }
}
