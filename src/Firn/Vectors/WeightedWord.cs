namespace Firn.Vectors;

/// <summary>A word of a query.</summary>
/// <param name="Word">A word with a vector.</param>
/// <param name="Weight">
/// What its unit vector is multiplied by: 1 for a word that answers are to be near to, -1 for one to be far from.
/// </param>
public readonly record struct WeightedWord(string Word, float Weight = 1);
