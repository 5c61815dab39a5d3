using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Firn.Cli.Output;
using Firn.Recipes;
using Firn.Text;
using Firn.Tuning;

namespace Firn.Cli.Commands;

/// <summary><c>firn tune DATA</c>: searches the options of <c>train</c> within a time.</summary>
internal static class TuneCommand
{
    private const int Shown = 10;

    public static Command Create(Invocation run)
    {
        var corpus = new CorpusArguments("DATA", "Labelled texts: a file (plain or gzip) or a folder of class folders; the layout is found out");
        var labels = new LabelNameOptions();
        var preset = new Option<string>("--preset") { Description = "Where the candidates start from", DefaultValueFactory = _ => "tweets" }.OneOf("tweets", "notebook");
        var budget = new Option<string>("--budget") { Description = "Time to use, as in 90s, 15m or 2h", DefaultValueFactory = _ => "15m", HelpName = "TIME" };
        var trials = new Option<string?>("--trials") { Description = "File that keeps the trials: the same command goes on where it was broken off (default: runs/NAME.tune.jsonl)", HelpName = "FILE" };
        var seed = CommonOptions.Seed("the candidates, and all that is random in each");
        var threads = CommonOptions.Threads();
        var json = CommonOptions.Json();
        var command = new Command("tune", "Search the options of train within a time") { corpus.Data, preset, budget, trials, seed, threads };
        corpus.AddTo(command);
        labels.AddTo(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            string data = Inputs.RequireData(parsed.GetRequiredValue(corpus.Data));
            TimeSpan time = BudgetOption.Parse(parsed.GetRequiredValue(budget));
            string file = parsed.GetValue(trials) ?? Path.Combine("runs", TrainCommand.DataName(data) + ".tune.jsonl");
            if (Path.GetDirectoryName(file) is { Length: > 0 } folder)
                Directory.CreateDirectory(folder);
            RecipeOptions basis = RecipeOptions.ForPreset(parsed.GetRequiredValue(preset)).WithSeed((ulong)parsed.GetValue(seed)).WithThreads(parsed.GetValue(threads))
                with { LabelNames = labels.Names(parsed) };
            var search = new SuccessiveHalving(basis, time, (ulong)parsed.GetValue(seed), file);
            CorpusReader texts = corpus.Open(parsed);
            CorpusView.TellLayout(run.Terminal, texts);
            _ = texts.LongCount(); // the search keeps the texts and would tell nothing of them before its first trial
            CorpusView.TellRows(run.Terminal, texts);
            IReadOnlyList<TuningTrial> found = search.Run(texts, new InlineProgress<TuningTrial>(t => run.Terminal.Note(InWords(t))), run.Stop);
            string best = found.Count == 0 ? "" : $"firn train {Shell.Quoted(data)} --preset {parsed.GetRequiredValue(preset)} {found[0].Options}".TrimEnd();
            if (parsed.GetValue(json))
                Json.Write(run.Terminal, new JsonObject { ["best"] = best, ["trials"] = new JsonArray([.. found.Select(AsJson)]), ["file"] = file, ["corpus"] = CorpusView.AsJson(texts) });
            else
            {
                Tables.Write(run.Terminal, "trials, the best first", [">candidate", ">texts", ">accuracy", ">loss", ">seconds", "options"], found.Take(Shown).Select(t => new[]
                {
                    $"{t.Candidate}", t.Texts.ToString("N0", CultureInfo.InvariantCulture), Figure(t.Accuracy), Figure(t.Loss), t.Seconds.ToString("0.0", CultureInfo.InvariantCulture),
                    t.Options.Length == 0 ? "the preset" : t.Options,
                }));
                run.Terminal.Out.WriteLine($"trials  {file}");
                run.Terminal.Out.WriteLine($"next\n  {best}");
            }
            return run.Stop.IsCancellationRequested ? ExitCode.Failed : ExitCode.Done;
        });
        return command;
    }

    private static string InWords(TuningTrial trial) => string.Create(CultureInfo.InvariantCulture,
        $"candidate {trial.Candidate} on {trial.Texts:N0} texts: accuracy {trial.Accuracy:0.0000}, loss {trial.Loss:0.0000}, {trial.Seconds:0.0} s  {trial.Options}");

    private static string Figure(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);

    private static JsonNode AsJson(TuningTrial trial) => new JsonObject
    {
        ["candidate"] = trial.Candidate,
        ["rung"] = trial.Rung,
        ["texts"] = trial.Texts,
        ["accuracy"] = Json.Number(trial.Accuracy),
        ["loss"] = Json.Number(trial.Loss),
        ["seconds"] = Json.Number(Math.Round(trial.Seconds, 3)),
        ["options"] = trial.Options,
    };
}
