using System.Text.Json;

namespace Firn.Tests.Cli;

/// <summary>The whole way in one process: quickstart, then every other command on what it made.</summary>
[Collection(SharedQuickstart.Name)]
public sealed class QuickstartTests(TrainedQuickstart quickstart)
{
    private static JsonElement Parse(CapturedRun run)
    {
        Assert.Equal("", run.ExitCode == 0 ? "" : run.Error);
        using var document = JsonDocument.Parse(run.Out);
        return document.RootElement.Clone();
    }

    [Fact]
    public void It_leaves_a_bundle_a_report_and_three_predictions_and_says_what_comes_next()
    {
        var run = quickstart.Run;
        Assert.Equal("", run.ExitCode == 0 ? "" : run.Error);
        Assert.Contains("synthetic", run.Error.Split('\n')[0]);
        Assert.Contains("On real data: firn train ", run.Error);
        Assert.Contains($"bundle  {quickstart.Bundle}\n", run.Out);
        Assert.Contains("  i don't love this film ", run.Out);
        Assert.Contains($"\n  firn predict {quickstart.Bundle} ", run.Out);
        Assert.Contains(
            "text is synthetic",
            File.ReadAllText(Path.Combine(quickstart.Report, "report.html"))
                .Replace("texts are", "text is", StringComparison.Ordinal)
        );
        foreach (string name in new[] { "loss.png", "accuracy.png", "confusion.png", "roc.png", "reliability.png" })
            Assert.True(File.Exists(Path.Combine(quickstart.Report, name)), name);
        Assert.Equal(4001, File.ReadAllLines(quickstart.Messages).Length);
    }

    [Fact]
    public void The_model_learns_what_words_one_by_one_do_not_tell()
    {
        var result = Parse(CapturedRun.Of("evaluate", quickstart.Bundle, quickstart.Messages, "--json"));
        Assert.Equal(4000, result.GetProperty("texts").GetInt32());
        Assert.InRange(result.GetProperty("accuracy").GetDouble(), 0.78, 0.97);
        int all = result
            .GetProperty("confusion")
            .EnumerateArray()
            .SelectMany(row => row.EnumerateArray())
            .Sum(cell => cell.GetInt32());
        Assert.Equal(4000, all);
    }

    [Fact]
    public void Inspect_counts_parameters_as_Keras_does()
    {
        var result = Parse(CapturedRun.Of("inspect", quickstart.Bundle, "--json"));
        int words = result.GetProperty("words").GetInt32();
        var layers = result
            .GetProperty("layers")
            .EnumerateArray()
            .ToDictionary(
                l => l.GetProperty("name").GetString()!.Split(',', ' ')[0],
                l => l.GetProperty("parameters").GetInt64()
            );
        Assert.Equal((words + 1) * 64, layers["embedding"]);
        Assert.Equal(4 * ((64 + 64) * 64 + 64), layers["LSTM"]);
        Assert.Equal(64 + 1, layers["dense"]);
        var parameters = result.GetProperty("parameters");
        Assert.Equal(layers["embedding"], parameters.GetProperty("frozen").GetInt64());
        Assert.Equal(layers["LSTM"] + layers["dense"], parameters.GetProperty("trained").GetInt64());
        var text = CapturedRun.Of("inspect", quickstart.Bundle);
        Assert.Equal(0, text.ExitCode);
        Assert.Contains("vectors.safetensors", text.Out);
        Assert.Contains("frozen", text.Out);
    }

