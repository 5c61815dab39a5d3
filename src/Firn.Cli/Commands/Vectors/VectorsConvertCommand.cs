using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Firn.Cli.Output;
using Firn.Files;
using Firn.Vectors;
using Firn.Vectors.Formats;
using Firn.Vectors.Storage;

namespace Firn.Cli.Commands.Vectors;

/// <summary>
/// <c>firn vectors convert FILE OUT</c>: from any format that is read into any that is written, smaller if asked.
/// </summary>
internal static class VectorsConvertCommand
{
    public static Command Create(Invocation run)
    {
        var source = new VectorFileOptions();
        var target = new Argument<string>("OUT")
        {
            Description = "The file to write; a name in .gz is compressed. For projector a folder",
        };
        var to = new Option<string>("--to")
        {
            Description =
                "Format of OUT (default: by its name: .safetensors is safetensors, .bin is word2vec-binary, .ftz is "
                + "ftz, .glove or glove*.txt is glove, all else word2vec-text); fasttext is a model that "
                + "fastText reads, ftz one that is quantized, projector the files of TensorBoard's Embedding Projector",
            HelpName = "FORMAT",
        }.OneOf([.. VectorFileOptions.Written, TrainedVectorFile.FastText, Quantized, Projector]);
        var spaces = new Option<string>("--spaces")
        {
            Description =
                "Words with a space inside: replace it by _, skip the word, or keep it where the format allows "
                + "(default: keep)",
            HelpName = "HOW",
        }.OneOf("replace", "skip", "keep");
        var type = new Option<string>("--type")
        {
            Description =
                "How safetensors stores each number: float32 without loss, float16 in half the bytes, int8 in a "
                + "quarter (default: as FILE does)",
            HelpName = "TYPE",
        }.OneOf("float32", "float16", "int8");
        var json = CommonOptions.Json();
        var command = new Command("convert", "Write word vectors in another format");
        source.AddTo(command);
        command.Add(target);
        command.Add(to);
        command.Add(type);
        command.Add(spaces);
        command.Add(json);
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(target);
            string? name =
                parsed.GetValue(to) ?? (path.EndsWith(".ftz", StringComparison.OrdinalIgnoreCase) ? Quantized : null);
            if (name is Quantized or Projector or TrainedVectorFile.FastText)
                return WriteModel(
                    run.Terminal,
                    parsed,
                    source,
                    new ModelOrder(name, path, parsed.GetValue(type), parsed.GetValue(spaces), parsed.GetValue(json))
                );
            var format = name is not null ? VectorFileOptions.FormatOf(name) : ByName(path);
            string? asked = parsed.GetValue(type);
            if (asked is "float16" or "int8" && format != VectorFormat.Safetensors)
                throw new UserError(
                    $"--type {asked}: only safetensors stores it, and {path} would be "
                        + $"{VectorFileOptions.NameOf(format)}; name it {Path.GetFileName(path)}.safetensors or add "
                        + $"--to safetensors"
                );
            OutputFile.Check(path, source.InputsOf(parsed));
            using var vectors = WithoutSpaces(
                run.Terminal,
                source.Load(run.Terminal, parsed),
                parsed.GetValue(spaces),
                VectorFileOptions.NameOf(format)
            );
            using var written = asked is null
                ? vectors
                : vectors.ToPrecision(Enum.Parse<VectorPrecision>(asked, ignoreCase: true));
            written.Save(path, format);
            var loss =
                written.Precision == VectorPrecision.Float32 || written == vectors
                    ? null
                    : PrecisionLoss.Of(vectors, written);
            bool piped = InputFile.IsPipe(path); // nothing can be read of it any more
            var (rows, bytes) =
                format == VectorFormat.Safetensors && !piped
                    ? StoredIn(path)
                    : (vectors.Count, WrittenFiles.Length(path) ?? 0);
            if (parsed.GetValue(json))
            {
                Json.Write(
                    run.Terminal,
                    new JsonObject
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
                    }
                );
                return ExitCode.Done;
            }
            string kind =
                VectorFileOptions.NameOf(format)
                + (format == VectorFormat.Safetensors ? $", {NameOf(written.Precision)}" : "");
            run.Terminal.Note(
                $"{path}: {vectors.Count:N0} words of {vectors.Dimension} dimensions, {kind}{WrittenFiles.Size(path)}"
            );
            long saved = FullBytes(vectors) - bytes;
            if (format == VectorFormat.Safetensors && !piped && saved > 0)
                run.Terminal.Note(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"  saved: {Sizes.Bytes(saved)}, {100.0 * saved / FullBytes(vectors):0.0}% of the float32 "
                            + $"table; {vectors.Count - rows:N0} words share another's vector"
                    )
                );
            if (loss is not null)
                run.Terminal.Note(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"  lost: 1 - cosine with the vector before is {loss.Mean:0.0e+0} on average, "
                            + $"{loss.Most:0.0e+0} at most ('{loss.Word}')"
                    )
                );
            return ExitCode.Done;
        });
        return command;
    }

    private const string Quantized = "ftz",
        Projector = "projector";

    /// <summary>What to write that is more than a table in one file.</summary>
    private sealed record ModelOrder(string Format, string Path, string? Type, string? Spaces, bool Json);

    private static int WriteModel(Terminal terminal, ParseResult parsed, VectorFileOptions source, ModelOrder order)
    {
        if (order.Type is not null)
            throw new UsageError(
                $"--type {order.Type}: only safetensors has types, and this writes {order.Format}; leave it out"
            );
        if (order.Format == Projector)
            Targets.TryFolder(order.Path, "OUT");
        else
            OutputFile.Check(order.Path, source.InputsOf(parsed));
        (int words, int dimension) = order.Format switch
        {
            Quantized => WriteQuantized(parsed.GetRequiredValue(source.File), order.Path),
            Projector => WriteProjector(terminal, parsed, source, order),
            _ => WriteFastText(terminal, parsed, source, order),
        };
        if (order.Json)
        {
            Json.Write(
                terminal,
                new JsonObject
                {
                    ["file"] = order.Path,
                    ["format"] = order.Format,
                    ["words"] = words,
                    ["dimension"] = dimension,
                    ["bytes"] = order.Format == Projector ? null : WrittenFiles.Length(order.Path),
                }
            );
            return ExitCode.Done;
        }
        terminal.Note(
            $"{order.Path}: {words:N0} words of {dimension} dimensions, {order.Format}"
                + $"{(order.Format == Projector ? "" : WrittenFiles.Size(order.Path))}"
        );
        if (order.Format == Projector)
            terminal.Note("  next: load vectors.tsv and metadata.tsv in the Embedding Projector of TensorBoard");
        return ExitCode.Done;
    }

    private static (int Words, int Dimension) WriteQuantized(string from, string path)
    {
        if (Directory.Exists(from) || !FastTextVectors.IsModel(Inputs.RequireFile(from)))
            throw new UserError(
                $"{from}: --to ftz quantizes a fastText model (.bin), and this is none; write other tables smaller "
                    + $"with --to safetensors --type int8"
            );
        FastTextVectors model = FastTextVectors.Load(from);
        FastTextVectors.Quantize(from, path);
        return (model.Words.Count, model.Dimension);
    }

    private static (int Words, int Dimension) WriteProjector(
        Terminal terminal,
        ParseResult parsed,
        VectorFileOptions source,
        ModelOrder order
    )
    {
        using var vectors = WithoutSpaces(terminal, source.Load(terminal, parsed), order.Spaces, order.Format);
        vectors.SaveProjector(order.Path);
        return (vectors.Count, vectors.Dimension);
    }

    /// <summary>A model with n-grams stays one; a table becomes a model without.</summary>
    private static (int Words, int Dimension) WriteFastText(
        Terminal terminal,
        ParseResult parsed,
        VectorFileOptions source,
        ModelOrder order
    )
    {
        string from = parsed.GetRequiredValue(source.File);
        if (!Directory.Exists(from) && ModelVectors.Subwords(Inputs.RequireFile(from)) is { } model)
        {
            model.Save(order.Path);
            return (model.Words.Count, model.Dimension);
        }
        using var vectors = WithoutSpaces(terminal, source.Load(terminal, parsed), order.Spaces, order.Format);
        FastTextVectors.FromTable(vectors).Save(order.Path);
        return (vectors.Count, vectors.Dimension);
    }

    /// <summary>Words with spaces as the user wants them, told how many there were.</summary>
    private static WordVectors WithoutSpaces(Terminal terminal, WordVectors vectors, string? how, string format)
    {
        int spaced = vectors.Words.Count(word => word.Contains(' ', StringComparison.Ordinal));
        if (spaced == 0)
            return vectors;
        bool allowed = format is "glove" or "safetensors" or Projector;
        if (how is null or "keep")
        {
            return allowed
                ? vectors
                : throw new UserError(
                    $"{Plural.Of(spaced, "word holds", "words hold")} a space, first '"
                        + $"{vectors.Words.First(w => w.Contains(' ', StringComparison.Ordinal))}', "
                        + $"and {format} cannot hold them; add --spaces replace or --spaces skip, or write glove or "
                        + $"safetensors"
                );
        }
        WordVectors renamed = vectors.Renamed(word =>
            word.Contains(' ', StringComparison.Ordinal) ? Instead(word) : word
        );
        int lost = vectors.Count - renamed.Count;
        terminal.Note(
            how == "skip"
                ? $"firn: {Plural.Of(spaced, "word")} with a space {Plural.Choose(spaced, "was", "were")} left out"
                : $"firn: {Plural.Of(spaced, "word")} with a space {Plural.Choose(spaced, "has", "have")} _ in its "
                    + $"place"
                    + (
                        lost > 0
                            ? $"; {lost:N0} of them became equal to an earlier word and "
                                + $"{Plural.Choose(lost, "was", "were")} left out"
                            : ""
                    )
        );
        return renamed;

        string? Instead(string word) => how == "skip" ? null : word.Replace(' ', '_');
    }

    public static string NameOf(VectorPrecision precision) =>
        precision switch
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
        return name.EndsWith(".glove", StringComparison.Ordinal) || name.StartsWith("glove", StringComparison.Ordinal)
            ? VectorFormat.GloVe
            : VectorFormat.Word2VecText;
    }

    private static (int Rows, long Bytes) StoredIn(string path)
    {
        using var written = WordVectors.Load(path);
        return (written.StoredRows, written.StoredBytes);
    }
}
