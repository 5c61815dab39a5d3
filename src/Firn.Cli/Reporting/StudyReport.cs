using System.Globalization;
using System.Text.Json.Nodes;
using Firn.Cli.Output;
using Firn.Files;
using Firn.Study;

namespace Firn.Cli.Reporting;

/// <summary>A study as a page, as a table on the terminal and as JSON.</summary>
/// <param name="Name">Name of the data.</param>
/// <param name="Summary">What was found.</param>
/// <param name="Options">What was asked for.</param>
/// <param name="Command">The command line after the tool's name.</param>
/// <param name="Elapsed">Time of this run.</param>
internal sealed record StudyReport(
    string Name,
    StudySummary Summary,
    StudyOptions Options,
    string Command,
    TimeSpan Elapsed
)
{
    private StudyFinding? _finding;

    /// <summary>The finding in words.</summary>
    public StudyFinding Finding => _finding ??= StudyFinding.Of(Summary);

    /// <summary>
    /// Writes <c>study.html</c>, <c>study.md</c> and <c>summary.json</c>, and returns the page's path.
    /// </summary>
    public string Save(string folder)
    {
        string page = Path.Combine(folder, "study.html");
        OutputFile.WriteText(page, StudyPage.Render(this));
        OutputFile.WriteText(Path.Combine(folder, "study.md"), StudyMarkdown.Of(this));
        OutputFile.WriteText(
            Path.Combine(folder, "summary.json"),
            AsJson(page, Path.Combine(folder, "results.jsonl")).ToJsonString(Json.Readable) + "\n"
        );
        return page;
    }

    public void Print(Terminal terminal, string page, string results)
    {
        Tables.Write(
            terminal,
            null,
            [
                "texts",
                "table",
                ">accuracy",
                ">95% interval",
                ">against frozen",
                ">95% interval",
                ">unseen words",
                ">seconds",
            ],
            Summary.Rows.Select(r =>
                new[]
                {
                    r.Size.ToString("N0", CultureInfo.InvariantCulture),
                    StudyPolicies.NameOf(r.Policy),
                    Share(r.Accuracy.Mean),
                    $"{Share(r.Accuracy.Low)} - {Share(r.Accuracy.High)}",
                    r.AgainstFrozen is { } d ? FormatPoints(d.Mean) : "",
                    r.AgainstFrozen is { } i ? $"{FormatPoints(i.Low)} to {FormatPoints(i.High)}" : "",
                    r.Slice is { } slice ? Share(slice.Mean) : "",
                    r.Seconds.ToString("0.0", CultureInfo.InvariantCulture),
                }
            )
        );
        terminal.Out.WriteLine($"{Finding.Headline} {Finding.Paragraph}");
        foreach (string line in Remarks())
            terminal.Out.WriteLine(line);
        terminal.Out.WriteLine($"results  {results}");
        terminal.Out.WriteLine($"page     {page}");
    }

    /// <summary>What was left out, and what was odd.</summary>
    public IEnumerable<string> Remarks()
    {
        if (Summary.TooLarge.Count > 0)
            yield return $"Left out: {string.Join(", ", Summary.TooLarge.Select(size => $"{size:N0}"))} texts, for "
                + $"there are {Summary.TrainTexts:N0} to train on.";
        if (Summary.Dropped.Count > 0)
            yield return $"Not measured, for want of time: {string.Join("; ", Summary.Dropped.Select(InWords))}.";
        if (Summary.Remark is { } remark)
            yield return remark + ".";
    }

    public JsonObject AsJson(string page, string results) => StudyJsonView.Of(this, page, results);

    internal static string Share(double value) => (100 * value).ToString("0.00", CultureInfo.InvariantCulture);

    internal static string FormatPoints(double value) =>
        (100 * value).ToString("+0.00;-0.00;0.00", CultureInfo.InvariantCulture);

    private static string InWords(StudyDifference gap) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{gap.Size:N0} texts, seed {gap.Seed} ({string.Join(", ", gap.Policies.Select(StudyPolicies.NameOf))})"
        );
}
