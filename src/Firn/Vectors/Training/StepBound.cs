namespace Firn.Vectors.Training;

/// <summary>How one step is taken.</summary>
/// <param name="Alpha">The learning rate.</param>
/// <param name="Bound">What keeps it from overshooting.</param>
/// <param name="Measured">Whether its loss is of the sample that progress reports.</param>
internal readonly record struct Step(float Alpha, StepBound Bound, bool Measured);

/// <summary>
/// What keeps a step from overshooting. A pair whose score is far out moves its rows no more, right or wrong, as in
/// word2vec.c and gensim: so rows cannot grow without end, since the longer they are the fewer of their pairs still
/// move them. And positions that read the same parameters add up their steps, so the larger the rate the fewer they
/// are.
/// </summary>
/// <param name="Positions">Positions of a chunk that are trained at once, on the same parameters.</param>
/// <param name="Least">A pair is trained where the sigmoid of its score is above this,</param>
/// <param name="Most">and below this.</param>
internal readonly record struct StepBound(int Positions, float Least, float Most)
{
    /// <summary>Up to this rate, twice the usual one, whole chunks are trained at once.</summary>
    public const float DefaultAlpha = 0.05f;

    private const int DefaultWindow = 5,
        DefaultNegative = 5;

    /// <summary>
    /// Scores that saturate: word2vec.c's 6 at large rates; at usual ones, where nothing overshoots, a far one that a
    /// run in good health does not reach, since what is beyond 6 and wrong is worth learning.
    /// </summary>
    private const double LargeRateScore = 6,
        DefaultScore = 16;

    private static readonly StepBound Usual = new(WindowKernel.Chunk, Sigmoid(-DefaultScore), Sigmoid(DefaultScore));

    /// <summary>The bound at a learning rate.</summary>
    public static StepBound Of(float alpha, Word2VecOptions options)
    {
        double step = alpha * Pairs(options);
        return step <= DefaultAlpha
            ? Usual
            : new StepBound(PositionsAt(step), Sigmoid(-LargeRateScore), Sigmoid(LargeRateScore));
    }

    /// <summary>Whether the sigmoid of a pair's score lies within.</summary>
    public bool Holds(float sigmoid) => sigmoid > Least && sigmoid < Most;

    private static int PositionsAt(double step)
    {
        int positions = WindowKernel.Chunk;
        for (double most = DefaultAlpha; step > most && positions > 1; most *= 2)
            positions /= 2;
        return positions;
    }

    /// <summary>
    /// Pairs of one position that move one row, against those of the usual options. A position of skip-gram moves its
    /// word's row for each word of the window, and each of those for each sample; CBOW takes the window's mean.
    /// </summary>
    private static double Pairs(Word2VecOptions options)
    {
        double window = (options.Window + 1.0) / (DefaultWindow + 1),
            samples = (double)options.Negative / DefaultNegative;
        return options.SkipGram ? Math.Max(1, Math.Max(options.ShrinkWindows ? window : 2 * window, samples)) : 1;
    }

    private static float Sigmoid(double score) => (float)(1 / (1 + Math.Exp(-score)));
}
