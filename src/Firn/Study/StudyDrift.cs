using Firn.Drift;

namespace Firn.Study;

/// <summary>How far training moved the vectors.</summary>
/// <param name="Words">Words whose vector moved.</param>
/// <param name="Cosine">Mean cosine between a moved word's vector before and after; 1 is no turn.</param>
/// <param name="NeighboursKept">
/// Mean share of the ten nearest neighbours that a word of the training texts kept, over the 1,000 most frequent of
/// them.
/// </param>
/// <param name="Torn">
/// A word that training saw and a near one that it lacks, the strongest tears first; empty but for the first seed.
/// </param>
public sealed record StudyDrift(int Words, double Cosine, double NeighboursKept, IReadOnlyList<StudyTear> Torn)
{
    private const int Asked = 1000,
        Named = 40,
        Neighbours = 10;

    /// <summary>
    /// The table after a policy's repair; the trained table itself for other policies, and where no word stayed behind.
    /// </summary>
    internal static DriftTable Repaired(DriftTable trained, StudyPolicy policy)
    {
        if (!StudyPolicies.RepairsTrained(policy) || !trained.WordsWithVector().Any(id => !trained.Moved(id)))
            return policy == StudyPolicy.Revert && trained.Before.Count > 0
                ? TableRepair.Run(trained, RepairMethod.Revert).Drift
                : trained;
        return TableRepair
            .Run(
                trained,
                policy switch
                {
                    StudyPolicy.Map => RepairMethod.Map,
                    StudyPolicy.Neighbors => RepairMethod.Neighbors,
                    _ => RepairMethod.Revert,
                }
            )
            .Drift;
    }

    /// <summary>Measures; null where no word moved.</summary>
    /// <param name="table">Vectors before and after.</param>
    /// <param name="names">Whether to name torn pairs.</param>
    internal static StudyDrift? Of(DriftTable table, bool names)
    {
        if (table.Before.Count == 0)
            return null;
        DriftReport report = DriftReport.Measure(
            table,
            new DriftOptions
            {
                Neighbors = Neighbours,
                NeighborWords = Asked,
                Pairs = names ? Named : 0,
            }
        );
        WordMovement[] moved = [.. report.Words.Where(w => w.Length > 0)];
        double kept = report
            .Words.Where(w => table.Seen(w.Id) && w.NeighborsKept is not null)
            .Select(w => (double)w.NeighborsKept!.Value / Neighbours)
            .DefaultIfEmpty(double.NaN)
            .Average();
        StudyTear[] torn =
        [
            .. report.Pairs.Select(p => new StudyTear(
                p.First,
                p.FirstCount ?? 0,
                p.Second,
                p.CosineBefore,
                p.CosineAfter
            )),
        ];
        return new StudyDrift(moved.Length, 1 - moved.Average(w => w.CosineDistance), kept, torn);
    }
}

/// <summary>Two near words that training drew apart.</summary>
/// <param name="Seen">The word that the texts trained on hold.</param>
/// <param name="Count">How often they do.</param>
/// <param name="Unseen">The word that they lack.</param>
/// <param name="Before">Cosine of the two before training.</param>
/// <param name="After">Cosine afterwards.</param>
public sealed record StudyTear(string Seen, int Count, string Unseen, double Before, double After);
