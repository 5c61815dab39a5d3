using Firn.Text;

namespace Firn.Extensions.AI;

/// <summary>How a text becomes one vector.</summary>
public sealed record MeanVectorOptions
{
    /// <summary>
    /// How a text is cleaned and split into words; by default as short messages are
    /// (<see cref="CleaningOptions.Tweets"/>) with upper case kept: <c>Lovely dinner!</c> gives Lovely and dinner.
    /// </summary>
    public CleaningOptions Cleaning { get; init; } = CleaningOptions.Tweets with { LowerCase = false };

    /// <summary>Look a word up in lower case where it has no vector as it is written (default).</summary>
    public bool TryLowerCase { get; init; } = true;

    /// <summary>
    /// Take each word's vector at length 1 (default), so that rare words with long vectors do not outweigh the others;
    /// the mean is then that of <see cref="Firn.Vectors.Similarity.NearestToText"/>.
    /// </summary>
    public bool UnitWords { get; init; } = true;

    /// <summary>Scale the mean to length 1 (default), so that a dot product is a cosine.</summary>
    public bool UnitMean { get; init; } = true;

    /// <summary>
    /// What the generator calls itself in its metadata and its embeddings; a request for another model is refused.
    /// </summary>
    public string ModelId { get; init; } = "word-vectors";
}
