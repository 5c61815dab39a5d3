namespace Firn.Study;

/// <summary>How far training moved the vectors.</summary>
/// <param name="Words">Words whose vector moved.</param>
/// <param name="Cosine">Mean cosine between a moved word's vector before and after; 1 is no turn.</param>
/// <param name="NeighboursKept">
/// Mean share of the ten nearest neighbours that a word of the training texts kept, over the 2,000 most frequent of them.
/// </param>
/// <param name="Torn">A word that training saw and a near one that it lacks, the strongest tears first; empty but for the first seed.</param>
public sealed record StudyDrift(int Words, double Cosine, double NeighboursKept, IReadOnlyList<StudyTear> Torn);

/// <summary>Two near words that training drew apart.</summary>
/// <param name="Seen">The word that the texts trained on hold.</param>
/// <param name="Count">How often they do.</param>
/// <param name="Unseen">The word that they lack.</param>
/// <param name="Before">Cosine of the two before training.</param>
/// <param name="After">Cosine afterwards.</param>
public sealed record StudyTear(string Seen, int Count, string Unseen, double Before, double After);
