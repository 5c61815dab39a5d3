using System.Globalization;
using Firn.Numerics;
using Firn.Study;

namespace Firn.Cli.Reporting;

/// <summary>The charts of a study, all over the training size on a logarithmic axis.</summary>
internal static class StudyCharts
{
    private static readonly (StudyPolicy Policy, string Style)[] Schedules =
    [
        (StudyPolicy.Random, "c"),
        (StudyPolicy.Frozen, "a"),
        (StudyPolicy.Trainable, "b"),
        (StudyPolicy.ThawAll, "d"),
        (StudyPolicy.ThawEmbedding, "f"),
    ];

    private static readonly (StudyPolicy Policy, string Style)[] Repairs =
    [
        (StudyPolicy.Trainable, "b"),
        (StudyPolicy.Anchor, "e"),
        (StudyPolicy.Map, "c"),
        (StudyPolicy.Neighbors, "d"),
        (StudyPolicy.Revert, "f"),
    ];

    /// <summary>Accuracy of the tables that differ in when they train.</summary>
    public static string Accuracy(StudySummary summary) =>
        Draw(
            summary,
            Schedules,
            row => row.Accuracy,
            "accuracy, %",
            "Accuracy on the test over the training size, by what is done with the table"
        );

    /// <summary>Their difference from the frozen table; the random one, which is far off, left out.</summary>
    public static string Difference(StudySummary summary) =>
        Draw(
            summary,
            Schedules[2..],
            row => row.AgainstFrozen,
            "points against frozen",
            "Accuracy less that of the frozen table over the training size",
            zero: true
        );

    /// <summary>Trained and repaired tables on texts with words that training lacked.</summary>
    public static string Unseen(StudySummary summary) =>
        Draw(
            summary,
            Repairs,
            row => row.SliceAgainstFrozen,
            "points against frozen",
            "On texts with unseen words: accuracy less that of the frozen table",
            zero: true
        );

    /// <summary>Trained and repaired tables on the whole test.</summary>
    public static string RepairedWhole(StudySummary summary) =>
        Draw(
            summary,
            Repairs,
            row => row.AgainstFrozen,
            "points against frozen",
            "On all test texts: accuracy less that of the frozen table",
            zero: true
        );

    /// <summary>Whether there is anything to draw of these.</summary>
    public static bool HasRepairs(StudySummary summary) => summary.Rows.Any(r => r.Policy >= StudyPolicy.Anchor);

    private static string Draw(
        StudySummary summary,
        (StudyPolicy Policy, string Style)[] series,
        Func<StudyRow, Estimate?> value,
        string title,
        string description,
        bool zero = false
    )
    {
        double[] places = [.. summary.Sizes.Select(size => Math.Log10(size))];
        double first = places[0],
            last = places[^1],
            margin = Math.Max(0.08, 0.06 * (last - first));
        var across = new AxisRange(first - margin, last + margin);
        (StudyRow Row, Estimate Value)[] all =
        [
            .. series
                .SelectMany(s => summary.Rows.Where(r => r.Policy == s.Policy && value(r) is not null))
                .Select(r => (r, Scaled(value(r)!))),
        ];
        var up = Ticks.Range(all.SelectMany(p => new[] { p.Value.Low, p.Value.High }).Concat(zero ? [0.0] : []));
        var chart = new SvgChart("training texts", title, across, up, places, [.. summary.Sizes.Select(Size)]);
        if (zero)
            chart.Line("frozen", "ideal", [across.Low, across.High], [0, 0]);
        (StudyPolicy Policy, string Style)[] drawn = [.. series.Where(s => all.Any(p => p.Row.Policy == s.Policy))];
        for (int s = 0; s < drawn.Length; s++)
        {
            // A little to the side of each other, so that intervals do not hide each other.
            double aside = (s - (drawn.Length - 1) / 2.0) * 0.014 * (across.High - across.Low);
            (StudyRow Row, Estimate Value)[] own =
            [
                .. all.Where(p => p.Row.Policy == drawn[s].Policy).OrderBy(p => p.Row.Size),
            ];
            string name = StudyPolicies.NameOf(drawn[s].Policy);
            chart.Line(
                name,
                drawn[s].Style,
                [.. own.Select(p => Math.Log10(p.Row.Size) + aside)],
                [.. own.Select(p => p.Value.Mean)]
            );
            foreach ((StudyRow row, Estimate estimate) in own)
            {
                chart.Interval(
                    drawn[s].Style,
                    Math.Log10(row.Size) + aside,
                    estimate.Mean,
                    estimate.Low,
                    estimate.High,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{name}, {row.Size:N0} texts: {estimate.Mean:0.00} ({estimate.Low:0.00} to "
                            + $"{estimate.High:0.00}), {row.Seeds} seeds"
                    )
                );
            }
        }
        var points = all.SelectMany(p =>
            new PlanePoint[] { new(Math.Log10(p.Row.Size), p.Value.Low), new(Math.Log10(p.Row.Size), p.Value.High) }
        );
        return chart.ToSvg(
            description,
            EmptiestCorner.Of(
                points,
                across,
                up,
                Corner.BottomRight,
                Corner.TopRight,
                Corner.TopLeft,
                Corner.BottomLeft
            )
        );
    }

    private static Estimate Scaled(Estimate e) => new(100 * e.Mean, 100 * e.Low, 100 * e.High);

    private static string Size(int size) =>
        size switch
        {
            >= 10_000 => string.Create(CultureInfo.InvariantCulture, $"{size / 1000.0:0.#}k"),
            _ => size.ToString("N0", CultureInfo.InvariantCulture),
        };
}
