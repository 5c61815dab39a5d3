namespace Firn;

/// <summary>What a model says to a text.</summary>
/// <param name="Label">
/// The class's name, or the neutral band's; where a text may have several classes, their names with | between.
/// </param>
/// <param name="Score">
/// The probability of the label; where the model abstained, that of the class it would have given; where a text may
/// have several, that of the likeliest.
/// </param>
/// <param name="Probabilities">[K]: one value for two classes, else one a class.</param>
/// <param name="Tokens">Tokens of the text after cleaning.</param>
/// <param name="KnownTokens">Ids the model saw: tokens in the vocabulary, at most as many as the model uses.</param>
public readonly record struct Prediction(string Label, float Score, float[] Probabilities, int Tokens, int KnownTokens)
{
    /// <summary>The label is no class: the model is not sure, or the score lies in the neutral band.</summary>
    public bool Abstained { get; init; }

    /// <summary>
    /// The model knew no word of the text: the score is the share of the classes among its training texts
    /// (<see cref="Model.TextClassifier.Prior"/>), and says nothing.
    /// </summary>
    public bool HasNoKnownToken => KnownTokens == 0 && !Spelled;

    /// <summary>Whether words that have no id counted, by their spelling.</summary>
    public bool Spelled { get; init; }
}
