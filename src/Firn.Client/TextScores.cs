namespace Firn.Client;

/// <summary>What the server says to a text.</summary>
/// <param name="Probabilities">[K]: for two classes the probability of the second, else one a class.</param>
/// <param name="KnownTokens">Ids that were sent; 0 means that the model knows no word of the text.</param>
/// <param name="Version">The version that answered.</param>
public readonly record struct TextScores(float[] Probabilities, int KnownTokens, long Version)
{
    /// <summary>Two classes: the probability of the second; more: that of the likeliest.</summary>
    public float Score => Probabilities.Length == 1 ? Probabilities[0] : Probabilities.Max();
}
