using System.Text.Json.Serialization;
using Firn.Drift;

namespace Firn.Study;

/// <summary>How far training moved the vectors.</summary>
/// <param name="Words">Words whose vector moved.</param>
/// <param name="Cosine">Mean cosine between a moved word's vector before and after; 1 is no turn.</param>
/// <param name="NeighborsKept">
/// Mean share of the ten nearest neighbors that a word of the training texts kept, over the 1,000 most frequent of
/// them.
/// </param>
/// <param name="Diverged">
/// A word that training saw and a near one that it lacks, the strongest divergence first; empty but for the first seed.
/// </param>
public sealed record StudyDrift(
    int Words,
    double Cosine,
    [property: JsonPropertyName("neighbours_kept")] double NeighborsKept,
    [property: JsonPropertyName("torn")] IReadOnlyList<StudyDivergence> Diverged
)
{
    private const int Asked = 1000,
        Named = 40,
        Neighbors = 10;

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
    /// <param name="names">Whether to name diverged pairs.</param>
    internal static StudyDrift? Of(DriftTable table, bool names)
    {
        if (table.Before.Count == 0)
            return null;
        DriftReport report = DriftReport.Measure(
            table,
            new DriftOptions
            {
                Neighbors = Neighbors,
                NeighborWords = Asked,
                Pairs = names ? Named : 0,
            }
        );
        WordMovement[] moved = [.. report.Words.Where(w => w.Length > 0)];
        double kept = report
            .Words.Where(w => table.Seen(w.Id) && w.NeighborsKept is not null)
            .Select(w => (double)w.NeighborsKept!.Value / Neighbors)
            .DefaultIfEmpty(double.NaN)
            .Average();
        StudyDivergence[] diverged =
        [
            .. report.Pairs.Select(p => new StudyDivergence(
                p.First,
                p.FirstCount ?? 0,
                p.Second,
                p.CosineBefore,
                p.CosineAfter
            )),
        ];
        return new StudyDrift(moved.Length, 1 - moved.Average(w => w.CosineDistance), kept, diverged);
    }
}

/// <summary>Two near words that training drew apart.</summary>
/// <param name="Seen">The word that the texts trained on hold.</param>
/// <param name="Count">How often they do.</param>
/// <param name="Unseen">The word that they lack.</param>
/// <param name="Before">Cosine of the two before training.</param>
/// <param name="After">Cosine afterwards.</param>
public sealed record StudyDivergence(string Seen, int Count, string Unseen, double Before, double After);
