using System.Text.Json.Nodes;
using Firn.Cli.Output;
using Firn.Files;
using Firn.Server.Study;

namespace Firn.Cli.Commands.Serving;

/// <summary>Runs the study of the wire and shows it: a table, bars, a drawing, or JSON.</summary>
internal static class WireRun
{
    private const int BarWidth = 20;

    public static int Run(Invocation run, string folder, string[] texts, int[] sizes, string? drawing, bool json)
    {
        using var progress = new ProgressLine(run.Terminal);
        progress.Begin("sending");
        WireReport report = WireStudy
            .RunAsync(folder, texts, sizes, new InlineProgress<double>(done => progress.Report(done, "")), run.Stop)
            .GetAwaiter()
            .GetResult();
        progress.End("sent");
        if (drawing is not null)
            OutputFile.WriteText(drawing, WireDrawing.Svg(report));
        if (json)
            Json.Write(run.Terminal, AsJson(report));
        else
            Print(run.Terminal, report);
        return ExitCode.Done;
    }

    private static void Print(Terminal terminal, WireReport report)
    {
        terminal.Out.WriteLine(
            $"{Plural.Of(report.Texts, "text")}, on average {report.TokensPerText:F1} known tokens and "
                + $"{report.TextBytes:F0} bytes of UTF-8; vectors of {report.Dimension} floats"
        );
        foreach (var group in report.Costs.GroupBy(c => c.TextsPerRequest))
        {
            double most = group.Max(c => c.SentBytes),
                least = group.Min(c => c.SentBytes);
            terminal.Out.WriteLine();
            Tables.Write(
                terminal,
                $"{Plural.Of(group.Key, "text")} a request; bytes and microseconds a text",
                ["sent as", "over", "gzip", ">body", ">sent", ">received", ">us", ">x least", "sent, logarithmic"],
                group
                    .OrderByDescending(c => c.SentBytes)
                    .Select(c =>
                        new[]
                        {
                            c.Form,
                            c.Transport,
                            c.Gzip ? "gzip" : "",
                            $"{c.BodyBytes:N1}",
                            $"{c.SentBytes:N1}",
                            $"{c.ReceivedBytes:N1}",
                            $"{c.Microseconds:N1}",
                            $"{c.SentBytes / least:N1}",
                            Bar(c.SentBytes, least, most),
                        }
                    )
            );
        }
    }

    private static JsonObject AsJson(WireReport report)
    {
        var costs = new JsonArray();
        foreach (WireCost cost in report.Costs)
        {
            costs.Add(
                new JsonObject
                {
                    ["form"] = cost.Form,
                    ["transport"] = cost.Transport,
                    ["gzip"] = cost.Gzip,
                    ["textsPerRequest"] = cost.TextsPerRequest,
                    ["bodyBytes"] = Json.Number(cost.BodyBytes),
                    ["sentBytes"] = Json.Number(cost.SentBytes),
                    ["receivedBytes"] = Json.Number(cost.ReceivedBytes),
                    ["microseconds"] = Json.Number(cost.Microseconds),
                }
            );
        }
        return new JsonObject
        {
            ["texts"] = report.Texts,
            ["tokensPerText"] = Json.Number(report.TokensPerText),
            ["textBytes"] = Json.Number(report.TextBytes),
            ["dimension"] = report.Dimension,
            ["costs"] = costs,
        };
    }

    private static string Bar(double value, double least, double most) =>
        new(
            '#',
            most > least ? 1 + (int)Math.Round((BarWidth - 1) * Math.Log(value / least) / Math.Log(most / least)) : 1
        );
}
