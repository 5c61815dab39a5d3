using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Firn.Cli.Output;
using Firn.Interop.Keras;
using Firn.Interop.Keras.Conversion;
using Firn.Layers;
using Json = Firn.Cli.Output.Json;

namespace Firn.Cli.Commands.Importing;

/// <summary><c>firn import MODEL</c>: a Keras model, its tokenizer and its labels become a bundle.</summary>
internal static class ImportCommand
{
    private const string Summary = "Make a bundle of a Keras model with its tokenizer and labels";

    private const string Examples = """


        Examples:
          firn import model.h5 --tokenizer tokenizer.pickle --labels negative,positive \\
              --padding pre --cleaning keras --out models/mine
          firn import FOLDER --labels encoder.pkl --out models/mine
              finds model and tokenizer by their content, and asks for the rest
          firn import FOLDER --check labeled.csv
              tries the settings that no file holds and shows which fit
        """;

    /// <param name="run">The streams.</param>
    /// <param name="alone">Whether this command was named, so that its help may be long.</param>
    public static Command Create(Invocation run, bool alone)
    {
        var arguments = new ImportArguments();
        var check = new Option<string?>("--check")
        {
            Description =
                "Labeled texts: scores them under each plausible setting, shows which fits best, and saves nothing",
            HelpName = "DATA",
        };
        var bundle = new Option<string?>("--out") { Description = "Folder for the bundle", HelpName = "FOLDER" };
        var corpus = new CorpusOptionsOfCheck();
        var most = new Option<int>("--check-rows")
        {
            Description = "Rows of --check that are scored, at most",
            DefaultValueFactory = _ => 5000,
            HelpName = "N",
        }.Between(1, 10_000_000);
        var json = CommonOptions.Json();
        var command = new Command("import", alone ? Summary + Examples : Summary) { arguments.Model, bundle };
        arguments.AddTo(command);
        command.Add(check);
        command.Add(most);
        corpus.AddTo(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            string? folder = parsed.GetValue(bundle),
                data = parsed.GetValue(check);
            if (data is null && folder is null)
                throw new UsageError(
                    "--out FOLDER is missing: where the bundle is to be written (or --check DATA to try settings)"
                );
            if (data is not null && folder is not null)
                throw new UsageError(
                    "--check tries settings and saves nothing; leave --out out, then import with the command that "
                        + "--check shows"
                );
            if (data is not null)
                Inputs.RequireData(data);
            else
                corpus.RefuseAlone(parsed, most);
            if (folder is not null)
                Targets.TryFolder(folder, "--out");
            using var progress = new ProgressLine(run.Terminal);
            progress.Begin("reading the model");
            ImportSource source = arguments.Read(run.Terminal, parsed);
            KerasImport model = KerasImport.Open(source.Model, source.Options, source.Loaded);
            IdleOptions.Refuse(source.Model, source.Options, model);
            if (data is not null)
            {
                var texts = CheckedTexts.Read(corpus.Open(parsed, data), corpus.Names(parsed), parsed.GetValue(most));
                return new ImportCheck(run, source, model, texts).Run(progress, parsed.GetValue(json));
            }
            Ask(source, model);
            return Save(run.Terminal, source, model, progress, folder!, parsed.GetValue(json));
        });
        return command;
    }

    /// <summary>Refuses to guess: names everything that the files leave open, with the options that say it.</summary>
    private static void Ask(ImportSource source, KerasImport model)
    {
        IReadOnlyList<KerasQuestion> open = model.Open(source.Options);
        if (open.Count == 0)
            return;
        string missing = string.Join("; ", open.Select(q => $"{ImportArguments.OptionOf(q.Setting)} ({q.Why})"));
        bool findable = open.Any(q =>
            q.Setting is KerasSetting.Padding or KerasSetting.Cleaning or KerasSetting.MaxLength or KerasSetting.Labels
        );
        string help =
            findable && model.HasWords ? ". With labeled texts at hand, --check DATA shows which settings fit" : "";
        throw new UsageError($"{source.Model}: the files do not say everything; give {missing}{help}");
    }

    private static int Save(
        Terminal terminal,
        ImportSource source,
        KerasImport model,
        ProgressLine progress,
        string folder,
        bool json
    )
    {
        long began = Stopwatch.GetTimestamp();
        Imported imported = model.Build(source.Options);
        using Predictor predictor = imported.Predictor;
        progress.Begin("writing the bundle");
        predictor.Save(folder);
        progress.End($"imported {source.Model} to {folder}");
        var notes = new List<string>(imported.Notes);
        if (source.Options.Truncating is null && !model.ReadsTexts && predictor.Classifier.Options.Padding is not null)
            notes.Add(
                $"longer texts lose their start, as with pad_sequences unless it is told otherwise (--truncating "
                    + $"post keeps the start)"
            );
        if (json)
        {
            Json.Write(terminal, AsJson(source, model, imported, notes, folder, Stopwatch.GetElapsedTime(began)));
            return ExitCode.Done;
        }
        Tables.Write(terminal, null, ["", ""], Facts(model, predictor));
        foreach (string note in notes)
            terminal.Out.WriteLine($"note: {note}");
        terminal.Out.WriteLine();
        terminal.Out.WriteLine("next:");
        string quoted = Shell.Quoted(folder);
        foreach (
            string next in model.HasWords
                ? [$"predict {quoted} \"some text\"", $"evaluate {quoted} LABELED-TEXTS", $"serve {quoted}"]
                : new[] { $"predict {quoted} --ids FILE" }
        )
            terminal.Out.WriteLine($"  {Tool.CalledAs} {next}");
        return ExitCode.Done;
    }

    private static List<string[]> Facts(KerasImport model, Predictor predictor)
    {
        var options = predictor.Classifier.Options;
        string side =
            !model.ReadsPadSide ? ""
            : options.Padding?.Side == PaddingSide.Pre ? ", before the text"
            : ", behind the text";
        string length = options.Padding is not { } padding
            ? "as long as texts are"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{padding.Length} words, pads {(padding.Masked ? "masked" : "read as words")}{side}"
            );
        return
        [
            ["Keras", model.KerasVersion ?? "version not said"],
            [
                "embedding",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{model.VocabularySize:N0} × {model.Dimension}{(model.IsFrozen ? ", frozen by its author" : "")}"
                ),
            ],
            ["layers", string.Join(" > ", model.Nodes.Where(n => n.Weights.Count > 0).Select(n => n.ClassName))],
            ["input", length],
            ["classes", ClassNames.Of(predictor.Labels)],
        ];
    }

    private static JsonObject AsJson(
        ImportSource source,
        KerasImport model,
        Imported imported,
        List<string> notes,
        string folder,
        TimeSpan time
    )
    {
        Predictor predictor = imported.Predictor;
        PaddedInput? padding = predictor.Classifier.Options.Padding;
        return new JsonObject
        {
            ["model"] = source.Model,
            ["bundle"] = folder,
            ["kerasVersion"] = model.KerasVersion,
            ["labels"] = Json.Array(predictor.Labels),
            ["embedding"] = new JsonObject
            {
                ["rows"] = model.VocabularySize,
                ["dimension"] = model.Dimension,
                ["frozen"] = model.IsFrozen,
                ["masks"] = model.Masks,
            },
            ["padding"] = padding is null
                ? null
                : new JsonObject
                {
                    ["length"] = padding.Length,
                    ["side"] = padding.Side.ToString().ToLowerInvariant(),
                    ["truncating"] = padding.Truncating == Firn.Text.Truncation.Head ? "post" : "pre",
                    ["masked"] = padding.Masked,
                },
            ["layers"] = JsonNode.Parse(predictor.Classifier.Options.Model.ToJson()),
            ["notes"] = Json.Array(notes),
            ["seconds"] = Json.Number(Math.Round(time.TotalSeconds, 3)),
        };
    }
}
