using System.Globalization;
using System.Text;
using Firn.Drift;
using Firn.Files;
using Firn.Study;
using static Firn.Cli.Reporting.PageParts;

namespace Firn.Cli.Reporting;

/// <summary>
/// Drift as one page: the map of arrows, diverged pairs, movement by frequency, neighbors before and after, repairs.
/// </summary>
internal static class DriftPage
{
    private const int NeighborLists = 12;

    /// <summary>Writes <c>drift.html</c> and its pictures, and returns the path of the page.</summary>
    public static string Save(DriftView view, string folder)
    {
        Directory.CreateDirectory(folder);
        string page = Path.Combine(folder, "drift.html");
        OutputFile.WriteText(page, Render(view));
        DriftPlots.Save(view, folder);
        return page;
    }

    public static string Render(DriftView view)
    {
        DriftReport drift = view.Drift;
        var sections = new StringBuilder();
        var map = view.Map();
        if (map.Count > 0)
            Section(
                sections,
                "Where words went",
                DriftMapDrawing.Of(map)
                    + Hint(
                        "The plane in which these words spread the most before training (two principal components); "
                            + "both ends of each arrow are shown on it."
                    ),
                wide: true
            );
        if (view.Pairs.Count > 0)
        {
            StudyDivergence[] diverged =
            [
                .. view
                    .Pairs.Take(16)
                    .Select(p => new StudyDivergence(
                        p.First,
                        p.FirstCount ?? 0,
                        p.Second,
                        p.CosineBefore,
                        p.CosineAfter
                    )),
            ];
            Section(
                sections,
                view.Asked.Count > 0 ? "The pairs" : "Diverged pairs",
                DivergenceDrawing.Of(diverged),
                wide: true
            );
            Section(
                sections,
                "Pairs in figures",
                Table(DriftTables.Pairs(view.Pairs))
                    + Hint("Rank: the near word was so many-th of the word's nearest."),
                wide: true
            );
        }
        Section(
            sections,
            "By how often training saw the word",
            Table(DriftTables.Bands(drift))
                + Hint(
                    $"Neighbors kept: of the {drift.Options.Neighbors} nearest words before, among all words, how "
                        + $"many are among the nearest now."
                ),
            wide: true
        );
        if (drift.Moved > 0)
            Section(sections, "How far words moved", Histogram(view));
        if (view.ShownMovements.Count > 0)
            Section(sections, view.MovementsTitle, Table(DriftTables.Movements(view.ShownMovements)), wide: true);
        if (view.Repairs.Count > 0)
        {
            string crossValidatedR2 = string.Concat(
                view.Repairs.Where(r => r.Repair.CrossValidatedR2 is not null)
                    .Select(r => Hint(DriftTables.CrossValidatedR2(r.Repair)))
            );
            Section(
                sections,
                "Repairs",
                Table(DriftTables.Repairs(view.Repairs))
                    + crossValidatedR2
                    + Hint("Mended and broken: texts with unseen words that became right, and wrong."),
                wide: true
            );
        }
        if (view.Pictured.Count > 0)
            Section(sections, "Neighbors before and now", Neighbors(view), wide: true, "long");
        return Page(
            $"Drift of {view.Name}",
            DriftTables.InWords(drift),
            "",
            [
                new("words with a vector", drift.Words.Count.ToString("N0", CultureInfo.InvariantCulture)),
                new("moved", drift.Moved.ToString("N0", CultureInfo.InvariantCulture)),
                .. view.CountsKnown
                    ? [new Fact("training lacks", drift.Unseen.ToString("N0", CultureInfo.InvariantCulture))]
                    : Array.Empty<Fact>(),
            ],
            sections.ToString(),
            string.Create(CultureInfo.InvariantCulture, $"Firn {Bundle.FirnVersion}, {DateTime.Now:d MMMM yyyy, HH:mm}")
        );
    }

    private static string Histogram(DriftView view)
    {
        var bars = view.Histogram();
        double most = bars.Max(b => b.Words);
        var chart = new SvgChart(
            "cosine distance between before and after",
            "words that moved",
            new AxisRange(0, bars[^1].High),
            new AxisRange(0, 1.05 * most)
        );
        foreach (var (low, high, words) in bars)
            chart.Bar(
                "count",
                low,
                high,
                words,
                string.Create(CultureInfo.InvariantCulture, $"{words:N0} words from {low:0.00} to {high:0.00}")
            );
        return chart.ToSvg("Histogram of movement");
    }

    private static string Neighbors(DriftView view)
    {
        var html = new StringBuilder(
            "<div class=\"scroll\"><table class=\"texts\"><thead><tr><th>word</th><th>before "
                + "training</th><th>now</th></tr></thead><tbody>"
        );
        foreach (string word in view.Pictured.Take(NeighborLists))
        {
            NeighborChange change = view.Drift.NeighborsOf(word);
            var then = change.Before.Select(n => n.Row).ToHashSet();
            var now = change.After.Select(n => n.Row).ToHashSet();
            string List(IEnumerable<Vectors.Neighbor> list, HashSet<int> other) =>
                string.Join(
                    ", ",
                    list.Select(n => other.Contains(n.Row) ? Escape(n.Word) : $"<strong>{Escape(n.Word)}</strong>")
                );
            html.Append(
                CultureInfo.InvariantCulture,
                $"<tr><td style=\"width:16%\">{Escape(word)}<br><small>"
                    + $"{(view.Drift.Table.Seen(view.Drift.Table.Require(word)) ? "seen" : "training lacks it")}"
                    + $"</small></td><td>{List(change.Before, now)}</td><td>{List(change.After, then)}</td></tr>\n"
            );
        }
        return html.Append("</tbody></table></div>")
            .Append(Hint("Bold: words that left, and words that came."))
            .ToString();
    }

    private static string Hint(string text) => $"<p class=\"hint\">{Escape(text)}</p>";
}
