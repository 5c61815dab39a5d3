using System.CommandLine;
using System.Text.Json.Nodes;
using Firn.Cli.Output;
using Firn.Interop.Export;
using Firn.Interop.Keras.Export;
using Firn.Interop.Onnx;

namespace Firn.Cli.Commands;

/// <summary>
/// <c>firn export BUNDLE --to FORMAT --out PATH</c>: a trained model, or its word vectors, for other programs.
/// </summary>
internal static class ExportCommand
{
    private const string Onnx = "onnx",
        Keras = "keras",
        Projector = "projector",
        Word2Vec = "word2vec";

    public static Command Create(Invocation run)
    {
        var bundle = new Argument<string>("BUNDLE") { Description = "Folder of a trained model" };
        var to = new Option<string?>("--to")
        {
            Description =
                "onnx: the model for ONNX Runtime in any language; keras: the model for Keras; projector: the word "
                + "vectors for TensorBoard's Embedding Projector; word2vec: the word vectors (default: by the "
                + "ending of --out)",
        }.OneOf(Onnx, Keras, Projector, Word2Vec);
        var output = new Option<string>("--out", "-o")
        {
            Description =
                "A folder to be made (onnx, keras, projector), or a file: .onnx, .keras, .h5 with the other files "
                + "beside it, as in tweets.onnx.golden.json; word2vec is binary in .bin, else text",
            HelpName = "PATH",
            Required = true,
        };
        var without = new Option<bool>("--without-linear")
        {
            Description =
                "Leave out the linear part over n-grams, which keras cannot express; the scores are then others",
        };
        var force = new Option<bool>("--force") { Description = "Replace files that stand there" };
        var json = CommonOptions.Json();
        var command = new Command("export", "Write a trained model for ONNX Runtime or Keras, or its word vectors")
        {
            bundle,
            to,
            output,
            without,
            force,
            json,
        };
        command.SetAction(parsed =>
        {
            string folder = Inputs.RequireBundle(parsed.GetRequiredValue(bundle)),
                path = parsed.GetRequiredValue(output);
            string format = parsed.GetValue(to) ?? ByEnding(path);
            bool leaves = parsed.GetValue(without);
            if (leaves && format is Projector or Word2Vec)
                throw new UsageError($"--without-linear: {format} holds the word vectors alone; leave it out");
            CheckEnding(format, path);
            if (Directory.GetParent(Path.GetFullPath(path)) is { } parent)
                Targets.TryFolder(parent.FullName, "--out");
            using var predictor = Predictor.Load(folder);
            var settings = new ExportSettings { WithoutLinear = leaves, ReplaceExisting = parsed.GetValue(force) };
            ExportResult result = Save(format, predictor, path, settings);
            if (parsed.GetValue(json))
                Json.Write(run.Terminal, AsJson(folder, format, result));
            else
                Print(run.Terminal, folder, format, result);
            return ExitCode.Done;
        });
        return command;
    }

    private static ExportResult Save(string format, Predictor predictor, string path, ExportSettings settings) =>
        format switch
        {
            Onnx => OnnxExport.Save(predictor, path, settings),
            Keras => KerasExport.Save(predictor, path, settings),
            Projector => EmbeddingExport.SaveProjector(predictor, path, settings),
            _ => EmbeddingExport.SaveWord2Vec(predictor, path, settings),
        };

    private static string ByEnding(string path) =>
        Ending(path) switch
        {
            ".onnx" => Onnx,
            ".keras" or ".h5" or ".hdf5" => Keras,
            ".bin" or ".txt" or ".vec" or ".gz" => Word2Vec,
            _ => throw new UsageError(
                $"--out {path}: the ending does not tell the format; add --to {Onnx}, {Keras}, {Projector} or "
                    + $"{Word2Vec}"
            ),
        };

    /// <summary>Refuses an ending of another format: a folder with such a name is not what is meant.</summary>
    private static void CheckEnding(string format, string path)
    {
        string? meant = Ending(path) switch
        {
            ".onnx" => Onnx,
            ".keras" or ".h5" or ".hdf5" => Keras,
            _ => null,
        };
        if (meant is not null && meant != format)
            throw new UsageError(
                $"--out {path}: the ending is of {meant}, and --to says {format}; choose another name"
            );
    }

    private static string Ending(string path) => Path.GetExtension(path).ToLowerInvariant();

    private static JsonObject AsJson(string bundle, string format, ExportResult result)
    {
        var files = new JsonObject();
        foreach (string file in result.Files)
            files[file] = WrittenFiles.Length(file);
        return new JsonObject
        {
            ["bundle"] = bundle,
            ["format"] = format,
            ["files"] = files,
            ["notes"] = Json.Array(result.Notes),
        };
    }

    private static void Print(Terminal terminal, string bundle, string format, ExportResult result)
    {
        terminal.Out.WriteLine($"{bundle} as {format}:");
        foreach (string file in result.Files)
            terminal.Out.WriteLine(
                $"  {Path.GetRelativePath(Environment.CurrentDirectory, file)}{WrittenFiles.Size(file)}"
            );
        foreach (string note in result.Notes)
            terminal.Note($"firn: {note}");
        string first = Path.GetRelativePath(Environment.CurrentDirectory, result.Files[0]);
        string folder = Path.GetDirectoryName(first) is { Length: > 0 } name ? name : ".";
        terminal.Note(
            format switch
            {
                Projector => $"next: tensorboard --logdir {Shell.Quoted(folder)}",
                Word2Vec => $"next: {Tool.CalledAs} vectors neighbors {Shell.Quoted(first)} WORD",
                _ => $"next: the code in "
                    + $"{Shell.Quoted(Path.GetRelativePath(Environment.CurrentDirectory, result.Files[^1]))} "
                    + $"runs the self-test and scores texts",
            }
        );
    }
}
