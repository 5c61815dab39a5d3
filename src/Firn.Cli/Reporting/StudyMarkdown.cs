using System.Globalization;
using System.Text;
using Firn.Cli.Output;
using Firn.Study;

namespace Firn.Cli.Reporting;

/// <summary>A study's finding and table as Markdown, for a README or a paper's notes.</summary>
internal static class StudyMarkdown
{
    public static string Of(StudyReport report)
    {
        StudySummary summary = report.Summary;
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"## {report.Name}\n\n**{report.Finding.Headline}** {report.Finding.Paragraph}\n\n"
        );
        text.Append(
            CultureInfo.InvariantCulture,
            $"{summary.TrainTexts:N0} texts to train on, {summary.TestTexts:N0} to test; {summary.Words:N0} vectors "
                + $"of {summary.Dimension} dimensions {summary.Vectors}; a test text is {summary.IdBytes:0} bytes as "
                + $"packed ids, {summary.VectorBytes:N0} as vectors.\n\n"
        );
        text.Append(
            "| texts | table | seeds | accuracy | less frozen, points | p (Holm) | on texts with unseen words | less "
                + "frozen | neighbors kept | memory | new version | s "
                + "|\n|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n"
        );
        foreach (StudyRow r in summary.Rows)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {r.Size:N0} | {StudyPolicies.NameOf(r.Policy)} | {r.Seeds} | "
                    + $"{StudyReport.Share(r.Accuracy.Mean)} ({StudyReport.Share(r.Accuracy.Low)} to "
                    + $"{StudyReport.Share(r.Accuracy.High)}) "
            );
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {Difference(r.AgainstFrozen)} | {r.HolmPValue:0.0000} | "
                    + $"{(r.Slice is { } slice ? StudyReport.Share(slice.Mean) : "")} | "
                    + $"{Difference(r.SliceAgainstFrozen)} "
            );
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {(r.NeighborsKept is { } kept ? $"{100 * kept:0}%" : "")} | {Sizes.Bytes(r.TrainingBytes)} | "
                    + $"{Sizes.Bytes(r.VersionBytes)} | {r.Seconds:0.0} |\n"
            );
        }
        return text.Append(CultureInfo.InvariantCulture, $"\n`{Tool.CalledAs} {report.Command}`\n").ToString();
    }

    private static string Difference(Estimate? e) =>
        e is null
            ? ""
            : $"{StudyReport.FormatPoints(e.Mean)} ({StudyReport.FormatPoints(e.Low)} to "
                + $"{StudyReport.FormatPoints(e.High)})";
}
