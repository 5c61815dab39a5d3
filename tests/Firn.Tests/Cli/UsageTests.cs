using System.Text.Json;

namespace Firn.Tests.Cli;

public sealed class UsageTests
{
    [Theory]
    [InlineData("unknown command 'pedict'; did you mean 'predict'?", "pedict")]
    [InlineData("unknown option '--jsno'; did you mean '--json'?", "predict", "b", "text", "--jsno")]
    [InlineData("unknown option '--neutrla=0.4,0.7'; did you mean '--neutral'?", "predict", "b", "--neutrla=0.4,0.7")]
    [InlineData("unknown option '--vesion'; did you mean '--version'?", "--vesion")]
    [InlineData("--threads needs a whole number, not 'many'", "predict", "b", "--threads", "many")]
    [InlineData("--threads must lie between 0 and 1024, not -1", "predict", "b", "--threads", "-1")]
    [InlineData("--format must be one of auto, word2vec-text", "vectors", "info", "f", "--format", "csv")]
    [InlineData("'firn vectors' needs a command: ", "vectors")]
    [InlineData("Required argument 'BUNDLE' missing", "predict")]
    [InlineData("unknown option '--epoch'; did you mean '--epochs'?", "train", "d", "--epoch", "3")]
    [InlineData(
        "--tune-threshold must be one of accuracy, f1, macro-f1, macro-recall, not 'auc'",
        "train",
        "d",
        "--tune-threshold",
        "auc"
    )]
    [InlineData(
        "--encoder must be one of lstm, bilstm, gru, bigru, cnn, mean, not 'transformer'",
        "train",
        "d",
        "--encoder",
        "transformer"
    )]
    [InlineData("--widths is for --encoder cnn", "train", "UsageTests", "--widths", "3")]
    [InlineData(
        "--widths: '3,x' is no list of at most 16 whole numbers from 1 to 64",
        "train",
        "UsageTests",
        "--encoder",
        "cnn",
        "--widths",
        "3,x"
    )]
    [InlineData(
        "--pooling last is for an LSTM or a GRU",
        "train",
        "UsageTests",
        "--encoder",
        "cnn",
        "--pooling",
        "last"
    )]
    [InlineData("--layers is for an LSTM or a GRU", "train", "UsageTests", "--encoder", "mean", "--layers", "2")]
    [InlineData("--activation is for the layers of --dense", "train", "UsageTests", "--activation", "tanh")]
    [InlineData(
        "--dense: '0' is no list of at most 7 whole numbers from 1 to 8192",
        "train",
        "UsageTests",
        "--dense",
        "0"
    )]
    [InlineData(
        "--hash-tags is a rule of the preset tweets",
        "train",
        "UsageTests",
        "--preset",
        "notebook",
        "--hash-tags",
        "drop"
    )]
    [InlineData("--dropout must lie between 0 and 0.99, not 1.5", "train", "d", "--dropout", "1.5")]
    [InlineData(
        "--preset must be one of default, tweets, notebook, not 'twitter'",
        "train",
        "d",
        "--preset",
        "twitter"
    )]
    [InlineData(
        "choose frozen, trainable, thaw-all@N, thaw-embedding@N, gradual, or @best in place of @N",
        "train",
        "d",
        "--schedule",
        "melt"
    )]
    [InlineData(
        "'thaw-all@bset' must name the first thawed epoch, 2 or more: thaw-all@5, or thaw-all@best",
        "train",
        "d",
        "--schedule",
        "thaw-all@bset"
    )]
    [InlineData("--label-names needs pairs LABEL=NAME", "train", "UsageTests", "--label-names", "0:negative")]
    public void A_wrong_command_line_is_one_line_with_the_remedy_and_exit_code_2(string expected, params string[] args)
    {
        var run = CapturedRun.Of(args);
        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.Out);
        Assert.Single(run.ErrorLines);
        Assert.StartsWith("firn: ", run.Error);
        Assert.Contains(expected, run.Error);
        Assert.Matches("see 'firn[ a-z]* --help'", run.Error);
    }

    [Theory]
    [InlineData("no-such: there is no such folder", "predict", "no-such", "x")]
    [InlineData("no-such: there is no such file", "vectors", "info", "no-such")]
    [InlineData("no-such: there is no such file or folder", "train", "no-such")]
    [InlineData("no-such: there is no such folder", "evaluate", "no-such", "d")]
    [InlineData("no-such: there is no such folder", "inspect", "no-such")]
    public void A_missing_file_is_one_line_and_exit_code_1(string expected, params string[] args)
    {
        var run = CapturedRun.Of(args);
        Assert.Equal(1, run.ExitCode);
        Assert.Single(run.ErrorLines);
        Assert.Contains(expected, run.Error);
    }

    [Fact]
    public void Under_json_a_failure_is_an_object_too()
    {
        foreach (
            var (run, code) in new[]
            {
                (CapturedRun.Of("predict", "no-such", "x", "--json"), 1),
                (CapturedRun.Of("predict", "no-such", "--json", "--jsonx"), 2),
            }
        )
        {
            Assert.Equal(code, run.ExitCode);
            using var json = JsonDocument.Parse(run.Out);
            Assert.Equal(code, json.RootElement.GetProperty("exitCode").GetInt32());
            Assert.Equal("firn: " + json.RootElement.GetProperty("error").GetString(), run.Error.TrimEnd());
        }
    }

    [Fact]
    public void Help_lists_the_commands_and_costs_nothing_to_ask_for()
    {
        Assert.Equal(CapturedRun.Of("--help"), CapturedRun.Of());
        var run = CapturedRun.Of("--help");
        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
        foreach (
            string command in new[] { "quickstart", "train", "evaluate", "predict", "inspect", "export", "vectors" }
        )
            Assert.Contains($"\n  {command} ", run.Out);
    }

    [Theory]
    [InlineData("quickstart")]
    [InlineData("train")]
    [InlineData("evaluate")]
    [InlineData("predict")]
    [InlineData("inspect")]
    [InlineData("export")]
    [InlineData("vectors")]
    [InlineData("vectors", "train")]
    [InlineData("vectors", "info")]
    [InlineData("vectors", "convert")]
    [InlineData("vectors", "neighbors")]
    [InlineData("vectors", "analogy")]
    [InlineData("vectors", "evaluate")]
    public void Each_command_has_help(params string[] command)
    {
        var run = CapturedRun.Of([.. command, "--help"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"Usage:\n  firn {string.Join(' ', command)}", run.Out);
    }

    [Fact]
    public void The_version_is_shown() => Assert.Matches(@"^firn \d+\.\d+\.\d+\n$", CapturedRun.Of("--version").Out);
}
