using Firn.Cli.Reporting;
using ScottPlot;

namespace Firn.Cli.Mapping;

/// <summary>A map as a PNG file: every word a point, and as many words written as have room.</summary>
internal static class MapImage
{
    private const int Side = 1600, Edge = 40;
    private const float FontSize = 17;

    public static void Save(WordMap map, string path)
    {
        PlotFont.Register();
        using var plot = new Plot();
        Color ink = Color.FromHex("#16222e"), point = Color.FromHex("#1f6f9f");
        bool[] written = MapLabels.Place(map, Side - 2 * Edge, word => word.Length * FontSize * 0.6 + 14, FontSize * 1.25, 7);
        for (int i = 0; i < map.Words.Count; i++)
        {
            double x = map.Points[i, 0], y = map.Points[i, 1];
            plot.Add.Marker(x, y, MarkerShape.FilledCircle, written[i] ? 7 : 5, written[i] ? point : point.WithAlpha(0.35));
            if (!written[i])
                continue;
            var text = plot.Add.Text(map.Words[i], x, y);
            text.LabelFontName = PlotFont.Family;
            text.LabelFontSize = FontSize;
            text.LabelFontColor = ink;
            text.LabelAlignment = Alignment.MiddleLeft;
            text.OffsetX = 7;
        }
        plot.HideAxesAndGrid();
        plot.Axes.SetLimits(-0.02, 1.1, -0.04, 1.04);
        plot.SaveTo(path, Side, Side);
    }
}
