using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CsvHelper;
using Firn.Cli.Output;
using Firn.Evaluation;
using Firn.Files;

namespace Firn.Cli.Commands;

/// <summary>Labels that are likely wrong, as a table, as JSON, and as a CSV file to correct and give back.</summary>
internal static class LabelAuditView
{
    private const int Shown = 10,
        TextLength = 70;

    /// <summary>The file's columns; those that <c>train --corrections</c> reads stand first.</summary>
    public static readonly string[] Columns =
    [
        "row",
        "label",
        "corrected",
        "suspect",
        "suggested",
        "doubt",
        "probability",
        "against",
        "text",
    ];

    /// <summary>
    /// Writes the suspects, or all texts, the most doubtful first; <c>corrected</c> is left for a person to fill in.
    /// </summary>
    public static void Save(LabelAuditReport report, string path, bool all, string input) =>
        OutputFile.Write(
            path,
            stream =>
            {
                using var csv = CsvWriter.Create(stream, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true);
                foreach (string column in Columns)
                    csv.WriteField(column);
                csv.EndRecord();
                foreach (LabelDoubt text in all ? report.Texts : report.Texts.Take(report.Suspects))
                {
                    string[] cells =
                    [
                        text.Row.ToString(CultureInfo.InvariantCulture),
                        text.Label,
                        "",
                        text.Suspect ? "yes" : "no",
                        text.Suggested,
                        text.Doubt.ToString("0.00000", CultureInfo.InvariantCulture),
                        text.Probability.ToString("0.00000", CultureInfo.InvariantCulture),
                        string.Join(' ', text.Against),
                        text.Text,
                    ];
                    foreach (string cell in cells)
                        csv.WriteField(cell);
                    csv.EndRecord();
                }
                csv.Flush();
            },
            input
        );

    public static void Print(Terminal terminal, LabelAuditReport report, string path)
    {
        Tables.Write(
            terminal,
            "labels",
            ["", ">texts"],
            [
                ["audited", Count(report.Texts.Count)],
                ["suspect", Count(report.Suspects)],
                ["equal texts with another label", Count(report.Conflicting)],
            ]
        );
        if (report.Confusions.Count > 0)
        {
            Tables.Write(
                terminal,
                "suspects by class",
                ["labeled", "seems to be", ">texts", ">share of the label"],
                report
                    .Confusions.Take(Shown)
                    .Select(c =>
                        new[] { c.Label, c.Of, Count(c.Texts), c.Share.ToString("0.0%", CultureInfo.InvariantCulture) }
                    )
            );
        }
        Tables.Write(
            terminal,
            "most doubtful",
            [">row", "label", "suggested", ">doubt", "words against the label", "text"],
            report
                .Texts.Take(Math.Min(Shown, report.Suspects))
                .Select(t =>
                    new[]
                    {
                        Count(t.Row),
                        t.Label,
                        t.Suggested,
                        t.Doubt.ToString("0.000", CultureInfo.InvariantCulture),
                        string.Join(' ', t.Against.Take(3)),
                        Line(t.Text),
                    }
                )
        );
        terminal.Out.WriteLine($"suspects  {path}");
        terminal.Out.WriteLine("next");
        terminal.Out.WriteLine(
            $"  fill in the column corrected (a label, or drop), then: {Tool.CalledAs} train DATA --corrections "
                + $"{Shell.Quoted(path)}"
        );
    }

    public static JsonObject AsJson(LabelAuditReport report, string path) =>
        new()
        {
            ["texts"] = report.Texts.Count,
            ["suspects"] = report.Suspects,
            ["conflicting"] = report.Conflicting,
            ["agreement"] = Json.Number(report.Agreement),
            ["loss"] = Json.Number(report.Loss),
            ["file"] = path,
            ["confusions"] = new JsonArray([
                .. report.Confusions.Select(c =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["label"] = c.Label,
                            ["of"] = c.Of,
                            ["texts"] = c.Texts,
                            ["share"] = Json.Number(c.Share),
                        }
                ),
            ]),
        };

    private static string Line(string text)
    {
        var line = new StringBuilder(text.Length > TextLength ? text[..TextLength] + "..." : text);
        return line.Replace('\n', ' ').Replace('\r', ' ').Replace('\t', ' ').ToString();
    }

    private static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
