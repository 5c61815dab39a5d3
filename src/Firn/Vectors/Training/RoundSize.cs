namespace Firn.Vectors.Training;

/// <summary>
/// How long stretches may be that do not see each other's changes. What they make of a row is added up, and a row that
/// too many positions change at once overshoots: so the most frequent row decides, and the learning rate
/// where it is above the usual. A function of the texts and the options alone.
/// </summary>
internal static class RoundSize
{
    private const int LongestSegment = 128,
        LongestSubwordSegment = 64;

    /// <summary>
    /// Positions of a round that may change one row. A position of skip-gram changes it for each word of its window;
    /// the root of the tree, which all change, with CBOW only by the mean of a window.
    /// </summary>
    private const int CbowChanges = 32,
        SkipGramChanges = 8,
        CbowTreeChanges = 256;

    /// <summary>
    /// The same for a pair of rows, over the square of a word's share: where words are few, all that changes a row
    /// pulls it in the same few directions. Texts of many words, subsampled, do not reach it.
    /// </summary>
    private const double CbowPairs = 0.25,
        SkipGramPairs = 0.1,
        TreePairs = 3.2;

    /// <summary>Segments of a shared round, and positions a segment, a multiple of the kernels' chunk.</summary>
    public static Round Of(TrainingWords words, TrainingState state)
    {
        Word2VecOptions options = state.Options;
        double share = ShareOfMostFrequent(words, state);
        double pairs = (options.SkipGram ? SkipGramPairs : CbowPairs) * Caution(options);
        double round = Math.Min(Changes(options) / share, pairs / (share * share));
        if (state.Tree is not null)
            round = Math.Min(
                round,
                Math.Min(options.SkipGram ? SkipGramChanges : CbowTreeChanges, TreePairs / share) * Caution(options)
            );
        int segments = (int)Math.Clamp(round / WindowKernel.Chunk, 1, SharedRounds.MaxSegments);
        return new(segments, Clamp(round / segments, state.Subwords is null ? LongestSegment : LongestSubwordSegment));
    }

    /// <summary>Positions of a segment with subwords that one thread trains alone.</summary>
    public static int LoneSubwordSegment(TrainingWords words, TrainingState state) =>
        Clamp(Changes(state.Options) / ShareOfMostFrequent(words, state), LongestSubwordSegment);

    private static double Changes(Word2VecOptions options) =>
        (options.SkipGram ? SkipGramChanges : CbowChanges) * Caution(options);

    /// <summary>What a step grows by above the usual rate, the number of steps falls by.</summary>
    private static double Caution(Word2VecOptions options) => Math.Min(1, StepBound.DefaultAlpha / options.Alpha);

    private static int Clamp(double positions, int longest) =>
        (int)Math.Clamp(positions, WindowKernel.Chunk, longest) / WindowKernel.Chunk * WindowKernel.Chunk;

    /// <summary>
    /// The largest share of the positions that change the vector of one word: those that hold it or, with subwords,
    /// each that holds a word by the part of n-grams that both have.
    /// </summary>
    private static double ShareOfMostFrequent(TrainingWords words, TrainingState state)
    {
        double[] share = words.KeptShares();
        if (state.Subwords is null)
            return share.Max();
        var rows = new Dictionary<int, double>();
        for (int word = 0; word < share.Length; word++)
        {
            foreach (int row in state.Subwords.Of(word))
                rows[row] = rows.GetValueOrDefault(row) + share[word];
        }
        double most = 0;
        for (int word = 0; word < share.Length; word++)
        {
            double sum = 0;
            foreach (int row in state.Subwords.Of(word))
                sum += rows[row];
            most = Math.Max(most, sum / state.Subwords.Of(word).Length);
        }
        return most;
    }
}
