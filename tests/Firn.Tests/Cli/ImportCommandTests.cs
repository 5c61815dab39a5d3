using System.Text.Json;
using Firn.Interop.Keras;
using Firn.Interop.Keras.Conversion;
using Firn.Interop.Keras.Preprocessing;
using Firn.Tests.Interop.Keras;

namespace Firn.Tests.Cli;

/// <summary>
/// <c>firn import</c> on small models that the golden script made: what it asks, refuses, finds and writes.
/// </summary>
public sealed class ImportCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("firn-import-cli-").FullName;

    private string Model => Path.Combine(_folder, "model.h5");

    private string Tokenizer => Path.Combine(_folder, "tokenizer.json");

    private string Bundle => Path.Combine(_folder, "bundle");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void One_command_makes_a_bundle_that_scores_texts_and_ids()
    {
        Files("LSTM, pre, mask False");
        var run = CapturedRun.Of(
            "import",
            Model,
            "--tokenizer",
            Tokenizer,
            "--labels",
            "bad,good",
            "--padding",
            "pre",
            "--cleaning",
            "keras",
            "--out",
            Bundle
        );
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("firn predict", run.Out, StringComparison.Ordinal);
        Assert.Contains("longer texts lose their start", run.Out, StringComparison.Ordinal);
        var ids = CapturedRun.With("3 5\n[0, 0, 0, 0, 0, 3, 5]\n\n", "predict", Bundle, "--ids");
        string[] lines = ids.Out.TrimEnd('\n').Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Equal(lines[0], lines[1]);
        Assert.Equal(lines[0], CapturedRun.Of("predict", Bundle, "W3, w5!").Out.TrimEnd('\n'));
        Assert.NotEqual(lines[0], lines[2]);
        Assert.Contains(
            "line 2, number 1: '12' is no id of this model",
            CapturedRun.With("1\n12\n", "predict", Bundle, "--ids").Error,
            StringComparison.Ordinal
        );
        Assert.Equal(2, CapturedRun.Of("predict", Bundle, "--ids", "--explain", "1").ExitCode);
        Assert.Equal(0, CapturedRun.Of("predict", Bundle, "--explain", "w3 w5").ExitCode);
    }

    [Fact]
    public void Lines_of_ids_are_called_so_and_by_their_file()
    {
        Files("LSTM, pre, mask False");
        CapturedRun.Of(
            "import",
            Model,
            "--tokenizer",
            Tokenizer,
            "--labels",
            "bad,good",
            "--padding",
            "pre",
            "--cleaning",
            "keras",
            "--out",
            Bundle
        );
        string file = Path.Combine(_folder, "ids.txt");
        File.WriteAllText(file, "3 5\n1 x\n");
        var run = CapturedRun.Of("predict", Bundle, "--ids", file);
        Assert.Contains($"reading the ids of the file {file}", run.Error, StringComparison.Ordinal);
        Assert.Equal(
            $"firn: {file}: line 2, number 2: 'x' is no id of this model; expected are whole numbers from 0 to 11, "
                + $"with blanks or commas between",
            run.ErrorLines[^1]
        );
        Assert.StartsWith(
            "firn: standard input: line 1, number 1: 'x'",
            CapturedRun.With("x\n", "predict", Bundle, "--ids").Error,
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "firn: text 2, number 1: 'x'",
            CapturedRun.Of("predict", Bundle, "--ids", "3 5", "x").Error,
            StringComparison.Ordinal
        );
        File.WriteAllText(file, "");
        foreach (
            string[] order in (string[][])
                [
                    ["predict", Bundle, file],
                    ["predict", Bundle, "--ids", file],
                ]
        )
        {
            run = CapturedRun.Of(order);
            Assert.Equal((0, "", $"firn: {file}: there is no line in it"), (run.ExitCode, run.Out, run.ErrorLines[^1]));
        }
    }

    [Fact]
    public void Everything_that_is_missing_is_asked_for_in_one_line()
    {
        Files("a step of each");
        File.WriteAllText(
            Tokenizer,
            "{" + string.Join(',', Enumerable.Range(1, 70).Select(i => $"\"w{i}\": {i}")) + "}"
        );
        var run = CapturedRun.Of("import", Model, "--tokenizer", Tokenizer, "--out", Bundle);
        Assert.Equal(2, run.ExitCode);
        string line = Assert.Single(run.ErrorLines, l => l.StartsWith("firn: ", StringComparison.Ordinal));
        foreach (
            string option in new[]
            {
                "--labels",
                "--padding pre|post",
                "--cleaning",
                "--num-words",
                "--oov-token",
                "--step first|last",
                "--check DATA",
            }
        )
            Assert.Contains(option, line, StringComparison.Ordinal);
        Assert.DoesNotContain("--max-len", line, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Bundle));
    }

    [Theory]
    [InlineData("--labels", "a,b,c", "the model tells 2 classes apart and 3 labels are given (a, b, c)")]
    [InlineData("--max-len", "0", "--max-len needs a whole number from 1 on, or none, not '0'")]
    [InlineData("--max-len", "200000", "100000 are the most")]
    [InlineData("--padding", "left", "--padding must be one of pre, post, not 'left'")]
    [InlineData(
        "--cleaning",
        "mine",
        "--cleaning needs keras, notebook, lower, none or a file, and 'mine' is none of these"
    )]
    [InlineData("--oov-token", "nowhere", "The unknown word 'nowhere' has no id in the index")]
    [InlineData("--neutral", "0.7,0.4", "--neutral needs two numbers from 0 to 1, the lower first")]
    [InlineData("--tokenizer", "gone.pkl", "gone.pkl: there is no such file")]
    public void What_does_not_fit_is_one_line(string option, string value, string says)
    {
        Files("LSTM, pre, mask False");
        var given = new Dictionary<string, string>
        {
            ["--tokenizer"] = Tokenizer,
            ["--labels"] = "bad,good",
            ["--padding"] = "pre",
            ["--cleaning"] = "keras",
            [option] = value,
        };
        var run = CapturedRun.Of([
            "import",
            Model,
            "--out",
            Bundle,
            .. given.SelectMany(g => new[] { g.Key, g.Value }),
        ]);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(
            says,
            Assert.Single(run.ErrorLines, l => l.StartsWith("firn: ", StringComparison.Ordinal)),
            StringComparison.Ordinal
        );
        Assert.False(Directory.Exists(Bundle));
    }

    [Fact]
    public void A_folders_files_are_found_by_what_is_in_them()
    {
        Files("mean, pre, mask False");
        File.Move(Model, Path.Combine(_folder, "a.pkl"));
        File.WriteAllText(Path.Combine(_folder, "README.md"), "# nothing");
        File.WriteAllText(Path.Combine(_folder, "names.txt"), "bad\ngood\n");
        var run = CapturedRun.Of("import", _folder, "--cleaning", "keras", "--out", Bundle, "--json");
        Assert.True(run.ExitCode == 0, run.Error);
        JsonElement json = JsonDocument.Parse(run.Out).RootElement;
        Assert.Equal(["bad", "good"], json.GetProperty("labels").EnumerateArray().Select(l => l.GetString()));
        Assert.Equal(7, json.GetProperty("padding").GetProperty("length").GetInt32());
    }

    [Fact]
    public void A_check_finds_the_settings_under_which_the_labels_were_given()
    {
        var random = new Random(5);
        string[] texts =
        [
            .. Enumerable
                .Range(0, 200)
                .Select(_ =>
                    string.Join(", ", Enumerable.Range(0, random.Next(1, 7)).Select(_ => $"W{random.Next(1, 12)}"))
                ),
        ];
        string data = Path.Combine(_folder, "labeled.csv"),
            side = "";
        foreach (
            JsonElement made in KerasLayerTests
                .All.EnumerateArray()
                .Where(c => c.GetProperty("name").GetString()!.Contains("LSTM", StringComparison.Ordinal))
        )
        {
            // The first of the small models that gives both labels often.
            Files(made.GetProperty("name").GetString()!);
            side = made.GetProperty("padding").GetString()!;
            var options = new KerasImportOptions
            {
                Tokenizer = Tokenizer,
                Labels = ["bad", "good"],
                Padding = side == "pre" ? KerasSide.Pre : KerasSide.Post,
                Cleaning = KerasCleaning.Keras,
            };
            if (!KerasImport.Open(Model, options).ReadsPadSide)
                continue;
            using Predictor predictor = KerasModel.Import(Model, options);
            string[] labels = [.. texts.Select(t => predictor.Predict(t).Label)];
            if (labels.Count(l => l == "good") is < 20 or > 180)
                continue;
            File.WriteAllText(data, "text,label\n" + string.Concat(texts.Zip(labels, (t, l) => $"\"{t}\",{l}\n")));
            break;
        }
        var run = CapturedRun.Of(
            "import",
            Model,
            "--tokenizer",
            Tokenizer,
            "--labels",
            "good,bad",
            "--check",
            data,
            "--json"
        );
        Assert.True(run.ExitCode == 0, run.Error);
        JsonElement json = JsonDocument.Parse(run.Out).RootElement,
            best = json.GetProperty("trials")[0];
        Assert.Equal(
            (side, "keras", 1.0),
            (
                best.GetProperty("padding").GetString(),
                best.GetProperty("cleaning").GetString(),
                best.GetProperty("accuracy").GetDouble()
            )
        );
        Assert.Equal(["bad", "good"], best.GetProperty("labels").EnumerateArray().Select(l => l.GetString()));
        Assert.Contains(
            $"--labels bad,good --padding {side} --cleaning keras",
            json.GetProperty("command").GetString(),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "accuracy",
            CapturedRun.Of("import", Model, "--tokenizer", Tokenizer, "--check", data).Out,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void An_imported_model_is_evaluated_and_trained_further()
    {
        Files("LSTM, pre, mask False");
        CapturedRun.Of(
            "import",
            Model,
            "--tokenizer",
            Tokenizer,
            "--labels",
            "bad,good",
            "--padding",
            "pre",
            "--cleaning",
            "keras",
            "--out",
            Bundle
        );
        string data = Path.Combine(_folder, "labeled.csv");
        File.WriteAllText(
            data,
            "text,label\n"
                + string.Concat(
                    Enumerable
                        .Range(0, 200)
                        .Select(i => $"w{1 + i % 11} w{1 + i % 7},{(i % 11 < 5 ? "good" : "bad")}\n")
                )
        );
        var evaluated = CapturedRun.Of("evaluate", Bundle, data, "--json");
        Assert.True(evaluated.ExitCode == 0, evaluated.Error);
        double before = JsonDocument.Parse(evaluated.Out).RootElement.GetProperty("accuracy").GetDouble();
        string further = Path.Combine(_folder, "further");
        var trained = CapturedRun.Of(
            "train",
            data,
            "--from",
            Bundle,
            "--out",
            further,
            "--schedule",
            "thaw-all@2",
            "--epochs",
            "12",
            "--no-report"
        );
        Assert.True(trained.ExitCode == 0, trained.Error);
        double after = JsonDocument
            .Parse(CapturedRun.Of("evaluate", further, data, "--json").Out)
            .RootElement.GetProperty("accuracy")
            .GetDouble();
        Assert.True(after > Math.Max(before, 0.9), $"{before} before, {after} after");
        Assert.Contains("words moved", CapturedRun.Of("drift", further).Out, StringComparison.Ordinal);
    }

    /// <summary>A model, and a tokenizer of the eleven words w1 to w11.</summary>
    private void Files(string name)
    {
        KerasGolden.Write(
            KerasLayerTests.All.EnumerateArray().Single(c => c.GetProperty("name").GetString() == name),
            _folder,
            "model.h5"
        );
        string index = "{" + string.Join(", ", Enumerable.Range(1, 11).Select(i => $"\\\"w{i}\\\": {i}")) + "}";
        File.WriteAllText(
            Tokenizer,
            "{\"class_name\": \"Tokenizer\", \"config\": {\"num_words\": null, \"filters\": \"!,.\", \"lower\": "
                + "true, \"split\": \" \", \"char_level\": false, \"oov_token\": null, \"word_index\": \""
                + index
                + "\"}}"
        );
    }
}
