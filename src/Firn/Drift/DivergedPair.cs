namespace Firn.Drift;

/// <summary>Two words and what training did to their nearness.</summary>
/// <param name="First">A word; in pairs that were found, the one that training saw.</param>
/// <param name="Second">The other; in pairs that were found, one that training lacks.</param>
/// <param name="FirstCount">How often training saw the first; null where that is not known.</param>
/// <param name="SecondCount">How often it saw the second.</param>
/// <param name="CosineBefore">Cosine of the two before training.</param>
/// <param name="CosineAfter">Cosine of the two now.</param>
/// <param name="RankBefore">Before training the second was so many-th of the first's nearest words, from 1.</param>
/// <param name="RankAfter">The same now.</param>
public sealed record DivergedPair(
    string First,
    string Second,
    int? FirstCount,
    int? SecondCount,
    double CosineBefore,
    double CosineAfter,
    int RankBefore,
    int RankAfter
)
{
    /// <summary>
    /// The divergence: how much nearness was lost, cosine before less cosine now; negative where the words came nearer.
    /// </summary>
    public double Divergence => CosineBefore - CosineAfter;
}

/// <summary>A word's nearest words before training and now, side by side.</summary>
/// <param name="Word">The word.</param>
/// <param name="Before">Its nearest words before training, the nearest first.</param>
/// <param name="After">Those now.</param>
public sealed record NeighborChange(
    string Word,
    IReadOnlyList<Vectors.Neighbor> Before,
    IReadOnlyList<Vectors.Neighbor> After
)
{
    /// <summary>How many of the words before are still there.</summary>
    public int Kept => Before.Select(n => n.Row).Intersect(After.Select(n => n.Row)).Count();
}
