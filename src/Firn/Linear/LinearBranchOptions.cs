namespace Firn.Linear;

/// <summary>
/// The linear part beside an LSTM: TF-IDF of n-grams of tokens, and of runs of characters of words, L2-penalised
/// logistic regression, its logits added to the LSTM's with weights chosen on the validation texts.
/// </summary>
public sealed record LinearBranchOptions
{
    /// <summary>The longest n-gram in tokens, 1 to 16.</summary>
    public int Longest { get; init; } = 3;

    /// <summary>N-grams that occur in fewer training texts are left out; at least 1.</summary>
    public int MinTexts { get; init; } = 2;

    /// <summary>Weight of the data against the penalty, scikit-learn's C; above 0.</summary>
    public double InversePenalty { get; init; } = 3;

    /// <summary>
    /// The longest run of a word's characters that is a feature, 3 to 8, begin and end of the word counting as one
    /// each; 0 for none. Such features judge words that no training text has by their spelling, which pays where texts
    /// are few.
    /// </summary>
    public int LongestCharacters { get; init; }

    /// <summary>
    /// Share of a second model in the linear part, in [0, 1]: the same regression on features multiplied by naive
    /// Bayes' log-count ratios (Wang, Manning 2012). Both are linear in the same features, so their mean is one model.
    /// 0 for none; which share pays, validation texts have to say.
    /// </summary>
    public double NaiveBayes { get; init; }

    internal void Validate()
    {
        ToNgrams().Validate();
        if (LongestCharacters != 0)
            Throw.IfOutside(LongestCharacters, CharacterSource.Shortest, CharacterSource.MaxLongestShown);
        Throw.IfNotPositive(InversePenalty);
        Throw.IfOutside(NaiveBayes, 0, 1);
    }

    internal NgramOptions ToNgrams() =>
        new()
        {
            Longest = Longest,
            MinTexts = MinTexts,
            SublinearCounts = true,
        };

    /// <summary>
    /// Runs of characters are counted as they are, and divided by a norm of their own (<see cref="CharacterScores"/>).
    /// </summary>
    internal NgramOptions ToCharacterRuns() => new() { MinTexts = MinTexts, Normalize = false };
}
