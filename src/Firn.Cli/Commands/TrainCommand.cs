using System.CommandLine;
using Firn.Baselines;
using Firn.Cli.Output;
using Firn.Cli.Reporting;
using Firn.Data;
using Firn.Files;
using Firn.Recipes;

namespace Firn.Cli.Commands;

/// <summary><c>firn train DATA</c>: from a file of labeled texts to a bundle and a report.</summary>
internal static class TrainCommand
{
    /// <summary>Adam at its usual rate has not got far before.</summary>
    private const int FewSteps = 150;

    public static Command Create(Invocation run)
    {
        var corpus = new CorpusArguments(
            "DATA",
            "Labeled texts: a file (plain or gzip) or a folder of class folders; the layout is found out"
        );
        var test = new Option<string?>("--test")
        {
            Description = "Texts to test on, in the same layout (default: a part of DATA)",
            HelpName = "FILE",
        };
        var validation = new Option<string?>("--validation-file")
        {
            Description = "Texts that measure each epoch, in the same layout (default: a part of DATA)",
            HelpName = "FILE",
        };
        var labels = new LabelNameOptions();
        var recipe = new TrainArguments();
        var output = new Option<string?>("--out")
        {
            Description = "Folder of the bundle (default: models/NAME, NAME being the data file's)",
            HelpName = "FOLDER",
        };
        var report = new Option<string?>("--report")
        {
            Description = "Folder of report.html and its plots (default: runs/NAME)",
            HelpName = "FOLDER",
        };
        var noReport = new Option<bool>("--no-report") { Description = "Write no report" };
        var corrections = new Option<string?>("--corrections")
        {
            Description = "File of 'firn audit --label-errors' with the right labels in its column corrected, or drop",
            HelpName = "FILE",
        };
        var dropSuspects = new Option<bool>("--drop-suspects")
        {
            Description = "--corrections: leave out the suspects that were not corrected",
        };
        var checkpoint = new Option<string?>("--checkpoint")
        {
            Description =
                "File that keeps the run after each epoch: the same command goes on where it was broken off; deleted "
                + "at the end",
            HelpName = "FILE",
        };
        var baselines = new Option<bool>("--baselines")
        {
            Description = "Train majority, naive Bayes and TF-IDF logistic regression on the same split beside it",
        };
        var dryRun = new Option<bool>("--dry-run")
        {
            Description =
                "Read the texts, tell the memory that each stage and each phase of the schedule will need, and train "
                + "nothing",
        };
        var limit = new MemoryLimitOption();
        var json = CommonOptions.Json();
        var command = new Command("train", "Train a classifier on labeled texts, test it, save a bundle and a report")
        {
            corpus.Data,
            test,
            validation,
            corrections,
            dropSuspects,
            output,
            report,
            noReport,
            checkpoint,
            baselines,
            dryRun,
            limit.Option,
        };
        recipe.AddTo(command);
        corpus.AddTo(command);
        labels.AddTo(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            var options = recipe.Read(parsed) with
            {
                LabelNames = labels.Names(parsed),
                OnUnknownLabel = labels.OnUnknown(parsed),
            };
            string data = Inputs.RequireData(parsed.GetRequiredValue(corpus.Data)),
                name = DataName(data);
            if (parsed.GetValue(report) is not null && parsed.GetValue(noReport))
                throw new UsageError("--report and --no-report exclude each other");
            bool? several = options.Classifier.MultiLabel ? true : null;
            var texts = corpus.Open(parsed, data, several);
            if (texts.HasSeveralLabels && several is null)
            {
                run.Terminal.Note(
                    $"firn: {data}: {CorpusArguments.Hint(texts)}: trained for any number of labels a text, as "
                        + $"--multi-label does (--single-label refuses that)"
                );
                options = options with { Classifier = options.Classifier with { MultiLabel = true } };
                several = true;
            }
            if (parsed.GetValue(dropSuspects) && parsed.GetValue(corrections) is null)
                throw new UsageError("--drop-suspects belongs to --corrections FILE; give that too, or leave it out");
            IReadOnlyDictionary<int, LabelCorrection>? right = parsed.GetValue(corrections) is { } corrected
                ? CorrectionsFile.Read(Inputs.RequireFile(corrected), parsed.GetValue(dropSuspects))
                : null;
            var order = new TrainingOrder(
                name,
                data,
                options,
                parsed.GetValue(output) ?? Path.Combine("models", name),
                parsed.GetValue(noReport) ? null : parsed.GetValue(report) ?? Path.Combine("runs", name),
                Notice: null
            )
            {
                Checkpoint = parsed.GetValue(checkpoint),
                BySize = recipe.BySize(parsed),
                Corrections = right,
                MemoryLimit = limit.Read(parsed),
                Validation = parsed.GetValue(validation) is { } measuring
                    ? corpus.Open(parsed, Inputs.RequireData(measuring), several)
                    : null,
            };
            order.CheckTargets();
            if (order.Checkpoint is { } kept)
                OutputFile.Check(
                    kept,
                    new[] { data, parsed.GetValue(test), parsed.GetValue(validation) }.OfType<string>()
                );
            var testTexts = parsed.GetValue(test) is { } path
                ? corpus.Open(parsed, Inputs.RequireData(path), several)
                : null;
            if (parsed.GetValue(dryRun))
            {
                MemoryTable.Write(run.Terminal, order.Forecast(run, texts, testTexts), parsed.GetValue(json));
                return ExitCode.Done;
            }
            var result = order.Run(run, texts, testTexts);
            TellOdds(run.Terminal, texts, testTexts, result);
            IReadOnlyList<BaselineResult> beside =
                parsed.GetValue(baselines) && result.Test is not null
                    ? BaselineComparison.Run(
                        texts,
                        result.Options,
                        testTexts,
                        new InlineProgress<string>(name => run.Terminal.Note($"baseline: {name}")),
                        run.Stop
                    )
                    : [];
            if (beside.Count > 0 && !parsed.GetValue(json))
                BaselineTable.Print(run.Terminal, beside, result.Test!, result.Seconds.Values.Sum());
            if (parsed.GetValue(json))
            {
                var described = TrainingOrder.AsJson(order, result, texts.RowsSkipped);
                described["corpus"] = CorpusView.AsJson(texts);
                if (beside.Count > 0)
                    described["baselines"] = BaselineTable.AsJson(beside);
                Json.Write(run.Terminal, described);
            }
            else
                order.Print(
                    run.Terminal,
                    result,
                    [
                        $"predict {Shell.Quoted(order.Bundle)} \"some text\"",
                        $"evaluate {Shell.Quoted(order.Bundle)} OTHER-DATA",
                        $"inspect {Shell.Quoted(order.Bundle)}",
                    ]
                );
            return order.CodeOf(run, result);
        });
        return command;
    }

    private static void TellOdds(Terminal terminal, CorpusReader texts, CorpusReader? test, RecipeResult result)
    {
        if (test is not null)
            CorpusView.TellSkipped(terminal, test);
        if (result.UnknownLabels > 0)
            terminal.Note(
                $"firn: {Plural.Of(result.UnknownLabels, "test text")} left out whose label does not occur in training"
            );
        foreach (RecipeChoice choice in result.Choices)
            terminal.Note($"chosen: {choice.Setting}: {choice.Because}");
        foreach (string line in DataNotes.Of(result))
            terminal.Note($"firn: {line}");
        int batch = result.Options.Training.BatchSize;
        long steps = (long)((result.TrainTexts + batch - 1) / batch) * result.Training.History.Count;
        if (steps < FewSteps && batch > 32)
            terminal.Note(
                $"firn: training took {Plural.Of(steps, "step")} only, too few to learn much; so few texts want a "
                    + $"smaller --batch-size (32) or more --epochs"
            );
    }

    /// <summary>A name for what is made of a file: its own without folder and endings.</summary>
    internal static string DataName(string path)
    {
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        if (!Directory.Exists(path))
        {
            if (InputFile.IsPipe(path))
                return "pipe";
            name = name[(name.LastIndexOf(':') + 1)..];
            string[] endings =
            [
                ".gz",
                ".bz2",
                ".xz",
                ".zst",
                ".zip",
                ".tar",
                ".tgz",
                ".7z",
                ".rar",
                ".parquet",
                ".xlsx",
                ".xls",
                ".arff",
                ".csv",
                ".tsv",
                ".txt",
                ".jsonl",
                ".json",
                ".ndjson",
                ".train",
                ".all",
                ".tab",
            ];
            while (
                endings.FirstOrDefault(e =>
                    name.Length > e.Length && name.EndsWith(e, StringComparison.OrdinalIgnoreCase)
                )
                    is { } ending
            )
                name = name[..^ending.Length];
        }
        return name.Length == 0 ? "model" : name;
    }
}
