namespace Firn.Drift;

/// <summary>What is measured of drift.</summary>
public sealed record DriftOptions
{
    /// <summary>Nearest words that are compared, 1 to 1000.</summary>
    public int Neighbors { get; init; } = 10;

    /// <summary>
    /// Words whose neighbors are looked up at most: those that training saw, the most frequent first, then the others
    /// in the order of the vocabulary. The search is exact and over all words; its cost is this times the number of
    /// words.
    /// </summary>
    public int NeighborWords { get; init; } = 20_000;

    /// <summary>Diverged pairs that are kept, the worst first.</summary>
    public int Pairs { get; init; } = 100;

    /// <summary>Cosine before training from which on a neighbor counts as near, in [0, 1].</summary>
    public double NearCosine { get; init; } = 0.5;

    /// <summary>
    /// Times that training must have seen a word for its pairs to count as diverged, 1 or more: a word that stands once
    /// in the texts moves by what one text taught it. Without effect where counts are not known.
    /// </summary>
    public int MinSeen { get; init; } = 5;

    internal void Validate()
    {
        Throw.IfOutside(Neighbors, 1, 1000);
        Throw.IfOutside(NeighborWords, 0, int.MaxValue);
        Throw.IfOutside(Pairs, 0, int.MaxValue);
        Throw.IfOutside(NearCosine, 0, 1);
        Throw.IfOutside(MinSeen, 1, int.MaxValue);
    }
}
