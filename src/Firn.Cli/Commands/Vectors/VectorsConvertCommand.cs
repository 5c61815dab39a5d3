using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Firn.Cli.Output;
using Firn.Files;
using Firn.Vectors;

namespace Firn.Cli.Commands.Vectors;

/// <summary><c>firn vectors convert FILE OUT</c>: from any format that is read into any that is written, smaller if asked.</summary>
internal static class VectorsConvertCommand
{
    public static Command Create(Invocation run)
    {
        var source = new VectorFileOptions();
        var target = new Argument<string>("OUT") { Description = "The file to write; a name in .gz is compressed" };
        var to = new Option<string>("--to")
        {
            Description = "Format of OUT (default: by its name: .safetensors is safetensors, .bin is word2vec-binary, .glove or glove*.txt is glove, all else word2vec-text)",
            HelpName = "FORMAT",
        }.OneOf(VectorFileOptions.Written);
        var type = new Option<string>("--type")
        {
            Description = "How safetensors stores each number: float32 without loss, float16 in half the bytes, int8 in a quarter (default: as FILE does)",
            HelpName = "TYPE",
        }.OneOf("float32", "float16", "int8");
        var json = CommonOptions.Json();
        var command = new Command("convert", "Write word vectors in another format");
        source.AddTo(command);
        command.Add(target);
        command.Add(to);
        command.Add(type);
        command.Add(json);
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(target);
            var format = parsed.GetValue(to) is { } name ? VectorFileOptions.FormatOf(name) : ByName(path);
            string? asked = parsed.GetValue(type);
            if (asked is "float16" or "int8" && format != VectorFormat.Safetensors)
                throw new UserError($"--type {asked}: only safetensors stores it, and {path} would be {VectorFileOptions.NameOf(format)}; name it {Path.GetFileName(path)}.safetensors or add --to safetensors");
            OutputFile.Check(path, source.InputsOf(parsed));
            using var vectors = source.Load(run.Terminal, parsed);
            using var written = asked is null ? vectors : vectors.ToPrecision(Enum.Parse<VectorPrecision>(asked, ignoreCase: true));
            written.Save(path, format);
            var loss = written.Precision == VectorPrecision.Float32 || written == vectors ? null : PrecisionLoss.Of(vectors, written);
            bool piped = InputFile.IsPipe(path); // nothing can be read of it any more
            var (rows, bytes) = format == VectorFormat.Safetensors && !piped ? StoredIn(path) : (vectors.Count, WrittenFiles.Length(path) ?? 0);
            if (parsed.GetValue(json))
            {
                Json.Write(run.Terminal, new JsonObject
                {
                    ["file"] = path,
                    ["format"] = VectorFileOptions.NameOf(format),
                    ["words"] = vectors.Count,
                    ["dimension"] = vectors.Dimension,
                    ["bytes"] = WrittenFiles.Length(path),
                    ["precision"] = format == VectorFormat.Safetensors ? NameOf(written.Precision) : null,
                    ["storedRows"] = rows,
                    ["meanCosineLoss"] = loss is null ? 0 : Json.Number(loss.Mean),
                    ["mostCosineLoss"] = loss is null ? 0 : Json.Number(loss.Most),
                });
                return ExitCode.Done;
            }
            string kind = VectorFileOptions.NameOf(format) + (format == VectorFormat.Safetensors ? $", {NameOf(written.Precision)}" : "");
            run.Terminal.Note($"{path}: {vectors.Count:N0} words of {vectors.Dimension} values, {kind}{WrittenFiles.Size(path)}");
            long saved = FullBytes(vectors) - bytes;
            if (format == VectorFormat.Safetensors && !piped && saved > 0)
                run.Terminal.Note(string.Create(CultureInfo.InvariantCulture, $"  saved: {Sizes.Bytes(saved)}, {100.0 * saved / FullBytes(vectors):0.0}% of the float32 table; {vectors.Count - rows:N0} words share another's vector"));
            if (loss is not null)
                run.Terminal.Note(string.Create(CultureInfo.InvariantCulture, $"  lost: 1 - cosine with the vector before is {loss.Mean:0.0e+0} on average, {loss.Most:0.0e+0} at most ('{loss.Word}')"));
            return ExitCode.Done;
        });
        return command;
    }

    public static string NameOf(VectorPrecision precision) => precision switch
    {
        VectorPrecision.Float16 => "float16",
        VectorPrecision.Int8 => "int8",
        _ => "float32",
    };

    /// <summary>Bytes that the vectors would take as float32, a row a word.</summary>
    public static long FullBytes(WordVectors vectors) => (long)vectors.Count * vectors.Dimension * sizeof(float);

    internal static VectorFormat ByName(string path)
    {
        string name = Path.GetFileName(path).ToLowerInvariant();
        if (name.EndsWith(".gz", StringComparison.Ordinal))
            name = name[..^3];
        if (name.EndsWith(".safetensors", StringComparison.Ordinal))
            return VectorFormat.Safetensors;
        if (name.EndsWith(".bin", StringComparison.Ordinal))
            return VectorFormat.Word2VecBinary;
        return name.EndsWith(".glove", StringComparison.Ordinal) || name.StartsWith("glove", StringComparison.Ordinal) ? VectorFormat.GloVe : VectorFormat.Word2VecText;
    }

    private static (int Rows, long Bytes) StoredIn(string path)
    {
        using var written = WordVectors.Load(path);
        return (written.StoredRows, written.StoredBytes);
    }
}
