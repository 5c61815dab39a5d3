using System.CommandLine;
using System.Text.Json.Nodes;
using Firn.Cli.Output;
using Firn.Vectors;

namespace Firn.Cli.Commands.Vectors;

/// <summary><c>firn vectors convert FILE OUT</c>: from any format that is read into any that is written.</summary>
internal static class VectorsConvertCommand
{
    public static Command Create(Invocation run)
    {
        var source = new VectorFileOptions();
        var target = new Argument<string>("OUT") { Description = "The file to write; a name in .gz is compressed" };
        var to = new Option<string>("--to")
        {
            Description = "Format of OUT (default: by its name: .bin is word2vec-binary, .glove or glove*.txt is glove, all else word2vec-text)",
            HelpName = "FORMAT",
        }.OneOf("word2vec-text", "word2vec-binary", "glove");
        var json = CommonOptions.Json();
        var command = new Command("convert", "Write word vectors in another format");
        source.AddTo(command);
        command.Add(target);
        command.Add(to);
        command.Add(json);
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(target);
            var format = parsed.GetValue(to) is { } name ? VectorFileOptions.FormatOf(name) : ByName(path);
            var vectors = source.Load(run.Terminal, parsed);
            vectors.Save(path, format);
            if (parsed.GetValue(json))
            {
                Json.Write(run.Terminal, new JsonObject
                {
                    ["file"] = path,
                    ["format"] = VectorFileOptions.NameOf(format),
                    ["words"] = vectors.Count,
                    ["dimension"] = vectors.Dimension,
                    ["bytes"] = new FileInfo(path).Length,
                });
            }
            else
            {
                run.Terminal.Note($"{path}: {vectors.Count:N0} words of {vectors.Dimension} values, {VectorFileOptions.NameOf(format)}, {Sizes.Bytes(new FileInfo(path).Length)}");
            }
            return ExitCode.Done;
        });
        return command;
    }

    internal static VectorFormat ByName(string path)
    {
        string name = Path.GetFileName(path).ToLowerInvariant();
        if (name.EndsWith(".gz", StringComparison.Ordinal))
            name = name[..^3];
        if (name.EndsWith(".bin", StringComparison.Ordinal))
            return VectorFormat.Word2VecBinary;
        return name.EndsWith(".glove", StringComparison.Ordinal) || name.StartsWith("glove", StringComparison.Ordinal) ? VectorFormat.GloVe : VectorFormat.Word2VecText;
    }
}
