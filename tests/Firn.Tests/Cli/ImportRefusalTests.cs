using System.Text.Json;
using Firn.Tests.Interop.Keras;

namespace Firn.Tests.Cli;

/// <summary>
/// What <c>firn import</c> is given and cannot use is refused before anything is written; what it finds is what is
/// there.
/// </summary>
public sealed class ImportRefusalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("firn-idle-").FullName;

    private string Model => Path.Combine(_folder, "model.h5");

    private string Tokenizer => Path.Combine(_folder, "tokenizer.json");

    private string Vocabulary => Path.Combine(_folder, "words.txt");

    private string Bundle => Path.Combine(_folder, "bundle");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("reads texts", "leave out --padding (here the model makes ids of texts itself", "--padding", "pre")]
    [InlineData("reads texts", "leave out --truncating (here", "--truncating", "post")]
    [InlineData(
        "reads texts",
        "leave out --num-words, --oov-token, --char-level (here",
        "--num-words",
        "5",
        "--oov-token",
        "none",
        "--char-level"
    )]
    [InlineData("ids alone", "leave out --num-words (here there is no tokenizer)", "--num-words", "5")]
    [InlineData(
        "ids alone",
        "leave out --oov-token, --char-level, --cleaning (here there is no tokenizer)",
        "--oov-token",
        "w1",
        "--char-level",
        "--cleaning",
        "keras"
    )]
    [InlineData(
        "LSTM, pre, mask False",
        "leave out --vocabulary (here the model has no TextVectorization layer)",
        "--vocabulary",
        "words.txt"
    )]
    [InlineData(
        "LSTM, pre, mask False",
        "leave out --step (here the model gives one answer for a text); --output (here the last layer has an "
            + "activation)",
        "--step",
        "last",
        "--output",
        "sigmoid"
    )]
    [InlineData(
        "softmax of three",
        "leave out --neutral (here the model tells 3 classes apart",
        "--neutral",
        "0.4,0.7"
    )]
    [InlineData(
        "softmax of three",
        "leave out --threshold (here the likeliest of 3 classes is the label)",
        "--threshold",
        "0.3"
    )]
    [InlineData("two sigmoids", "leave out --neutral (here a text has any number of classes", "--neutral", "0.4,0.7")]
    public void What_a_model_has_no_use_for_is_refused(string name, string says, params string[] given)
    {
        string[] known = Files(name);
        var run = CapturedRun.Of([
            "import",
            Model,
            .. known,
            .. given.Select(g => g == "words.txt" ? Vocabulary : g),
            "--out",
            Bundle,
        ]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(
            says,
            Assert.Single(run.ErrorLines, l => l.StartsWith("firn: ", StringComparison.Ordinal)),
            StringComparison.Ordinal
        );
        Assert.False(Directory.Exists(Bundle));
        Assert.Equal(0, CapturedRun.Of(["import", Model, .. known, "--out", Bundle]).ExitCode);
    }

    [Theory]
    [InlineData("--check-rows", "10")]
    [InlineData("--text-column", "text")]
    [InlineData("--label-column", "label")]
    [InlineData("--label-names", "0=bad,1=good")]
    public void Options_of_a_check_need_one(params string[] given)
    {
        var run = CapturedRun.Of(["import", Model, .. Files("LSTM, pre, mask False"), .. given, "--out", Bundle]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(
            $"{given[0]} is of the texts of --check",
            Assert.Single(run.ErrorLines),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("softmax of two", "--threshold", "0.3")]
    [InlineData("softmax of two", "--neutral", "0.4,0.7")]
    [InlineData("two sigmoids", "--threshold", "0.3")]
    public void What_a_model_has_a_use_for_is_taken(string name, params string[] given) =>
        Assert.Equal(0, CapturedRun.Of(["import", Model, .. Files(name), .. given, "--out", Bundle]).ExitCode);

    [Fact]
    public void The_command_of_a_check_keeps_what_was_given()
    {
        Files("LSTM, pre, mask False");
        string data = Path.Combine(_folder, "labeled.csv");
        File.WriteAllText(
            data,
            "text,label\n"
                + string.Concat(
                    Enumerable.Range(0, 20).Select(i => $"w{1 + i % 11} w{1 + i % 7},{(i % 2 < 1 ? "good" : "bad")}\n")
                )
        );
        var run = CapturedRun.Of(
            "import",
            Model,
            "--tokenizer",
            Tokenizer,
            "--labels",
            "Bad,GOOD",
            "--threshold",
            "0.3",
            "--neutral",
            "0.4,0.7,so-so",
            "--check",
            data,
            "--json"
        );
        Assert.True(run.ExitCode == 0, run.Error);
        string command = JsonDocument.Parse(run.Out).RootElement.GetProperty("command").GetString()!;
        Assert.Contains("--threshold 0.3 --neutral 0.4,0.7,so-so", command, StringComparison.Ordinal);
        Assert.Matches("--labels (Bad,GOOD|GOOD,Bad) ", command);
        string[] words = command.Replace("BUNDLE", Bundle, StringComparison.Ordinal).Split(' ')[1..];
        Assert.Equal(0, CapturedRun.Of(words).ExitCode);
        using var predictor = Predictor.Load(Bundle);
        Assert.Equal(
            (0.3f, 0.4, 0.7, "so-so"),
            (predictor.Threshold, predictor.Neutral!.Low, predictor.Neutral.High, predictor.Neutral.Label)
        );
    }

    [Theory]
    [InlineData("bad,good", "neutral")]
    [InlineData("BAD,GOOD", "NEUTRAL")]
    public void A_neutral_band_without_a_name_is_called_as_the_classes_are(string labels, string expected)
    {
        Files("LSTM, pre, mask False");
        var run = CapturedRun.Of(
            "import",
            Model,
            "--tokenizer",
            Tokenizer,
            "--labels",
            labels,
            "--padding",
            "pre",
            "--cleaning",
            "keras",
            "--neutral",
            "0,1",
            "--out",
            Bundle
        );
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.StartsWith(expected, CapturedRun.Of("predict", Bundle, "w1").Out, StringComparison.Ordinal);
        Assert.StartsWith(
            "mixed",
            CapturedRun.Of("predict", Bundle, "w1", "--neutral", "0,1,mixed").Out,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(5000)]
    [InlineData(50_000)]
    public void Thousands_of_numbers_that_no_layer_makes_are_no_classes(int units)
    {
        MadeModel.Write(
            Model,
            MadeModel.Table(units),
            new("GlobalAveragePooling1D"),
            new("Activation", "{\"activation\": \"softmax\"}")
        );
        var run = CapturedRun.Of(
            "import",
            Model,
            "--tokenizer",
            "none",
            "--labels",
            "a,b",
            "--max-len",
            "7",
            "--out",
            Bundle
        );
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(
            $"answers with {units} numbers that no Dense layer makes, beyond 4096",
            Assert.Single(run.ErrorLines, l => l.StartsWith("firn: ", StringComparison.Ordinal)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_file_that_cannot_be_opened_does_not_end_the_search()
    {
        string[] known = Files("LSTM, pre, mask False");
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege on Windows");
        File.CreateSymbolicLink(Path.Combine(_folder, "a-gone.h5"), Path.Combine(_folder, "nowhere"));
        Assert.Equal(0, CapturedRun.Of(["import", _folder, .. known, "--out", Bundle]).ExitCode);
        File.Delete(Model);
        string line = CapturedRun.Of("import", _folder, "--out", Path.Combine(_folder, "other")).ErrorLines[^1];
        Assert.Contains("no file of this folder is a Keras model (not read: ", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_many_files_is_not_searched()
    {
        Files("LSTM, pre, mask False");
        for (int i = 0; i < 201; i++)
            File.WriteAllText(Path.Combine(_folder, $"{i}.csv"), "x");
        var run = CapturedRun.Of("import", _folder, "--out", Bundle);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(
            "holds more than 200 files; give the model's file",
            run.ErrorLines[^1],
            StringComparison.Ordinal
        );
    }

    /// <summary>A model with what it needs; returns the options that say all that is open.</summary>
    private string[] Files(string name)
    {
        File.WriteAllText(Vocabulary, string.Concat(Enumerable.Range(1, 10).Select(i => $"w{i}\n")));
        if (name == "reads texts")
        {
            MadeModel.Write(
                Model,
                new("InputLayer", "{\"batch_input_shape\": [null, 1], \"dtype\": \"string\"}"),
                new("TextVectorization", "{\"output_mode\": \"int\", \"output_sequence_length\": 7}"),
                MadeModel.Table(4),
                new("GlobalAveragePooling1D"),
                new("Dense", "{\"units\": 1, \"activation\": \"sigmoid\"}", ("kernel", [4, 1]), ("bias", [1]))
            );
            return ["--vocabulary", Vocabulary, "--labels", "bad,good"];
        }
        bool ids = name == "ids alone";
        KerasGolden.Write(
            KerasLayerTests
                .All.EnumerateArray()
                .Single(c => c.GetProperty("name").GetString() == (ids ? "LSTM, pre, mask False" : name)),
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
        string labels = name == "softmax of three" ? "a,b,c" : "bad,good";
        return ids
            ? ["--tokenizer", "none", "--labels", labels, "--padding", "pre"]
            : ["--tokenizer", Tokenizer, "--labels", labels, "--padding", "pre", "--cleaning", "keras"];
    }
}
