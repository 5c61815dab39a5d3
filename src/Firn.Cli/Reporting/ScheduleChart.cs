using System.Globalization;
using System.Net;
using System.Text;
using Firn.Layers;
using Firn.Training;

namespace Firn.Cli.Reporting;

/// <summary>What trained when: a band a group over the epochs, the dense layer on top as in the model.</summary>
internal static class ScheduleChart
{
    private const double Width = 460,
        Left = 96,
        Right = 14,
        Top = 10,
        Row = 30,
        Bottom = 44;
    private static readonly (ParameterGroup Group, string Name, string Style)[] Rows =
    [
        (ParameterGroup.Dense, "dense", "a"),
        (ParameterGroup.Encoder, "encoder", "a"),
        (ParameterGroup.Embedding, "word vectors", "b"),
    ];

    /// <summary>The drawing.</summary>
    /// <param name="schedule">The phases, as they were trained.</param>
    /// <param name="epochs">Epochs asked for.</param>
    /// <param name="trained">Epochs trained; fewer after early stopping.</param>
    /// <param name="kept">The epoch whose weights were kept; 0 for none.</param>
    public static string ToSvg(ThawSchedule schedule, int epochs, int trained, int kept)
    {
        double height = Top + Rows.Length * Row + Bottom,
            foot = Top + Rows.Length * Row;
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg class=\"chart\" viewBox=\"0 0 {Width} {height}\" role=\"img\" aria-label=\""
                + $"{Escape($"The schedule {schedule.Name}: what trained in which epoch")}\">"
        );
        for (int r = 0; r < Rows.Length; r++)
        {
            (ParameterGroup group, string name, string style) = Rows[r];
            double top = Top + r * Row;
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text class=\"tick\" text-anchor=\"end\" x=\"{Left - 8}\" y=\"{top + 19}\">{name}</text><line "
                    + $"class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{top + 15}\" y2=\"{top + 15}\"/>"
            );
            for (int p = 0; p < schedule.Phases.Count; p++)
            {
                // Of a run that was trained every length is known.
                int first = schedule.FirstEpochOf(p)!.Value,
                    last = p + 1 < schedule.Phases.Count ? schedule.FirstEpochOf(p + 1)!.Value - 1 : epochs;
                if (!schedule.Phases[p].Trains(group) || first > epochs)
                    continue;
                // What was not reached is drawn, and faint.
                Band(
                    svg,
                    style,
                    top,
                    X(first - 1),
                    X(Math.Min(last, trained)),
                    faint: false,
                    Told(schedule.Phases[p], group, first, last)
                );
                Band(
                    svg,
                    style,
                    top,
                    X(Math.Max(first - 1, trained)),
                    X(last),
                    faint: true,
                    $"not reached: training ended after epoch {trained}"
                );
            }
        }
        for (int epoch = 1, stride = Math.Max(1, (int)Math.Ceiling(epochs / 12.0)); epoch <= epochs; epoch += stride)
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text class=\"tick\" text-anchor=\"middle\" x=\"{(X(epoch - 1) + X(epoch)) / 2:0.0}\" y=\""
                    + $"{foot + 18}\">{epoch}</text>"
            );
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<line class=\"axis\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{foot}\" y2=\"{foot}\"/><text "
                + $"class=\"title\" text-anchor=\"middle\" x=\"{(Left + Width - Right) / 2}\" y=\"{height - 6}"
                + $"\">epoch</text>"
        );
        if (kept > 0)
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<line class=\"mark\" x1=\"{(X(kept - 1) + X(kept)) / 2:0.0}\" x2=\""
                    + $"{(X(kept - 1) + X(kept)) / 2:0.0}\" "
                    + $"y1=\"{Top}\" y2=\"{foot}\"><title>kept: epoch {kept}</title></line>"
            );
        return svg.Append("</svg>").ToString();

        double X(int epoch) => Left + (double)epoch / epochs * (Width - Left - Right);
    }

    private static void Band(
        StringBuilder svg,
        string style,
        double top,
        double from,
        double to,
        bool faint,
        string tooltip
    )
    {
        if (to > from)
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<rect class=\"bar\" style=\"fill:var(--{style});opacity:{(faint ? 0.15 : 0.75)}\" x=\""
                    + $"{from + 1:0.0}\" "
                    + $"y=\"{top + 5}\" width=\"{to - from - 2:0.0}\" height=\"{Row - 10}\" rx=\"3\"><title>"
                    + $"{Escape(tooltip)}</title></rect>"
            );
    }

    private static string Told(ThawPhase phase, ParameterGroup group, int first, int last)
    {
        var told = new List<string> { first == last ? $"epoch {first}" : $"epochs {first} to {last}" };
        if (phase.RateOf(group) != 1)
            told.Add(string.Create(CultureInfo.InvariantCulture, $"rate {phase.RateOf(group):0.###}"));
        if (group == ParameterGroup.Embedding)
        {
            told.Add($"rows {phase.Rows}");
            if (phase.AnchorStrength > 0)
                told.Add(string.Create(CultureInfo.InvariantCulture, $"anchor {phase.AnchorStrength}"));
        }
        if (phase.Optimizer == OptimizerStart.Reset)
            told.Add("optimizer reset");
        return string.Join(", ", told);
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
