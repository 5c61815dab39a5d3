namespace Firn.Drift;

/// <summary>What to do with words that stayed behind when training moved the others.</summary>
public enum RepairMethod
{
    /// <summary>
    /// A linear map from the place before to the way gone, fitted on the words that moved, moves those that did not:
    /// ridge regression, after Madhyastha et al. 2015, "Mapping Unseen Words to Task-Trained Embedding Spaces".
    /// </summary>
    Map,

    /// <summary>
    /// Each word that stayed goes the mean way of its nearest words that moved, weighted by similarity.
    /// </summary>
    Neighbors,

    /// <summary>The old table is put back: no word is moved, and what the table learnt is lost.</summary>
    Revert,
}

/// <summary>How much a word that moved counts in the fit of <see cref="RepairMethod.Map"/>.</summary>
public enum MapWeights
{
    /// <summary>As often as training saw it.</summary>
    Count,

    /// <summary>The logarithm of 1 + that number.</summary>
    LogCount,

    /// <summary>All alike.</summary>
    Even,
}

/// <summary>The settings of a repair.</summary>
public sealed record RepairOptions
{
    /// <summary>Neighbors that carry a word along, k; 1 to 1000.</summary>
    public int Neighbors { get; init; } = 10;

    /// <summary>
    /// Temperature T of their weights, exp(cosine / T) over their sum: near 0 the nearest alone counts, large values
    /// weigh all k alike. Above 0.
    /// </summary>
    public double Temperature { get; init; } = 0.1;

    /// <summary>How the words that moved are weighed in the map.</summary>
    public MapWeights Weights { get; init; } = MapWeights.Count;

    /// <summary>
    /// Penalty of the map, as a multiple of the mean variance of a value of the weighted vectors; null chooses, of 13
    /// from 0.001 to 1000, the one with the least error in five-fold cross-validation over the words that moved.
    /// </summary>
    public double? Penalty { get; init; }

    internal void Validate()
    {
        Throw.IfOutside(Neighbors, 1, 1000);
        Throw.IfNotPositive(Temperature);
        if (Penalty is { } penalty)
            Throw.IfNotPositive(penalty);
    }
}
