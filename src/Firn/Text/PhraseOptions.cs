namespace Firn.Text;

/// <summary>
/// How a pair of words is scored, with c(ab) the times that they stand together, c(a) and c(b) those of each, and d the
/// least count.
/// </summary>
public enum PhraseScoring
{
    /// <summary>(c(ab) - d) N / (c(a) c(b)), N the words of all texts: word2phrase.c.</summary>
    Word2Phrase,

    /// <summary>The same, N the number of distinct words and pairs: gensim's default.</summary>
    DistinctTokens,

    /// <summary>
    /// Normalized pointwise mutual information (Bouma 2009), ln(p(ab) / p(a) p(b)) / -ln p(ab), in [-1, 1]: gensim's
    /// <c>npmi</c>.
    /// </summary>
    Npmi,
}

/// <summary>Which pairs of words become one.</summary>
public sealed record PhraseOptions
{
    /// <summary>
    /// English words that may stand inside a phrase, though not begin or end one, so that bank_of_america is found:
    /// gensim's <c>ENGLISH_CONNECTOR_WORDS</c>.
    /// </summary>
    public static IReadOnlyList<string> EnglishConnectors { get; } =
    ["a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with", "without"];

    /// <summary>
    /// A pair is a phrase when its score is above this; word2phrase's default is 100, gensim's 10. In [-1, 1] with
    /// <see cref="PhraseScoring.Npmi"/>.
    /// </summary>
    public double Threshold { get; init; } = 100;

    /// <summary>
    /// Words and pairs seen fewer times are no part of a phrase; also the discount of a pair's count.
    /// </summary>
    public int MinCount { get; init; } = 5;

    /// <summary>How pairs are scored.</summary>
    public PhraseScoring Scoring { get; init; }

    /// <summary>
    /// Words that a phrase may have between its first and its last; see <see cref="EnglishConnectors"/>.
    /// </summary>
    public IReadOnlyCollection<string> Connectors { get; init; } = [];

    /// <summary>What stands between the words of a phrase.</summary>
    public char Separator { get; init; } = '_';

    internal void Validate()
    {
        Throw.IfNotPositive(MinCount);
        if (Scoring == PhraseScoring.Npmi)
            Throw.IfOutside(Threshold, -1, 1);
        else
            Throw.IfOutside(Threshold, 0, double.MaxValue);
    }
}

/// <summary>Words that stand together more often than chance lets them.</summary>
/// <param name="Words">The first word, connectors if there are any, and the last word.</param>
/// <param name="Count">How often they stood together.</param>
/// <param name="Score">See <see cref="PhraseScoring"/>.</param>
public sealed record Phrase(IReadOnlyList<string> Words, long Count, double Score);
