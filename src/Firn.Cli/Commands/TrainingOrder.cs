using System.Diagnostics;
using System.Text.Json.Nodes;
using Firn.Cli.Output;
using Firn.Cli.Reporting;
using Firn.Data;
using Firn.Recipes;
using Firn.Training;

namespace Firn.Cli.Commands;

/// <summary>
/// A recipe, what to call its result and where to put it; shared by <c>train</c> and <c>quickstart</c>.
/// </summary>
/// <param name="Name">Name of the model.</param>
/// <param name="Data">Where the texts come from, in a phrase.</param>
/// <param name="Recipe">Every choice on the way.</param>
/// <param name="Bundle">Folder of the bundle.</param>
/// <param name="Report">Folder of the report; null for none.</param>
/// <param name="Notice">A remark at the report's head, or null.</param>
internal sealed record TrainingOrder(
    string Name,
    string Data,
    RecipeOptions Recipe,
    string Bundle,
    string? Report,
    string? Notice
)
{
    /// <summary>What the library that draws the report's pictures takes, measured.</summary>
    private const long DrawingBytes = 24_000_000;

    /// <summary>
    /// A file that keeps the run after each epoch, so that one that was broken off goes on; null for none.
    /// </summary>
    public string? Checkpoint { get; init; }

    /// <summary>Settings that are chosen by the number of texts.</summary>
    public SizeSettings BySize { get; init; }

    /// <summary>Texts that measure each epoch; null where a share of the texts does.</summary>
    public IEnumerable<LabeledText>? Validation { get; init; }

    /// <summary>Labels put right, by the number of the text; null for none.</summary>
    public IReadOnlyDictionary<int, LabelCorrection>? Corrections { get; init; }

    /// <summary>Bytes that the process may take; null for no limit.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>Reads the texts and tells the memory that training will need.</summary>
    public MemoryForecast Forecast(Invocation run, IEnumerable<LabeledText> texts, IEnumerable<LabeledText>? test)
    {
        var recipe = Prepared();
        TellLayouts(run.Terminal, texts, test);
        using var progress = new ProgressLine(run.Terminal);
        var forecast = recipe.Forecast(texts, test, View(run, progress, texts), run.Stop);
        if (Report is null)
            return forecast;
        var before = forecast.Stages[^1] with { Name = "report", Workspace = DrawingBytes };
        return forecast with { Stages = [.. forecast.Stages, before] };
    }

    private static void TellLayouts(Terminal terminal, IEnumerable<LabeledText> texts, IEnumerable<LabeledText>? test)
    {
        foreach (CorpusReader corpus in new[] { texts, test }.OfType<CorpusReader>())
            CorpusView.TellLayout(terminal, corpus);
    }

    private static RecipeProgressView View(Invocation run, ProgressLine progress, IEnumerable<LabeledText> texts) =>
        new(progress) { TextsAreRead = () => CorpusView.TellRows(run.Terminal, texts as CorpusReader) };

    private Recipe Prepared() =>
        new(Recipe)
        {
            CheckpointPath = Checkpoint,
            Validation = Validation,
            BySize = BySize,
            MemoryLimit = MemoryLimit,
        };

    /// <summary>
    /// Trains, saves the bundle and writes the report. A run that Ctrl-C ends keeps the best model so far.
    /// </summary>
    public RecipeResult Run(Invocation run, IEnumerable<LabeledText> texts, IEnumerable<LabeledText>? test)
    {
        var recipe = Prepared();
        TellLayouts(run.Terminal, texts, test);
        using var progress = new ProgressLine(run.Terminal);
        var result = recipe.Train(
            Corrections is { } right ? new CorrectedTexts(texts, right) : texts,
            test,
            View(run, progress, texts),
            run.Stop
        );
        result.Predictor.Save(Bundle);
        if (Checkpoint is not null && result.Training.StoppedBy != StopReason.Cancelled)
            File.Delete(Checkpoint);
        if (Report is { } folder && result.Test is not null)
        {
            progress.Begin("report");
            string page = Reporting.Report.Save(TrainingReport.Of(result, Name, Data, Notice), folder);
            progress.End($"report: {page}");
        }
        return result;
    }

    /// <summary>Refuses a place for the bundle before hours of training, not after.</summary>
    public static void CheckTarget(string folder)
    {
        CheckBundle(folder);
        Targets.TryFolder(folder, "--out");
    }

    /// <summary>Tries every place that the training will write to.</summary>
    public void CheckTargets()
    {
        CheckTarget(Bundle);
        if (Report is not null)
            Targets.TryFolder(Report, "--report");
    }

    private static void CheckBundle(string folder)
    {
        if (File.Exists(folder))
            throw new UserError(
                $"{folder}: this is a file and the bundle is a folder; choose another place with --out"
            );
        if (
            Directory.Exists(folder)
            && Directory.EnumerateFileSystemEntries(folder).Any()
            && !File.Exists(Path.Combine(folder, "model.json"))
        )
            throw new UserError(
                $"{folder}: this folder holds something that is no bundle and would be replaced; choose another "
                    + $"place with --out"
            );
    }

    /// <summary>0, or 1 where Ctrl-C ended training early.</summary>
    public int CodeOf(Invocation run, RecipeResult result)
    {
        if (result.Training.StoppedBy != StopReason.Cancelled)
            return ExitCode.Done;
        run.Terminal.Note(
            result.Training.KeptEpoch == 0
                ? $"firn: stopped in the first epoch; {Bundle} holds what that left"
                : $"firn: stopped after {Plural.Of(result.Training.History.Count, "epoch")}; {Bundle} holds the "
                    + $"weights of epoch {result.Training.KeptEpoch}"
        );
        if (File.Exists(Checkpoint))
            run.Terminal.Note($"firn: the same command goes on from {Checkpoint}");
        return ExitCode.Failed;
    }

    /// <summary>The figures, the places and what to do next: commands without the tool's name.</summary>
    public void Print(Terminal terminal, RecipeResult result, IReadOnlyList<string> next)
    {
        if (result.Test is { } test)
            MetricTable.Print(terminal, test);
        terminal.Out.WriteLine($"bundle  {Bundle}");
        if (Report is { } folder && result.Test is not null)
            terminal.Out.WriteLine($"report  {Path.Combine(folder, "report.html")}");
        else if (Report is not null)
            terminal.Note(
                "firn: no report is written, since no texts were kept apart to test on; give --test FILE or a "
                    + "--test-size above 0"
            );
        terminal.Out.WriteLine("next");
        foreach (string line in next)
            terminal.Out.WriteLine($"  {Tool.CalledAs} {line}");
    }

    public static JsonObject AsJson(TrainingOrder order, RecipeResult result, long rowsSkipped)
    {
        var seconds = new JsonObject();
        foreach (var (stage, time) in result.Seconds)
            seconds[stage.ToString().ToLowerInvariant()] = Json.Number(Math.Round(time, 3));
        seconds["total"] = Json.Number(Math.Round(result.Seconds.Values.Sum(), 3));
        return new JsonObject
        {
            ["bundle"] = order.Bundle,
            ["report"] =
                order.Report is { } folder && result.Test is not null ? Path.Combine(folder, "report.html") : null,
            ["preset"] = result.Options.Preset,
            ["labels"] = Json.Array(result.Predictor.Labels),
            ["texts"] = new JsonObject
            {
                ["train"] = result.TrainTexts,
                ["validation"] = result.ValidationTexts,
                ["test"] = result.TestTexts,
                ["skipped"] = rowsSkipped,
                ["unknownLabels"] = result.UnknownLabels,
            },
            ["duplicates"] = new JsonObject
            {
                ["repeated"] = result.Duplicates.Repeated,
                ["conflicting"] = result.Duplicates.Conflicting,
                ["validationInTraining"] = result.Duplicates.ValidationInTraining,
                ["testInTraining"] = result.Duplicates.TestInTraining,
                ["testInValidation"] = result.Duplicates.TestInValidation,
            },
            ["maxTokens"] = result.Options.MaxTokens,
            ["truncation"] = result.Options.Truncation.ToString().ToLowerInvariant(),
            ["cut"] = new JsonObject
            {
                ["texts"] = result.Cut.Texts,
                ["ofTexts"] = result.Cut.OfTexts,
                ["tokens"] = result.Cut.Tokens,
                ["ofTokens"] = result.Cut.OfTokens,
            },
            ["words"] = result.Predictor.Vocabulary.Count - 1,
            ["wordsWithVector"] = result.WordsWithVector,
            ["unseenWords"] = result.UnseenWords,
            ["history"] = new JsonArray([.. result.Training.History.Select(AsJson)]),
            ["rolledBack"] = new JsonArray([.. result.Training.RolledBack.Select(AsJson)]),
            ["schedule"] = JsonNode.Parse(result.Training.Schedule.ToJson()),
            ["stoppedBy"] = result.Training.StoppedBy.ToString().ToLowerInvariant(),
            ["bestEpoch"] = result.Training.BestEpoch,
            ["keptEpoch"] = result.Training.KeptEpoch,
            ["choices"] = new JsonArray([
                .. result.Choices.Select(choice =>
                    (JsonNode)new JsonObject { ["setting"] = choice.Setting, ["because"] = choice.Because }
                ),
            ]),
            ["refit"] = result.Refit is { } refit
                ? new JsonObject
                {
                    ["texts"] = refit.Texts,
                    ["epochs"] = refit.Epochs,
                    ["loss"] = Json.Number(refit.Loss),
                }
                : null,
            ["test"] = result.Test is { } test ? EvaluationJson.Of(test) : null,
            ["seconds"] = seconds,
            ["peakMemoryBytes"] = Process.GetCurrentProcess().PeakWorkingSet64,
        };
    }

    private static JsonNode AsJson(EpochRecord epoch) =>
        new JsonObject
        {
            ["epoch"] = epoch.Epoch,
            ["loss"] = Json.Number(epoch.Loss),
            ["accuracy"] = Json.Number(epoch.Accuracy),
            ["validationLoss"] = epoch.ValidationLoss is { } loss ? Json.Number(loss) : null,
            ["validationAccuracy"] = epoch.ValidationAccuracy is { } accuracy ? Json.Number(accuracy) : null,
            ["learningRate"] = Json.Number(epoch.LearningRate),
            ["seconds"] = Json.Number(Math.Round(epoch.Seconds, 3)),
            ["tokensPerSecond"] = Json.Number(Math.Round(epoch.TokensPerSecond)),
        };
}
