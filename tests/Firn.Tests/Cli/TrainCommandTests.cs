namespace Firn.Tests.Cli;

public sealed class TrainCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("firn-train-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory] // 300 texts get 15 epochs
    [InlineData(0, "", "--schedule", "thaw-all@6")]
    [InlineData(1, "thaws in epoch 16 and training has 15", "--schedule", "thaw-all@16")]
    [InlineData(1, "thaws in epoch 6 and training has 5", "--schedule", "thaw-all@6", "--epochs", "5")]
    [InlineData(
        1,
        "thaws in epoch 6 and training has 5",
        "--schedule",
        "thaw-all@6",
        "--preset",
        "notebook",
        "--epochs",
        "5"
    )]
    public void A_schedule_is_held_against_the_epochs_that_the_number_of_texts_gives(
        int code,
        string message,
        params string[] options
    )
    {
        string data = Path.Combine(_folder, "texts.csv");
        File.WriteAllLines(
            data,
            Enumerable
                .Range(0, 300)
                .Select(i =>
                    i % 2 == 0
                        ? $"positive,what a good day number {i % 7}"
                        : $"negative,such a bad night number {i % 5}"
                )
                .Prepend("label,text")
        );
        CapturedRun run = CapturedRun.Of(["train", data, "--dry-run", .. options]);
        Assert.Contains(message, run.Error);
        Assert.Equal(code, run.ExitCode);
    }

    [Theory]
    [InlineData("--characters 2: a run has at least 3 characters", "--characters", "2")]
    [InlineData("--n-grams 0 leaves it out", "--characters", "5", "--n-grams", "0")]
    [InlineData("this preset has none", "--characters", "5", "--preset", "notebook")]
    public void Characters_belong_to_the_linear_part(string message, params string[] options)
    {
        string data = Path.Combine(_folder, "texts.csv");
        File.WriteAllText(data, "label,text\npositive,a good day\n");
        CapturedRun run = CapturedRun.Of(["train", data, "--dry-run", .. options]);
        Assert.Contains(message, run.Error);
        Assert.Equal(2, run.ExitCode);
    }

    [Theory]
    [InlineData("--encoder", "cnn")]
    [InlineData("--layers", "2")]
    [InlineData("--dense", "8")]
    [InlineData("--hidden", "16")]
    public void What_a_bundle_decides_cannot_be_asked_for_beside_it(string option, string value)
    {
        using var bundle = new TinyBundle("negative", "positive");
        string data = Path.Combine(_folder, "texts.csv");
        File.WriteAllText(data, "label,text\npositive,a good day\n");
        CapturedRun run = CapturedRun.Of("train", data, "--from", bundle.Path, option, value);
        Assert.Contains(
            $"{option} is decided by the bundle {bundle.Path} that --from starts from",
            run.Error,
            StringComparison.Ordinal
        );
        Assert.Equal(2, run.ExitCode);
    }

    [Theory]
    [InlineData(
        "[{\"layer\": \"lstm\",\n\"unitz\": 3}]",
        1,
        "layers.json: line 2: a layer of the kind Lstm has no member 'unitz'"
    )]
    [InlineData("[{\"layer\": \"lstn\"}]", 1, "layers.json: line 1: there is no layer 'lstn'")]
    [InlineData("[{\"layer\": \"dropout\"}]", 1, "layers.json: line 1: a layer of the kind Dropout lacks 'rate'")]
    [InlineData("[]", 1, "layers.json: the list has no layer")]
    [InlineData(" \n", 1, "layers.json: the file is empty; docs/model.md")]
    [InlineData("[\n{\"layer\": lstm}]", 1, "layers.json: line 2, character 11: 'l' cannot stand there")]
    [InlineData(
        "[{\"layer\": \"lstm\"\n",
        1,
        "layers.json: line 2: the file ends before every bracket and quotation mark is closed"
    )]
    [InlineData("[{\"layer\": \"ls", 1, "layers.json: line 1: the file ends before every bracket")]
    [InlineData("[{\"layer\": \"lstm\"}] x", 1, "layers.json: line 1, character 21: 'x' cannot stand there")]
    [InlineData("[{\"units\": 3}]", 1, "layers.json: line 1: A layer has no member 'layer'")]
    [InlineData("[{\"layer\": \"flatten\"}]", 1, "Layer 1 (flatten): texts have different lengths there")]
    [InlineData("[{\"layer\": \"flatten\"}]", 0, "", "--padding", "keras", "--max-tokens", "9")]
    [InlineData(
        "[{\"layer\": \"global_max_pooling\"}]",
        2,
        "--hidden is said by the layers of --model",
        "--hidden",
        "3"
    )]
    public void A_file_of_layers_is_a_model_or_one_line_that_says_why_not(
        string json,
        int code,
        string message,
        params string[] options
    )
    {
        string data = Path.Combine(_folder, "texts.csv"),
            file = Path.Combine(_folder, "layers.json");
        File.WriteAllLines(
            data,
            Enumerable
                .Range(0, 60)
                .Select(i =>
                    i % 2 == 0
                        ? $"positive,what a good day number {i % 7}"
                        : $"negative,such a bad night number {i % 5}"
                )
                .Prepend("label,text")
        );
        File.WriteAllText(file, json);
        CapturedRun run = CapturedRun.Of(["train", data, "--dry-run", "--model", file, .. options]);
        Assert.Contains(message, run.Error);
        Assert.Equal(code, run.ExitCode);
    }

    [Fact]
    public void A_listed_model_is_kept_whole_in_its_bundle()
    {
        string data = Path.Combine(_folder, "texts.csv"),
            file = Path.Combine(_folder, "layers.json"),
            bundle = Path.Combine(_folder, "m");
        File.WriteAllLines(
            data,
            Enumerable
                .Range(0, 60)
                .Select(i =>
                    i % 2 == 0
                        ? $"positive,what a good day number {i % 7}"
                        : $"negative,such a bad night number {i % 5}"
                )
                .Prepend("label,text")
        );
        File.WriteAllText(
            file,
            """
            [{"layer": "branches", "lists": [[{"layer": "convolution", "filters": 4, "widths": [2], "padding": "valid"}, {"layer": "global_max_pooling"}],
              [{"layer": "gru", "units": 3, "bidirectional": true, "merge": "average"}, {"layer": "last_state"}]]}, {"layer": "batch_normalization"}]
            """
        );
        CapturedRun run = CapturedRun.Of(
            "train",
            data,
            "--model",
            file,
            "--out",
            bundle,
            "--epochs",
            "1",
            "--threads",
            "1",
            "--report",
            Path.Combine(_folder, "report")
        );
        Assert.True(run.ExitCode == 0, run.Error);
        using Predictor predictor = Predictor.Load(bundle);
        Assert.Contains(predictor.Classifier.Layers, layer => layer.Title == "bidirectional GRU, 3 units");
        Assert.Equal(
            4 * 7,
            predictor.Classifier.Layers.Single(layer => layer.Name == "batch_normalization").Parameters
        );
        Assert.Contains("batch normalization", CapturedRun.Of("inspect", bundle).Out);
    }
}
