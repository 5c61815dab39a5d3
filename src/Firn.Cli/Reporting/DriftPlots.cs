using ScottPlot;

namespace Firn.Cli.Reporting;

/// <summary>The pictures of drift as PNG files: the map of arrows, and the histogram of movement.</summary>
internal static class DriftPlots
{
    private const int Width = 1200,
        Height = 800;
    private static readonly Color Seen = Color.FromHex("#1f6f9f"),
        Unseen = Color.FromHex("#c8702a"),
        Soft = Color.FromHex("#5b6b7a");

    public static void Save(DriftView view, string folder)
    {
        PlotFont.Register();
        var map = view.Map();
        if (map.Count > 0)
            Save(Map(map), Path.Combine(folder, "map.png"));
        if (view.Drift.Moved > 0)
            Save(Histogram(view), Path.Combine(folder, "movement.png"));
    }

    private static void Save(Plot plot, string path)
    {
        using (plot)
            plot.SaveTo(path, Width, Height);
    }

    private static Plot Map(IReadOnlyList<MapPoint> map)
    {
        Plot plot = New("", "");
        var ends = map.SelectMany(m => new[] { m.Before, m.After }).ToArray();
        double left = ends.Min(p => p.X),
            right = ends.Max(p => p.X),
            low = ends.Min(p => p.Y),
            high = ends.Max(p => p.Y);
        double width = Math.Max(right - left, 1e-6),
            height = Math.Max(high - low, 1e-6);
        foreach (var m in map.Where(m => m.Seen))
        {
            var arrow = plot.Add.Arrow(m.Before.X, m.Before.Y, m.After.X, m.After.Y);
            arrow.ArrowFillColor = Seen.WithAlpha(0.55);
            arrow.ArrowLineWidth = 0;
            arrow.ArrowWidth = 2;
            arrow.ArrowheadWidth = 9;
            arrow.ArrowheadLength = 11;
        }
        double[] lines = LabelPlaces.Of([.. map.Select(m => m.Seen ? m.After : m.Before)], height / 34, width / 8);
        for (int i = 0; i < map.Count; i++)
        {
            Color color = map[i].Seen ? Seen : Unseen;
            plot.Add.Marker(map[i].Before.X, map[i].Before.Y, MarkerShape.FilledCircle, map[i].Seen ? 6 : 9, color);
            var text = plot.Add.Text(map[i].Word, (map[i].Seen ? map[i].After : map[i].Before).X, lines[i]);
            text.LabelFontName = PlotFont.Family;
            text.LabelFontSize = 15;
            text.LabelFontColor = map[i].Seen ? Colors.Black : Unseen;
            text.LabelAlignment = Alignment.MiddleLeft;
            text.OffsetX = 9;
        }
        Key(plot, "seen in training: from the dot to the tip", Seen);
        Key(plot, "training lacks it: stays", Unseen);
        plot.Axes.SetLimits(left - 0.06 * width, right + 0.16 * width, low - 0.14 * height, high + 0.08 * height);
        plot.HideGrid();
        plot.Axes.Frameless();
        Legend(plot, Alignment.LowerLeft);
        return plot;
    }

    private static Plot Histogram(DriftView view)
    {
        Plot plot = New("cosine distance between before and after", "words that moved");
        var bars = view.Histogram();
        foreach (var (low, high, words) in bars)
        {
            var bar = plot.Add.Rectangle(low, high, 0, words);
            bar.FillColor = Seen.WithAlpha(0.75);
            bar.LineColor = Colors.White;
        }
        plot.Axes.SetLimits(0, bars[^1].High, 0, 1.06 * bars.Max(b => b.Words));
        return plot;
    }

    private static void Key(Plot plot, string name, Color color)
    {
        var key = plot.Add.Marker(double.NaN, double.NaN, MarkerShape.FilledCircle, 9, color);
        key.LegendText = name;
    }

    private static Plot New(string xTitle, string yTitle)
    {
        var plot = new Plot();
        plot.XLabel(xTitle);
        plot.YLabel(yTitle);
        plot.Axes.Right.FrameLineStyle.Width = 0;
        plot.Axes.Top.FrameLineStyle.Width = 0;
        plot.Axes.Color(Soft);
        plot.Font.Set(PlotFont.Family);
        foreach (var axis in plot.Axes.GetAxes())
        {
            axis.Label.Bold = false;
            axis.Label.FontSize = 17;
            axis.Label.ForeColor = Colors.Black;
            axis.TickLabelStyle.FontSize = 14;
        }
        plot.ScaleFactor = 1.2;
        return plot;
    }

    private static void Legend(Plot plot, Alignment place)
    {
        var legend = plot.ShowLegend(place);
        legend.FontName = PlotFont.Family;
        legend.FontSize = 15;
        legend.OutlineWidth = 0;
        legend.ShadowColor = Colors.Transparent;
    }
}
