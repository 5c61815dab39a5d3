using System.Text.Json;
using Firn.Interop.Keras;
using Firn.Model;
using Firn.Tests.Interop.Export;
using Firn.Vectors;

namespace Firn.Tests.Cli;

public sealed class ExportCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("firn-export-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_folder_of_ONNX_holds_all_that_scoring_needs()
    {
        using var bundle = new TinyBundle("negative", "positive");
        var run = CapturedRun.Of("export", bundle.Path, "--to", "onnx", "--out", At("onnx"));
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("next: the code in", run.Error, StringComparison.Ordinal);
        Assert.Equal(
            ["README.md", "cleaning.json", "golden.json", "labels.json", "model.onnx", "vocabulary.txt"],
            Directory.GetFiles(At("onnx")).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        using var labels = JsonDocument.Parse(File.ReadAllText(At("onnx", "labels.json")));
        Assert.Equal("positive", labels.RootElement.GetProperty("labels")[1].GetString());
        using var cleaning = JsonDocument.Parse(File.ReadAllText(At("onnx", "cleaning.json")));
        Assert.Equal("tweets", cleaning.RootElement.GetProperty("rules").GetProperty("preset").GetString());
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(bundle.Path, "vocabulary.txt")),
            File.ReadAllBytes(At("onnx", "vocabulary.txt"))
        );
    }

    [Fact]
    public void The_ending_tells_the_format_and_companions_get_its_name()
    {
        using var bundle = new TinyBundle("negative", "positive");
        Assert.Equal(0, CapturedRun.Of("export", bundle.Path, "--out", At("tweets.h5")).ExitCode);
        Assert.Equal(KerasFileKind.Hdf5, KerasFile.Load(At("tweets.h5")).Kind);
        Assert.True(File.Exists(At("tweets.h5.tokenizer.json")));
        using var vectors = Exported(bundle.Path, At("words.bin"));
        using var text = Exported(bundle.Path, At("words.txt"));
        using var predictor = Predictor.Load(bundle.Path);
        Assert.Equal(predictor.Vocabulary.Count - 1, vectors.Count);
        Assert.Equal(vectors.Words, text.Words);
        Assert.Equal(predictor.Classifier.Embedding.VectorOf(1).ToArray(), vectors[0].ToArray());
        Assert.Equal(predictor.Classifier.Embedding.VectorOf(1).ToArray(), text[0].ToArray());
    }

    private static WordVectors Exported(string bundle, string path)
    {
        Assert.Equal(0, CapturedRun.Of("export", bundle, "--out", path).ExitCode);
        return WordVectors.Load(path);
    }

    [Fact]
    public void The_projector_gets_its_three_files()
    {
        using var bundle = new TinyBundle("negative", "positive");
        var run = CapturedRun.Of("export", bundle.Path, "--to", "projector", "--out", At("projector"), "--json");
        using var json = JsonDocument.Parse(run.Out);
        Assert.Equal(
            ["vectors.tsv", "metadata.tsv", "projector_config.pbtxt"],
            json.RootElement.GetProperty("files").EnumerateObject().Select(f => Path.GetFileName(f.Name))
        );
        string[] words = File.ReadAllLines(At("projector", "metadata.tsv"));
        Assert.Equal(words.Length, File.ReadAllLines(At("projector", "vectors.tsv")).Length);
        Assert.Contains(
            "metadata_path: \"metadata.tsv\"",
            File.ReadAllText(At("projector", "projector_config.pbtxt")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_stands_there_is_kept_until_force_is_given()
    {
        using var bundle = new TinyBundle("negative", "positive");
        foreach (
            string[] order in (string[][])
                [
                    ["--to", "onnx", "--out", At("a")],
                    ["--out", At("a.keras")],
                    ["--out", At("a.txt")],
                    ["--to", "projector", "--out", At("p")],
                ]
        )
        {
            string[] arguments = ["export", bundle.Path, .. order];
            Assert.Equal(0, CapturedRun.Of(arguments).ExitCode);
            var again = CapturedRun.Of(arguments);
            Assert.Equal(1, again.ExitCode);
            Assert.Contains(
                "it exists already; choose another place, or allow its replacement by --force",
                again.Error,
                StringComparison.Ordinal
            );
            Assert.Equal(0, CapturedRun.Of([.. arguments, "--force"]).ExitCode);
        }
    }

    [Fact]
    public void A_bundle_is_never_written_into()
    {
        using var bundle = new TinyBundle("negative", "positive");
        var run = CapturedRun.Of("export", bundle.Path, "--to", "onnx", "--out", bundle.Path, "--force");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("this folder holds a bundle", run.Error, StringComparison.Ordinal);
        Predictor.Load(bundle.Path).Dispose();
    }

    [Fact]
    public void Keras_refuses_the_linear_part_in_the_words_of_the_command()
    {
        string bundle = At("bundle");
        ExportModels.Make(new ClassifierOptions { HiddenSize = 4 }, linear: true).Save(bundle);
        var refused = CapturedRun.Of("export", bundle, "--out", At("m.keras"));
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("leave it out by --without-linear", refused.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(At("m.keras")));
        Assert.Equal(0, CapturedRun.Of("export", bundle, "--out", At("m.keras"), "--without-linear").ExitCode);
        Assert.Equal(0, CapturedRun.Of("export", bundle, "--out", At("other.onnx")).ExitCode);
    }

    [Theory]
    [InlineData("does not tell the format; add --to", "--out", "somewhere")]
    [InlineData("the ending is of keras, and --to says onnx", "--to", "onnx", "--out", "x.h5")]
    [InlineData("--without-linear: word2vec holds the word vectors alone", "--out", "x.bin", "--without-linear")]
    [InlineData("--out", "--to", "onnx")]
    [InlineData("--to must be one of onnx, keras, projector, word2vec", "--to", "tflite", "--out", "x")]
    public void What_cannot_be_meant_is_refused(string message, params string[] arguments)
    {
        using var bundle = new TinyBundle("negative", "positive");
        var run = CapturedRun.Of(["export", bundle.Path, .. arguments]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Single(run.ErrorLines);
    }

    private string At(params string[] parts) => Path.Combine([_folder, .. parts]);
}
