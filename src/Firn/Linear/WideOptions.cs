namespace Firn.Linear;

/// <summary>
/// The linear part beside an LSTM: TF-IDF of n-grams of tokens, L2-penalised logistic regression, its logits added to the
/// LSTM's with weights chosen on the validation texts.
/// </summary>
public sealed record WideOptions
{
    /// <summary>The longest n-gram in tokens, 1 to 16.</summary>
    public int Longest { get; init; } = 3;

    /// <summary>N-grams that occur in fewer training texts are left out; at least 1.</summary>
    public int MinTexts { get; init; } = 2;

    /// <summary>Weight of the data against the penalty, scikit-learn's C; above 0.</summary>
    public double InversePenalty { get; init; } = 3;

    internal void Validate()
    {
        ToNgrams().Validate();
        Throw.IfNotPositive(InversePenalty);
    }

    internal NgramOptions ToNgrams() => new() { Longest = Longest, MinTexts = MinTexts, SublinearCounts = true };
}
