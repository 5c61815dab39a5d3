using System.Globalization;
using System.Text;
using Firn.Numerics;
using static Firn.Cli.Reporting.PageParts;

namespace Firn.Cli.Reporting;

/// <summary>Arrows from where words stood before training to where they stand now, as SVG.</summary>
internal static class DriftMapDrawing
{
    private const double Width = 960,
        Height = 560,
        Margin = 60;

    public static string Of(IReadOnlyList<MapPoint> map)
    {
        var ends = map.SelectMany(m => new[] { m.Before, m.After }).ToArray();
        double left = ends.Min(p => p.X),
            right = ends.Max(p => p.X),
            low = ends.Min(p => p.Y),
            high = ends.Max(p => p.Y);
        double X(double x) => Margin + (x - left) / Math.Max(right - left, 1e-9) * (Width - 2.4 * Margin);
        double Y(double y) => Height - Margin - (y - low) / Math.Max(high - low, 1e-9) * (Height - 1.6 * Margin);
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg class=\"chart\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"Words before and after "
                + $"training on a plane\"><defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" "
                + $"markerWidth=\"5\" markerHeight=\"5\" orient=\"auto-start-reverse\"><path d=\"M0,0 L8,4 L0,8 z\" "
                + $"fill=\"var(--a)\"/></marker></defs>"
        );
        foreach (var (_, seen, before, after) in map.Where(m => m.Seen))
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<line class=\"line a\" stroke-opacity=\"0.6\" marker-end=\"url(#tip)\" x1=\"{X(before.X):0.0}\" "
                    + $"y1=\"{Y(before.Y):0.0}\" x2=\"{X(after.X):0.0}\" y2=\"{Y(after.Y):0.0}\"/>"
            );
        double[] lines = LabelPlaces.Of(
            [.. map.Select(m => m.Seen ? m.After : m.Before).Select(p => new PlanePoint(X(p.X), Y(p.Y)))],
            15,
            map.Max(m => m.Word.Length) * 7.5
        );
        for (int i = 0; i < map.Count; i++)
        {
            var (word, seen, before, after) = map[i];
            var at = seen ? after : before;
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<circle class=\"dot {(seen ? "a" : "b")}\" cx=\"{X(before.X):0.0}\" cy=\"{Y(before.Y):0.0}\" r=\""
                    + $"{(seen ? 3.5 : 5)}\"><title>{Escape(word)}</title></circle>"
            );
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text class=\"key\"{(seen ? "" : " style=\"fill:var(--b);font-weight:600\"")} x=\""
                    + $"{X(at.X) + 9:0.0}\" y=\"{lines[i] + 4:0.0}\">{Escape(word)}</text>"
            );
        }
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<circle class=\"dot a\" cx=\"{Margin}\" cy=\"{Height - 14}\" r=\"3.5\"/><text class=\"tick\" x=\""
                + $"{Margin + 10}\" "
                + $"y=\"{Height - 10}\">seen in training: from the dot to the arrow's tip</text><circle class=\"dot "
                + $"b\" cx=\"{Margin + 330}\" cy=\"{Height - 14}\" r=\"5\"/><text class=\"tick\" x=\"{Margin + 342}\" "
                + $"y=\"{Height - 10}\">training lacks it: stays</text>"
        );
        return svg.Append("</svg>").ToString();
    }
}

/// <summary>Heights for labels so that none covers another that stands beside it.</summary>
internal static class LabelPlaces
{
    /// <param name="points">Where the labels belong.</param>
    /// <param name="line">Height of a label.</param>
    /// <param name="reach">Labels whose points are nearer than this across would cover each other.</param>
    public static double[] Of(IReadOnlyList<PlanePoint> points, double line, double reach)
    {
        var heights = new double[points.Count];
        var placed = new List<int>();
        foreach (int i in Enumerable.Range(0, points.Count).OrderBy(i => points[i].Y))
        {
            bool Free(double y) =>
                !placed.Any(j => Math.Abs(points[j].X - points[i].X) < reach && Math.Abs(heights[j] - y) < line);
            // 0, then a third of a line down, up, two thirds down, up: the free place nearest to the point.
            heights[i] = Enumerable
                .Range(0, 1 + 8 * points.Count)
                .Select(k => points[i].Y + (k % 2 == 1 ? line : -line) * ((k + 1) / 2) / 3)
                .First(Free);
            placed.Add(i);
        }
        return heights;
    }
}
