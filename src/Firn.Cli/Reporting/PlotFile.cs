using Firn.Files;
using ScottPlot;

namespace Firn.Cli.Reporting;

/// <summary>A chart as a PNG file.</summary>
internal static class PlotFile
{
    /// <summary>Draws it and writes the file.</summary>
    public static void SaveTo(this Plot plot, string path, int width, int height) =>
        OutputFile.Write(path, stream => stream.Write(plot.GetImageBytes(width, height, ImageFormat.Png)));
}