    [Fact]
    public void Train_takes_the_messages_as_any_other_data_and_answers_in_json()
    {
        var result = Parse(
            CapturedRun.Of(
                "train",
                quickstart.Messages,
                "--preset",
                "notebook",
                "--out",
                quickstart.At("again"),
                "--no-report",
                "--epochs",
                "2",
                "--vector-size",
                "8",
                "--min-count",
                "2",
                "--vector-epochs",
                "1",
                "--hidden",
                "6",
                "--batch-size",
                "100",
                "--pooling",
                "mean",
                "--bidirectional",
                "--stem",
                "--schedule",
                "thaw-embedding@2",
                "--label-names",
                "negative=bad,positive=good",
                "--json"
            )
        );
        Assert.Equal(["bad", "good"], result.GetProperty("labels").EnumerateArray().Select(l => l.GetString()));
        Assert.Equal(2, result.GetProperty("history").GetArrayLength());
        Assert.Equal(
            (2880, 320, 800),
            (
                result.GetProperty("texts").GetProperty("train").GetInt32(),
                result.GetProperty("texts").GetProperty("validation").GetInt32(),
                result.GetProperty("texts").GetProperty("test").GetInt32()
            )
        );
        Assert.Equal(JsonValueKind.Null, result.GetProperty("report").ValueKind);
        var card = Parse(CapturedRun.Of("inspect", quickstart.At("again"), "--json"));
        Assert.Equal(0, card.GetProperty("parameters").GetProperty("frozen").GetInt64());
        var recipe = card.GetProperty("training").GetProperty("recipe");
        Assert.True(recipe.GetProperty("cleaning").GetProperty("stem").GetBoolean());
        Assert.Equal("thaw-embedding@2", recipe.GetProperty("training").GetProperty("schedule").GetString());
    }

