using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Firn.Cli.Output;
using Firn.Data;
using Firn.Model;
using Firn.Recipes;
using Firn.Tuning;

namespace Firn.Cli.Commands;

/// <summary><c>firn tune DATA</c>: searches the options of <c>train</c> within a time.</summary>
internal static class TuneCommand
{
    private const int Shown = 10;

    public static Command Create(Invocation run)
    {
        var corpus = new CorpusArguments(
            "DATA",
            "Labeled texts: a file (plain or gzip) or a folder of class folders; the layout is found out"
        );
        var labels = new LabelNameOptions();
        var preset = new Option<string>("--preset")
        {
            Description = "Where the candidates start from",
            DefaultValueFactory = _ => "tweets",
        }.OneOf("tweets", "notebook");
        var budget = new Option<string>("--budget")
        {
            Description = "Time to use, as in 90s, 15m or 2h",
            DefaultValueFactory = _ => "15m",
            HelpName = "TIME",
        };
        var trials = new Option<string?>("--trials")
        {
            Description =
                "File that keeps the trials: the same command goes on where it was broken off (default: "
                + "runs/NAME.tune.jsonl)",
            HelpName = "FILE",
        };
        var encoders = new Option<string?>("--encoders")
        {
            Description =
                $"Encoders to compare, with commas between: {string.Join(", ", EncoderNames.All)} (default: the "
                + $"preset's alone)",
            HelpName = "NAME,...",
        };
        var seed = CommonOptions.Seed("the candidates, and all that is random in each");
        var threads = CommonOptions.Threads();
        var json = CommonOptions.Json();
        var command = new Command("tune", "Search the options of train within a time")
        {
            corpus.Data,
            preset,
            budget,
            trials,
            encoders,
            seed,
            threads,
        };
        corpus.AddTo(command);
        labels.AddNamesTo(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            string data = Inputs.RequireData(parsed.GetRequiredValue(corpus.Data));
            TimeSpan time = BudgetOption.Parse(parsed.GetRequiredValue(budget));
            string file = parsed.GetValue(trials) ?? Path.Combine("runs", TrainCommand.DataName(data) + ".tune.jsonl");
            if (Path.GetDirectoryName(file) is { Length: > 0 } folder)
                Directory.CreateDirectory(folder);
            RecipeOptions basis = RecipeOptions
                .ForPreset(parsed.GetRequiredValue(preset))
                .WithSeed((ulong)parsed.GetValue(seed))
                .WithThreads(parsed.GetValue(threads)) with
            {
                LabelNames = labels.Names(parsed),
            };
            var search = new SuccessiveHalving(basis, time, (ulong)parsed.GetValue(seed), file)
            {
                Encoders = EncoderList.Read(parsed.GetValue(encoders)),
            };
            CorpusReader texts = corpus.OpenSingle(parsed);
            CorpusView.TellLayout(run.Terminal, texts);
            _ = texts.LongCount(); // the search keeps the texts and would tell nothing of them before its first trial
            CorpusView.TellRows(run.Terminal, texts);
            TuningResult found = search.Run(
                texts,
                new InlineProgress<TuningTrial>(t => run.Terminal.Note(InWords(t))),
                run.Stop
            );
            string next =
                $"{Tool.CalledAs} train {Shell.Quoted(data)} --preset {parsed.GetRequiredValue(preset)} "
                + $"{found.Winner?.Options}".TrimEnd();
            if (parsed.GetValue(json))
                Json.Write(run.Terminal, AsJson(found, next, file, texts));
            else
                Print(run.Terminal, found, next, file);
            return run.Stop.IsCancellationRequested ? ExitCode.Failed : ExitCode.Done;
        });
        return command;
    }

    private static void Print(Terminal terminal, TuningResult found, string next, string file)
    {
        Tables.Write(
            terminal,
            "trials, the best first",
            [">candidate", ">texts", ">accuracy", ">loss", ">seconds", "options"],
            found
                .Trials.Take(Shown)
                .Select(t =>
                    new[]
                    {
                        $"{t.Candidate}",
                        t.Texts.ToString("N0", CultureInfo.InvariantCulture),
                        Figure(t.Accuracy),
                        Figure(t.Loss),
                        t.Seconds.ToString("0.0", CultureInfo.InvariantCulture),
                        NameOf(t.Options),
                    }
                )
        );
        if (found.Folds > 0)
        {
            Tables.Write(
                terminal,
                $"finalists on all texts, {found.Folds} of {SuccessiveHalving.Folds} folds",
                [">candidate", ">accuracy", ">loss", ">accuracy gain", ">loss gain"],
                found.Finalists.Select(f =>
                    new[]
                    {
                        $"{f.Candidate}",
                        Figure(f.Accuracy),
                        Figure(f.Loss),
                        f.Candidate == 0 ? "" : InWords(f.AccuracyGain),
                        f.Candidate == 0 ? "" : InWords(f.LossGain),
                    }
                )
            );
        }
        terminal.Out.WriteLine($"verdict {Verdict(found)}");
        terminal.Out.WriteLine($"trials  {file}");
        terminal.Out.WriteLine($"next\n  {next}");
    }

    private static string Verdict(TuningResult found)
    {
        if (found.Folds == 0)
            return "the time did not suffice to hold the candidates against the preset on all texts; the same "
                + "command with a longer --budget goes on";
        if (found.Winner is { } winner)
            return $"candidate {winner.Candidate} beats the preset: accuracy {InWords(winner.AccuracyGain)}, loss "
                + $"{InWords(winner.LossGain)}";
        return found.Folds == 1
            ? "one fold tells no chance from gain, so the preset stays; the same command with a longer --budget goes on"
            : "the preset stays best: no candidate beats it beyond chance";
    }

    /// <summary>A mean and its 95 percent interval.</summary>
    private static string InWords(FoldDifference difference) =>
        double.IsNaN(difference.Low)
            ? Signed(difference.Mean)
            : $"{Signed(difference.Mean)} ({Signed(difference.Low)} to {Signed(difference.High)})";

    private static string Signed(double value) => value.ToString("+0.0000;-0.0000", CultureInfo.InvariantCulture);

    private static string NameOf(string options) => options.Length == 0 ? "the preset" : options;

    private static string InWords(TuningTrial trial) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"candidate {trial.Candidate} {Where(trial)}: accuracy {trial.Accuracy:0.0000}, loss {trial.Loss:0.0000}, "
                + $"{trial.Seconds:0.0} s  {trial.Options}"
        );

    private static string Where(TuningTrial trial) =>
        trial.Fold > 0
            ? $"on fold {trial.Fold} of {SuccessiveHalving.Folds}"
            : string.Create(CultureInfo.InvariantCulture, $"on {Plural.Of(trial.Texts, "text")}");

    private static string Figure(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);

    private static JsonObject AsJson(TuningResult found, string next, string file, CorpusReader texts) =>
        new()
        {
            ["best"] = next,
            ["verdict"] = Verdict(found),
            ["folds"] = found.Folds,
            ["finalists"] = new JsonArray([.. found.Finalists.Select(f => (JsonNode)AsJson(f))]),
            ["trials"] = new JsonArray([.. found.Trials.Select(AsJson)]),
            ["file"] = file,
            ["corpus"] = CorpusView.AsJson(texts),
        };

    private static JsonObject AsJson(Finalist finalist) =>
        new JsonObject
        {
            ["candidate"] = finalist.Candidate,
            ["options"] = finalist.Options,
            ["accuracy"] = Json.Number(finalist.Accuracy),
            ["loss"] = Json.Number(finalist.Loss),
            ["accuracyGain"] = AsJson(finalist.AccuracyGain),
            ["lossGain"] = AsJson(finalist.LossGain),
            ["beatsPreset"] = finalist.BeatsPreset,
        };

    private static JsonObject AsJson(FoldDifference difference) =>
        new JsonObject
        {
            ["mean"] = Json.Number(difference.Mean),
            ["low"] = Json.Number(difference.Low),
            ["high"] = Json.Number(difference.High),
        };

    private static JsonNode AsJson(TuningTrial trial) =>
        new JsonObject
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
