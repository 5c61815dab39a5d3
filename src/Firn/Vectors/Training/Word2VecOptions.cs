namespace Firn.Vectors.Training;

/// <summary>
/// How word vectors are trained: gensim's parameters by their names, defaults and meaning (Řehůřek and Sojka 2010;
/// Mikolov et al. 2013, "Distributed representations of words and phrases and their compositionality").
/// </summary>
public sealed record Word2VecOptions
{
    /// <summary>Numbers in each vector.</summary>
    public int VectorSize { get; init; } = 100;

    /// <summary>The most words to the left and to the right of a word that count as its context.</summary>
    public int Window { get; init; } = 5;

    /// <summary>
    /// Draw the width of each window uniformly from 1 to <see cref="Window"/>, so that near words count more.
    /// </summary>
    public bool ShrinkWindows { get; init; } = true;

    /// <summary>Words seen fewer times get no vector and are taken out of the texts.</summary>
    public int MinCount { get; init; } = 5;

    /// <summary>The most words that get a vector, the most frequent ones; 0 for no limit.</summary>
    public int MaxWords { get; init; }

    /// <summary>
    /// Threshold t of subsampling: a word of relative frequency f is kept with probability sqrt(t/f) + t/f; 0 keeps
    /// all.
    /// </summary>
    public double Sample { get; init; } = 1e-3;

    /// <summary>Random words that each word is told from; 0 turns negative sampling off.</summary>
    public int Negative { get; init; } = 5;

    /// <summary>Random words are drawn with probability proportional to count to this power.</summary>
    public double NsExponent { get; init; } = 0.75;

    /// <summary>
    /// True trains skip-gram (predict each context word), false CBOW (predict a word from its context).
    /// </summary>
    public bool SkipGram { get; init; }

    /// <summary>
    /// Train hierarchical softmax over the Huffman tree of the counts; beside negative sampling unless that is 0.
    /// </summary>
    public bool HierarchicalSoftmax { get; init; }

    /// <summary>CBOW: take the mean of the context's vectors rather than their sum.</summary>
    public bool CbowMean { get; init; } = true;

    /// <summary>Learning rate at the start.</summary>
    public double Alpha { get; init; } = 0.025;

    /// <summary>Learning rate at the end; it falls linearly with the words read.</summary>
    public double MinAlpha { get; init; } = 0.0001;

    /// <summary>Passes over the texts.</summary>
    public int Epochs { get; init; } = 5;

    /// <summary>Builds each word from its character n-grams, as fastText does; null trains words alone.</summary>
    public SubwordOptions? Subwords { get; init; }

    /// <summary>
    /// Names all that is drawn at random. One seed gives the same vectors bit for bit on one thread, and on any number
    /// with <see cref="Deterministic"/>.
    /// </summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>
    /// Threads; they update shared vectors without locks (Recht et al. 2011, "Hogwild!"). 0 uses every processor.
    /// </summary>
    public int Threads { get; init; }

    /// <summary>
    /// One seed gives the same vectors, bit for bit, on any number of threads: they share rounds of a few hundred words
    /// and each row is written by one of them (docs/vectors.md says what that costs).
    /// </summary>
    public bool Deterministic { get; init; }

    internal const int MaxDimensions = 1 << 16;

    internal void Validate()
    {
        Throw.IfOutside(VectorSize, 1, MaxDimensions);
        Throw.IfOutside(Window, 1, 1000);
        Throw.IfNotPositive(MinCount);
        Throw.IfOutside(MaxWords, 0, int.MaxValue);
        Throw.IfOutside(Sample, 0, double.MaxValue);
        Throw.IfOutside(Negative, 0, 1000);
        Throw.IfOutside(NsExponent, -10, 10);
        Throw.IfOutside(Alpha, 0, 100);
        Throw.IfOutside(MinAlpha, 0, Alpha);
        Throw.IfNotPositive(Epochs);
        Throw.IfOutside(Threads, 0, 1024);
        Subwords?.Validate();
        if (Negative == 0 && !HierarchicalSoftmax)
            throw new ArgumentException(
                "Nothing would be trained: set Negative above 0, or HierarchicalSoftmax.",
                nameof(Negative)
            );
    }
}

/// <summary>
/// Character n-grams of words (Bojanowski et al. 2017, "Enriching word vectors with subword information"), by
/// fastText's names and defaults.
/// </summary>
public sealed record SubwordOptions
{
    /// <summary>Shortest n-gram in characters, the word's marks &lt; and &gt; counted.</summary>
    public int MinN { get; init; } = 3;

    /// <summary>Longest n-gram in characters.</summary>
    public int MaxN { get; init; } = 6;

    /// <summary>Rows that all n-grams share by their hash.</summary>
    public int Buckets { get; init; } = 2_000_000;

    internal const int LongestNgram = 100,
        MaxBuckets = 1 << 30;

    internal void Validate()
    {
        Throw.IfOutside(MinN, 1, LongestNgram);
        Throw.IfOutside(MaxN, MinN, LongestNgram);
        Throw.IfOutside(Buckets, 1, MaxBuckets);
    }
}

/// <summary>How far training is.</summary>
/// <param name="Epoch">The pass under way, from 1.</param>
/// <param name="Epochs">Passes in all.</param>
/// <param name="Fraction">Part of all words read, in [0, 1].</param>
/// <param name="WordsPerSecond">
/// Words of the texts read a second since the start, rare and subsampled ones among them, as gensim counts.
/// </param>
/// <param name="Alpha">The learning rate now.</param>
/// <param name="Loss">
/// Mean loss since the last report, of a sample: negative log-likelihood of a word (CBOW) or of a pair of words
/// (skip-gram); NaN when nothing was measured.
/// </param>
public readonly record struct Word2VecProgress(
    int Epoch,
    int Epochs,
    double Fraction,
    double WordsPerSecond,
    double Alpha,
    double Loss
);
