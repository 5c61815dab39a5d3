using Firn.Cli.Commands;
using Firn.Drift;
using Firn.Numerics;

namespace Firn.Cli.Reporting;

/// <summary>All that <c>firn drift</c> shows.</summary>
/// <param name="Name">Name of the model.</param>
/// <param name="Drift">What was measured.</param>
/// <param name="Words">Words asked for.</param>
/// <param name="Asked">Pairs asked for.</param>
/// <param name="Pictured">Words of the map and the lists of neighbors.</param>
/// <param name="Repairs">What repairs did; empty for none.</param>
/// <param name="Rows">Rows of a table at most.</param>
internal sealed record DriftView(
    string Name,
    DriftReport Drift,
    IReadOnlyList<string> Words,
    IReadOnlyList<DivergedPair> Asked,
    IReadOnlyList<string> Pictured,
    IReadOnlyList<RepairOutcome> Repairs,
    int Rows
)
{
    /// <summary>The pairs asked for, else the worst diverged.</summary>
    public IReadOnlyList<DivergedPair> Pairs => Asked.Count > 0 ? Asked : [.. Drift.Pairs.Take(Rows)];

    /// <summary>The words asked for, else those that moved the most among the ones seen ten times or more.</summary>
    public IReadOnlyList<WordMovement> Movements =>
        Words.Count > 0
            ? [.. Words.Select(Drift.MovementOf)]
            : [.. Drift.Words.Where(w => (w.Count ?? 10) >= 10).OrderByDescending(w => w.CosineDistance).Take(Rows)];

    /// <summary>The movements worth a table: those of words asked for, or of words that moved.</summary>
    public IReadOnlyList<WordMovement> ShownMovements => Words.Count > 0 || Drift.Moved > 0 ? Movements : [];

    /// <summary>Whether it is known how often training saw each word.</summary>
    public bool CountsKnown => Drift.Words.Any(w => w.Count is not null);

    /// <summary>What the table of movements shows.</summary>
    public string MovementsTitle =>
        this switch
        {
            { Words.Count: > 0 } => "Words",
            { CountsKnown: false } => "Words that moved the most",
            _ => "Words seen ten times or more that moved the most",
        };

    /// <summary>Before and after of each pictured word on the plane of their places before.</summary>
    public IReadOnlyList<MapPoint> Map()
    {
        int[] ids = [.. Pictured.Select(Drift.Table.Require)];
        if (ids.Length < 3 || Drift.Table.After.Dimension < 2)
            return [];
        PrincipalPlane plane = PrincipalPlane.Fit(
            [.. ids.SelectMany(id => Drift.Table.BeforeOf(id).ToArray())],
            Drift.Table.After.Dimension
        );
        return
        [
            .. ids.Select(id => new MapPoint(
                Drift.Table.Vocabulary[id],
                Drift.Table.Seen(id),
                plane.Project(Drift.Table.BeforeOf(id)),
                plane.Project(Drift.Table.AfterOf(id))
            )),
        ];
    }

    /// <summary>
    /// How many moved words moved so far: twenty equal steps of cosine distance up to the farthest; empty where none
    /// moved.
    /// </summary>
    public IReadOnlyList<(double Low, double High, int Words)> Histogram()
    {
        double[] distances = [.. Drift.Words.Where(w => w.Length > 0).Select(w => w.CosineDistance)];
        if (distances.Length == 0)
            return [];
        double step = Math.Max(distances.Max(), 1e-12) / 20;
        var counts = new int[20];
        foreach (double distance in distances)
            counts[Math.Min(counts.Length - 1, (int)(distance / step))]++;
        return [.. counts.Select((c, i) => (i * step, (i + 1) * step, c))];
    }
}
