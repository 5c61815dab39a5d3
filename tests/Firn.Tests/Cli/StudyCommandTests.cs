using System.Text.Json;
using Firn.Cli.Quickstart;

namespace Firn.Tests.Cli;

public sealed class StudyCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("firn-study-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_study_writes_a_page_with_its_finding_and_json_that_agrees_with_the_results()
    {
        string data = Path.Combine(_folder, "messages.csv"),
            output = Path.Combine(_folder, "out");
        File.WriteAllLines(
            data,
            new MessageGenerator(3)
                .Generate(400)
                .Select(m => $"{m.Label},\"{m.Text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")
                .Prepend("label,text")
        );
        CapturedRun run = CapturedRun.Of(
            "study",
            data,
            "--out",
            output,
            "--sizes",
            "60,all,5000",
            "--seeds",
            "1",
            "--policies",
            "random,trainable,thaw-all",
            "--epochs",
            "2",
            "--vector-size",
            "8",
            "--vector-epochs",
            "1",
            "--min-count",
            "1",
            "--json"
        );
        Assert.Equal((0, ""), (run.ExitCode, run.ExitCode == 0 ? "" : run.Error));
        JsonElement summary = JsonDocument.Parse(run.Out).RootElement;
        string page = File.ReadAllText(Path.Combine(output, "study.html"));
        Assert.Contains(
            System.Net.WebUtility.HtmlEncode(summary.GetProperty("headline").GetString()!),
            page,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "http",
            page.Replace("http://www.w3.org", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        Assert.Contains("Left out: 5,000 texts", page, StringComparison.Ordinal);

        JsonElement[] lines =
        [
            .. File.ReadLines(Path.Combine(output, "results.jsonl"))
                .Skip(1)
                .Select(l => JsonDocument.Parse(l).RootElement),
        ];
        Assert.Equal(8, lines.Length);
        foreach (JsonElement row in summary.GetProperty("rows").EnumerateArray())
        {
            JsonElement line = lines.Single(l =>
                l.GetProperty("size").GetInt32() == row.GetProperty("texts").GetInt32()
                && l.GetProperty("policy").GetString() == row.GetProperty("policy").GetString()
            );
            Assert.Equal(line.GetProperty("accuracy").GetDouble(), row.GetProperty("accuracy")[0].GetDouble(), 9);
        }
    }

    [Theory]
    [InlineData("there is no such file", "nowhere.csv")]
    [InlineData("--sizes needs numbers", "{data}", "--sizes", "500,some")]
    [InlineData("neighbors, revert; see 'firn study --help'", "{data}", "--policies", "thawed")]
    [InlineData("--budget needs a time", "{data}", "--budget", "soon")]
    [InlineData("leave one out", "{data}", "--vectors", "{data}", "--window", "3")]
    [InlineData("leave one out", "{data}", "--vectors", "{data}", "--unlabeled", "{data}")]
    public void What_is_wrong_is_said_before_any_work(string expected, params string[] arguments)
    {
        string data = Path.Combine(_folder, "texts.csv");
        File.WriteAllText(data, "label,text\na,b\n");
        CapturedRun run = CapturedRun.Of([
            "study",
            .. arguments.Select(a => a.Replace("{data}", data, StringComparison.Ordinal)),
            "--out",
            Path.Combine(_folder, "out"),
        ]);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(expected, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder, "out")));
    }
}
