using System.Globalization;
using System.Text;
using Firn.Study;
using static Firn.Cli.Reporting.PageParts;

namespace Firn.Cli.Reporting;

/// <summary>Pairs of words that training drew apart: for each the cosine before and after, joined by a line.</summary>
internal static class DivergenceDrawing
{
    private const double Width = 960,
        Left = 330,
        Right = 30,
        RowHeight = 24,
        Top = 30,
        Bottom = 30;

    public static string Of(IReadOnlyList<StudyDivergence> diverged)
    {
        double low = Math.Min(0, Math.Floor(diverged.Min(t => Math.Min(t.After, t.Before)) * 5) / 5),
            height = Top + Bottom + RowHeight * diverged.Count;
        double X(double cosine) => Left + (cosine - low) / (1 - low) * (Width - Left - Right);
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg class=\"chart\" viewBox=\"0 0 {Width} {height}\" role=\"img\" aria-label=\"Cosine of diverged pairs "
                + $"before and after training\">"
        );
        foreach (double tick in Ticks.Between(low, 1))
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<line class=\"grid\" x1=\"{X(tick):0.0}\" x2=\"{X(tick):0.0}\" y1=\"{Top - 8}\" y2=\""
                    + $"{height - Bottom}\"/><text "
                    + $"class=\"tick\" text-anchor=\"middle\" x=\"{X(tick):0.0}\" y=\"{height - Bottom + 16}\">"
                    + $"{Ticks.Label(tick, 0.2)}</text>"
            );
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text class=\"tick\" text-anchor=\"end\" x=\"{Left - 14}\" y=\"14\">seen in training (times) · a near "
                + $"word it lacks</text><text class=\"tick\" x=\"{X(low):0.0}\" y=\"14\">cosine of the two: ● before "
                + $"training, ○ after</text>"
        );
        for (int i = 0; i < diverged.Count; i++)
        {
            StudyDivergence divergence = diverged[i];
            double y = Top + RowHeight * (i + 0.5);
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text class=\"key\" text-anchor=\"end\" x=\"{Left - 14}\" y=\"{y + 4:0.0}\">"
                    + $"{Escape(divergence.Seen)} ({divergence.Count:N0}) · {Escape(divergence.Unseen)}</text>"
            );
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<g><title>{Escape(divergence.Seen)} and {Escape(divergence.Unseen)}: {divergence.Before:0.00} "
                    + $"before, "
                    + $"{divergence.After:0.00} after</title><line class=\"line e\" x1=\"{X(divergence.Before):0.0}\" "
                    + $"x2=\"{X(divergence.After):0.0}\" "
                    + $"y1=\"{y:0.0}\" y2=\"{y:0.0}\"/><circle class=\"dot a\" cx=\"{X(divergence.Before):0.0}\" cy=\""
                    + $"{y:0.0}\" "
                    + $"r=\"5\"/><circle class=\"ring\" cx=\"{X(divergence.After):0.0}\" cy=\"{y:0.0}\" r=\"5\"/></g>"
            );
        }
        return svg.Append("</svg>").ToString();
    }
}
