using Firn.Files;

namespace Firn.Cli.Reporting;

/// <summary>Writes a report's folder: <c>report.html</c> and its charts as PNG files.</summary>
internal static class Report
{
    /// <summary>Creates or overwrites the files and returns the path of the page.</summary>
    public static string Save(ReportData data, string folder)
    {
        Directory.CreateDirectory(folder);
        string page = Path.Combine(folder, "report.html");
        OutputFile.WriteText(page, ReportPage.Render(data));
        PlotFiles.Save(data, folder);
        return page;
    }
}
