using System.Text.Json;

namespace Firn.Tests.Cli;

/// <summary>What was understood of a file is said before anything is trained, and kept.</summary>
public sealed class PeekCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("firn-peek-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, IEnumerable<string> lines)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllLines(path, lines);
        return path;
    }

    private string Reviews(string name = "reviews.csv") =>
        Write(
            name,
            Enumerable
                .Range(0, 300)
                .Select(i =>
                    i % 2 == 0
                        ? $"what a good and warm day number {i % 7};fine"
                        : $"such a bad and cold night number {i % 5};poor"
                )
                .Prepend("review_body;mood")
        );

    private static JsonElement Parse(CapturedRun run)
    {
        Assert.True(run.ExitCode == 0, run.Error);
        using JsonDocument document = JsonDocument.Parse(run.Out);
        return document.RootElement.Clone();
    }

    [Fact]
    public void Peek_shows_layout_labels_and_first_rows_within_80_columns()
    {
        CapturedRun run = CapturedRun.Of("peek", Reviews(), "--rows", "3");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("separator semicolon, header, UTF-8; text review_body", run.Out, StringComparison.Ordinal);
        Assert.Contains("300 texts; 2 labels: fine (150), poor (150)", run.Out, StringComparison.Ordinal);
        Assert.Contains("what a good and warm day number 0", run.Out, StringComparison.Ordinal);
        Assert.All(run.Out.Split('\n'), line => Assert.True(line.Length <= 80, line));
        string wide = Write(
            "wide.csv",
            Enumerable
                .Range(0, 30)
                .Select(i => $"{string.Concat(Enumerable.Repeat("今日は良い天気です", 8))}{i},{i % 2}")
                .Prepend("text,label")
        );
        Assert.All(
            CapturedRun.Of("peek", wide).Out.Split('\n'),
            line => Assert.True(line.Sum(c => c >= '\u3000' ? 2 : 1) <= 80, line)
        );
    }

    [Fact]
    public void An_audit_stops_where_a_text_has_several_labels()
    {
        string path = Write("several.csv", ["text,labels", "x y,a|b", "z w,a", "q r,b|c", "u v,c", "w x,a|b|c"]);
        CapturedRun run = CapturedRun.Of("audit", path);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(
            "takes one each; name another column with --label-column, or give --single-label",
            run.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Peek_describes_itself_to_machines()
    {
        JsonElement found = Parse(CapturedRun.Of("peek", Reviews(), "--json"));
        Assert.Equal(
            ("semicolon", "auto", "review_body", "mood", 300),
            (
                found.GetProperty("separator").GetString(),
                found.GetProperty("encoding").GetString(),
                found.GetProperty("textColumn").GetString(),
                found.GetProperty("labelColumn").GetString(),
                found.GetProperty("rows").GetInt32()
            )
        );
        Assert.Equal("fine", found.GetProperty("labels")[0].GetProperty("label").GetString());
        Assert.Equal("poor", found.GetProperty("first")[1].GetProperty("label").GetString());
    }

    [Theory]
    [InlineData("--encoding: There is no encoding 'gbkk'; did you mean 'gbk'?", 2, "--encoding", "gbkk")]
    [InlineData(
        "--separator needs comma, tab, semicolon, bar, space or one character, not 'both'",
        2,
        "--separator",
        "both"
    )]
    [InlineData("--header and --no-header exclude each other", 2, "--header", "--no-header")]
    [InlineData("there is no column 'x' for the text. The columns are: review_body, mood.", 1, "--text-column", "x")]
    [InlineData(
        "the first line has no tab: review_body;mood. Leave --separator away to have it found.",
        1,
        "--separator",
        "tab"
    )]
    public void Options_about_the_layout_are_checked(string message, int code, params string[] options)
    {
        CapturedRun run = CapturedRun.Of(["peek", Reviews(), .. options]);
        Assert.Contains(message, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(code, run.ExitCode);
    }

    [Fact]
    public void Remedies_name_options_as_they_are_typed()
    {
        string data = Write("a.csv", ["text,label", "a b,1", "c,d,2", "e f,1"]);
        string line = Assert.Single(CapturedRun.Of("peek", data).ErrorLines);
        Assert.EndsWith(
            "line 3: the row has 3 fields where 2 are expected. Correct the row, or leave bad rows out with "
                + "--on-error skip.",
            line,
            StringComparison.Ordinal
        );
        CapturedRun train = CapturedRun.Of(
            "train",
            Reviews(),
            "--min-count",
            "1000",
            "--out",
            Path.Combine(_folder, "m"),
            "--no-report"
        );
        Assert.Equal(1, train.ExitCode);
        Assert.Contains("--min-count", train.ErrorLines[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("MinCount", train.ErrorLines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Training_says_first_what_it_read_and_the_bundle_keeps_it()
    {
        string data = Reviews("my reviews.csv"),
            bundle = Path.Combine(_folder, "my model"),
            report = Path.Combine(_folder, "report");
        File.AppendAllText(data, "too;many;fields\n");
        CapturedRun run = CapturedRun.Of(
            "train",
            data,
            "--on-error",
            "skip",
            "--out",
            bundle,
            "--report",
            report,
            "--test-size",
            "0",
            "--epochs",
            "1",
            "--vector-size",
            "8",
            "--min-count",
            "1",
            "--hidden",
            "4",
            "--n-grams",
            "0"
        );
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("separator semicolon, header", run.ErrorLines[0], StringComparison.Ordinal);
        Assert.Equal("first: [fine] what a good and warm day number 0", run.ErrorLines[1]);
        Assert.Contains("300 texts; 2 labels: fine (150), poor (150)", run.Error, StringComparison.Ordinal);
        Assert.Contains("1 of 301 rows left out", run.Error, StringComparison.Ordinal);
        Assert.Matches("training: 1 epoch.*, all done; the weights of .* are kept", run.Error);
        Assert.Contains("no report is written", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(report));
        Assert.Contains($"predict '{bundle}' ", run.Out, StringComparison.Ordinal);

        JsonElement reading = Parse(CapturedRun.Of("inspect", bundle, "--json"))
            .GetProperty("data")
            .GetProperty("reading");
        Assert.Equal(1, reading.GetProperty("skipped").GetInt32());
        Assert.Equal(
            1,
            reading.GetProperty("skipReasons").GetProperty("the row has 3 fields where 2 are expected").GetInt32()
        );
        CapturedRun inspected = CapturedRun.Of("inspect", bundle);
        Assert.Contains("1 of 301 (0.3%)", inspected.Out, StringComparison.Ordinal);
        CapturedRun evaluated = CapturedRun.Of("evaluate", bundle, data, "--on-error", "skip", "--json");
        Assert.Equal(300, Parse(evaluated).GetProperty("corpus").GetProperty("rows").GetInt32());
        Assert.Contains("separator semicolon, header", evaluated.ErrorLines[0], StringComparison.Ordinal);
    }
}