    [Fact]
    public void A_thaw_that_training_finds_is_told_while_it_trains_in_the_answer_in_the_report_and_in_the_bundle()
    {
        string report = quickstart.At("thawed-report");
        var run = CapturedRun.Of(
            "train",
            quickstart.Messages,
            "--out",
            quickstart.At("thawed"),
            "--report",
            report,
            "--epochs",
            "7",
            "--n-grams",
            "0",
            "--vector-size",
            "8",
            "--min-count",
            "2",
            "--vector-epochs",
            "1",
            "--hidden",
            "6",
            "--learning-rate",
            "0.1",
            "--threads",
            "1",
            "--schedule",
            "thaw-embedding@best,patience=1",
            "--json"
        );
        var result = Parse(run);
        int frozen = result.GetProperty("schedule").GetProperty("phases")[0].GetProperty("epochs").GetInt32(),
            back = result.GetProperty("rolledBack").GetArrayLength();
        string found = $"thaw-embedding@{frozen + 1}";
        Assert.Equal(found, result.GetProperty("schedule").GetProperty("name").GetString());
        Assert.InRange(frozen + back, 1, 3);
        Assert.Equal(7 - back, result.GetProperty("history").GetArrayLength());
        Assert.Contains($"  epoch {frozen} was best", run.Error, StringComparison.Ordinal);
        Assert.Contains($"from epoch {frozen + 1} on trains: embedding\n", run.Error, StringComparison.Ordinal);
        Assert.Contains(
            $"{7 - back} epochs, all done; the weights of epoch {result.GetProperty("keptEpoch").GetInt32()} are "
                + $"kept; {found} (",
            run.Error,
            StringComparison.Ordinal
        );
        Assert.Contains(
            $"The schedule {found}: what trained in which epoch",
            File.ReadAllText(Path.Combine(report, "report.html")),
            StringComparison.Ordinal
        );

        var training = Parse(CapturedRun.Of("inspect", quickstart.At("thawed"), "--json")).GetProperty("training");
        Assert.Equal(
            (found, back),
            (training.GetProperty("schedule").GetString(), training.GetProperty("taken_back").GetArrayLength())
        );
        Assert.Equal(
            "thaw-embedding@best,patience=1",
            training.GetProperty("recipe").GetProperty("training").GetProperty("schedule").GetString()
        );
        Assert.Contains(found, CapturedRun.Of("inspect", quickstart.At("thawed")).Out, StringComparison.Ordinal);

        var refused = CapturedRun.Of(
            "train",
            quickstart.Messages,
            "--out",
            quickstart.At("refused-thaw"),
            "--schedule",
            "thaw-all@best",
            "--validation-size",
            "0"
        );
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains(
            "ends a phase with the epoch that is best on the validation texts, and there are none",
            Assert.Single(refused.ErrorLines),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Labels_that_the_model_does_not_know_stop_or_are_counted()
    {
        string file = quickstart.At("other.csv");
        File.WriteAllText(
            file,
            "label,text\npositive,i love this film\nneutral,the film is on at nine\nnegative,i hate this film\n"
        );
        var stopped = CapturedRun.Of("evaluate", quickstart.Bundle, file);
        Assert.Equal(1, stopped.ExitCode);
        Assert.Contains("neutral", stopped.Error);
        var skipped = Parse(
            CapturedRun.Of("evaluate", quickstart.Bundle, file, "--on-unknown-label", "skip", "--json")
        );
        Assert.Equal(
            (2, 1),
            (skipped.GetProperty("texts").GetInt32(), skipped.GetProperty("unknownLabels").GetInt32())
        );
    }

    [Fact]
    public void A_report_of_an_evaluation_is_written_where_asked()
    {
        string folder = quickstart.At("evaluation");
        var run = CapturedRun.Of("evaluate", quickstart.Bundle, quickstart.Messages, "--report", folder);
        Assert.Equal(0, run.ExitCode);
        string page = File.ReadAllText(Path.Combine(folder, "report.html"));
        Assert.Contains("<h1>model on messages.csv</h1>", page);
        Assert.Contains("<h3>Word vectors</h3>", page);
    }

    [Fact]
    public void A_stopped_run_keeps_what_it_has_and_fails()
    {
        using var stop = new CancellationTokenSource();
        var error = new StopAtEpoch(2, stop);
        var terminal = new Firn.Cli.Output.Terminal
        {
            In = TextReader.Null,
            Out = TextWriter.Null,
            Error = error,
        };
        int code = Firn.Cli.Tool.Run(
            [
                "train",
                quickstart.Messages,
                "--out",
                quickstart.At("stopped"),
                "--no-report",
                "--epochs",
                "50",
                "--vector-size",
                "8",
                "--min-count",
                "2",
                "--hidden",
                "8",
            ],
            terminal,
            stop.Token
        );
        Assert.Equal(1, code);
        Assert.Contains("stopped after 2 epochs", error.ToString());
        Assert.Equal(
            2,
            Parse(CapturedRun.Of("inspect", quickstart.At("stopped"), "--json"))
                .GetProperty("training")
                .GetProperty("history")
                .GetArrayLength()
        );
    }

    [Fact]
    public void A_checkpoint_lets_the_same_command_go_on_to_the_same_end()
    {
        string[] command(string name, params string[] more) =>
            [
                "train",
                quickstart.Messages,
                "--out",
                quickstart.At(name),
                "--no-report",
                "--epochs",
                "3",
                "--vector-size",
                "8",
                "--min-count",
                "2",
                "--hidden",
                "8",
                "--threads",
                "1",
                "--json",
                .. more,
            ];
        double loss = Parse(CapturedRun.Of(command("whole"))).GetProperty("test").GetProperty("loss").GetDouble();
        string kept = quickstart.At("kept.safetensors");
        using var stop = new CancellationTokenSource();
        var error = new StopAtEpoch(1, stop);
        var terminal = new Firn.Cli.Output.Terminal
        {
            In = TextReader.Null,
            Out = TextWriter.Null,
            Error = error,
        };
        Assert.Equal(1, Firn.Cli.Tool.Run(command("broken", "--checkpoint", kept), terminal, stop.Token));
        Assert.Contains($"the same command goes on from {kept}", error.ToString());
        var resumed = Parse(CapturedRun.Of(command("broken", "--checkpoint", kept)));
        Assert.Equal(3, resumed.GetProperty("history").GetArrayLength());
        Assert.Equal(loss, resumed.GetProperty("test").GetProperty("loss").GetDouble());
        Assert.False(File.Exists(kept));
    }

    [Fact]
    public void A_place_that_is_no_bundle_is_refused_before_training()
    {
        string folder = quickstart.At("mine");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "thesis.txt"), "precious");
        var run = CapturedRun.Of("train", quickstart.Messages, "--out", folder);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("choose another place with --out", run.Error);
        Assert.Single(run.ErrorLines);
        Assert.True(File.Exists(Path.Combine(folder, "thesis.txt")));
    }

    /// <summary>Standard error that presses Ctrl-C when an epoch's line appears.</summary>
    private sealed class StopAtEpoch(int epoch, CancellationTokenSource stop) : StringWriter
    {
        public override void Write(ReadOnlySpan<char> buffer)
        {
            base.Write(buffer);
            if (buffer.TrimStart().StartsWith($"epoch {epoch}/", StringComparison.Ordinal))
                stop.Cancel();
        }
    }
}
