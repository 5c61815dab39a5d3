namespace Firn.Vectors;

/// <summary>A word found by similarity.</summary>
/// <param name="Word">The word.</param>
/// <param name="Row">Its row.</param>
/// <param name="Similarity">Cosine in [-1, 1]; for <see cref="AnalogyMethod.Multiply"/> a ratio of at least 0.</param>
public readonly record struct Neighbor(string Word, int Row, float Similarity);

/// <summary>How the fourth word of an analogy is scored.</summary>
public enum AnalogyMethod
{
    /// <summary>
    /// Cosine with the mean of the unit vectors, negative ones subtracted: 3CosAdd (Mikolov et al. 2013).
    /// </summary>
    Add,

    /// <summary>
    /// Product of shifted cosines over those of the negative words: 3CosMul (Levy and Goldberg 2014, eq. 4).
    /// </summary>
    Multiply,
}
