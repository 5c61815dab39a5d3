namespace Firn.Vectors.Subwords;

/// <summary>How a fastText model was trained, as its file tells it. The defaults are fastText's.</summary>
/// <param name="VectorSize">Values a vector, E.</param>
/// <param name="MinN">Shortest n-gram.</param>
/// <param name="MaxN">Longest n-gram; 0 for words alone.</param>
/// <param name="Buckets">Rows that n-grams share.</param>
internal sealed record FastTextArguments(int VectorSize, int MinN, int MaxN, int Buckets)
{
    public int Window { get; init; } = 5;

    public int Epochs { get; init; } = 5;

    public int MinCount { get; init; } = 5;

    /// <summary>Random words that each word is told from; 0 for hierarchical softmax.</summary>
    public int Negative { get; init; } = 5;

    public bool SkipGram { get; init; }

    /// <summary>Threshold of subsampling.</summary>
    public double Sample { get; init; } = 1e-3;
}
