using System.Globalization;
using System.Text.Json.Nodes;
using Firn.Cli.Output;
using Firn.Interop.Keras;
using Firn.Interop.Keras.Conversion;
using Firn.Interop.Keras.Preprocessing;
using Firn.Model;
using Firn.Text;
using Json = Firn.Cli.Output.Json;

namespace Firn.Cli.Commands.Importing;

/// <summary>
/// Finds the settings of a lost program: scores labeled texts under each plausible one that the user did not give, and
/// shows which fit best. A model answers best under the settings that it was trained with.
/// </summary>
internal sealed class ImportCheck(Invocation run, ImportSource source, KerasImport model, CheckedTexts texts)
{
    private const int Shown = 12,
        MaxTrials = 400;
    private static readonly string[] _s_cleanings = ["keras", "lower", "none", "notebook"];
    private static readonly int[] _s_lengths = [10, 15, 20, 30, 50, 100, 200, 300];

    /// <summary>Tries, and writes the table and the command that imports with the best.</summary>
    public int Run(ProgressLine progress, bool json)
    {
        KerasImportOptions start = source.Options;
        if (start.Labels is null && texts.Names.Count == model.Classes)
            start = start with { Labels = texts.Names };
        if (start.Labels is null)
        {
            throw new UserError(
                $"the model tells {model.Classes} classes apart and the texts have "
                    + $"{Plural.Of(texts.Names.Count, "label")} ({ClassNames.Of(texts.Names)}); "
                    + "name the model's classes with --labels, or the texts' with --label-names"
            );
        }
        if (!model.HasWords)
            throw new UserError($"{source.Model}: there is no tokenizer to try texts with; give it with --tokenizer");
        (KerasImportOptions Options, string Cleaning)[] trials = [.. Trials(start)];
        if (trials.Length > MaxTrials)
            throw new UserError(
                $"{trials.Length} settings would have to be tried; give some of them, as --max-len or --cleaning"
            );
        progress.Begin($"trying {Plural.Of(trials.Length, "setting")} on {Plural.Of(texts.Texts.Count, "text")}");
        var found = new List<TrialResult>();
        for (int i = 0; i < trials.Length; i++)
        {
            run.Stop.ThrowIfCancellationRequested();
            found.AddRange(Score(trials[i].Options, trials[i].Cleaning));
            progress.Report((i + 1.0) / trials.Length);
        }
        progress.End($"tried {Plural.Of(trials.Length, "setting")} on {Plural.Of(texts.Texts.Count, "text")}");
        TrialResult[] best = [.. WithoutNeedlessCuts(found).OrderByDescending(t => t.Accuracy).ThenBy(t => t.LogLoss)];
        string command = source.Command(best[0].Options, best[0].Cleaning, best[0].Labels, "BUNDLE");
        if (json)
            Json.Write(run.Terminal, AsJson(best, command));
        else
            Print(best, command);
        return ExitCode.Done;
    }

    /// <summary>
    /// Where no text is longer than the model's input, the side on which one would be cut says nothing.
    /// </summary>
    private static IEnumerable<TrialResult> WithoutNeedlessCuts(List<TrialResult> found) =>
        found
            .GroupBy(t =>
                (t.Options with { Truncating = null }, t.Cleaning, string.Join('\n', t.Labels), t.Accuracy, t.LogLoss)
            )
            .Select(same => same.Count() == 1 ? same.First() : same.First() with { Options = same.Key.Item1 });

    /// <summary>Every combination of what is open.</summary>
    private IEnumerable<(KerasImportOptions Options, string Cleaning)> Trials(KerasImportOptions start)
    {
        HashSet<KerasSetting> open = [.. model.Open(start).Select(q => q.Setting)];
        if (open.Contains(KerasSetting.Vocabulary))
            throw new UsageError(
                "--vocabulary FILE is missing: an .h5 file does not hold the words of its TextVectorization layer"
            );
        string[] cleanings = open.Contains(KerasSetting.Cleaning) ? _s_cleanings : [source.CleaningGiven ?? "keras"];
        int?[] lengths = open.Contains(KerasSetting.MaxLength) ? [.. _s_lengths] : [start.MaxLength];
        KerasSide?[] sides = open.Contains(KerasSetting.Padding) ? [KerasSide.Pre, KerasSide.Post] : [start.Padding];
        KerasSide?[] cuts =
            start.Truncating is null && !model.ReadsTexts ? [KerasSide.Pre, KerasSide.Post] : [start.Truncating];
        int?[] limits = open.Contains(KerasSetting.NumWords) ? [0, model.VocabularySize] : [start.NumWords];
        string?[] unknown = open.Contains(KerasSetting.OovToken)
            ? [.. model.PlausibleOov.Prepend("")]
            : [start.OovToken];
        OutputActivation?[] outputs = open.Contains(KerasSetting.Output)
            ? [model.Units == 1 ? OutputActivation.Sigmoid : OutputActivation.Softmax]
            : [start.Output];
        KerasStep?[] steps = open.Contains(KerasSetting.Step) ? [KerasStep.First, KerasStep.Last] : [start.Step];
        return from cleaning in cleanings
            from length in lengths
            from side in sides
            from cut in cuts
            from limit in limits
            from oov in unknown
            from output in outputs
            from step in steps
            let given = start.Cleaning ?? (open.Contains(KerasSetting.Cleaning) ? KerasCleaning.Of(cleaning) : null)
            select (
                start with
                {
                    Cleaning = given,
                    MaxLength = length,
                    Padding = side,
                    Truncating = cut,
                    NumWords = limit,
                    OovToken = oov,
                    Output = output,
                    Step = step,
                },
                cleaning
            );
    }

    private IEnumerable<TrialResult> Score(KerasImportOptions options, string cleaning)
    {
        using Predictor predictor = model.Build(options).Predictor;
        if (predictor.Classifier.Options.MultiLabel)
            throw new UserError(
                $"{source.Model}: each output is a probability by itself, and --check tries models that give a text "
                    + $"one class; import it and use evaluate"
            );
        RaggedIds ids = predictor.Encode(texts.Texts);
        float[] probabilities = predictor.Probabilities(ids);
        int columns = predictor.Classifier.Options.OutputSize,
            classes = predictor.Labels.Count;
        var scores = new double[texts.Labels.Length][];
        for (int i = 0; i < scores.Length; i++)
        {
            ReadOnlySpan<float> row = probabilities.AsSpan(i * columns, columns);
            scores[i] = columns == 1 ? [1 - row[0], row[0]] : [.. row.ToArray().Select(p => (double)p)];
        }
        int known = Enumerable.Range(0, ids.Count).Sum(ids.LengthOf);
        foreach (int[] order in LabelOrders.Of(scores, texts, options.Labels!, source.Options.Labels is not null))
        {
            double right = 0,
                loss = 0;
            for (int i = 0; i < scores.Length; i++)
            {
                int truth = Array.IndexOf(order, texts.Labels[i]); // the output that stands for the text's label
                if (truth < 0)
                    continue;
                double[] row = scores[i];
                right += Array.IndexOf(row, row.Max()) == truth ? 1 : 0;
                loss -= Math.Log(Math.Max(row[truth], 1e-12));
            }
            string[] labels =
            [
                .. Enumerable
                    .Range(0, classes)
                    .Select(c => order[c] >= 0 ? Spelled(texts.Names[order[c]]) : options.Labels![c]),
            ];
            yield return new TrialResult(
                options,
                cleaning,
                labels,
                right / scores.Length,
                loss / scores.Length,
                (double)known / scores.Length
            );
        }
    }

    /// <summary>A label of the texts as the user spelled it.</summary>
    private string Spelled(string name) =>
        source.Options.Labels?.FirstOrDefault(label => label.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? name;

    private void Print(TrialResult[] best, string command)
    {
        (string Head, Func<TrialResult, string> Cell)[] columns =
        [
            ("cleaning", t => t.Options.Cleaning is null ? "" : t.Cleaning),
            ("padding", t => t.Options.Padding?.ToString().ToLowerInvariant() ?? ""),
            ("truncating", t => t.Options.Truncating?.ToString().ToLowerInvariant() ?? "either"),
            (">max-len", t => t.Options.MaxLength?.ToString(CultureInfo.InvariantCulture) ?? ""),
            (
                ">num-words",
                t => t.Options.NumWords is 0 ? "none" : t.Options.NumWords?.ToString(CultureInfo.InvariantCulture) ?? ""
            ),
            ("oov-token", t => t.Options.OovToken is "" ? "none" : t.Options.OovToken ?? ""),
            ("step", t => t.Options.Step?.ToString().ToLowerInvariant() ?? ""),
            ("labels", t => ClassNames.Of(t.Labels)),
        ];
        var varying = columns.Where(c => best.Select(c.Cell).Distinct().Count() > 1).ToArray();
        string[] heads = [.. varying.Select(c => c.Head), ">accuracy", ">log loss", ">words a text"];
        Tables.Write(
            run.Terminal,
            null,
            heads,
            best.Take(Shown).Select(t => (string[])[.. varying.Select(c => c.Cell(t)), .. Figures(t)])
        );
        if (best.Length > Shown)
            run.Terminal.Out.WriteLine($"and {best.Length - Shown} more; --json lists all");
        if (best.Length > 1 && Figures(best[0]).SequenceEqual(Figures(best[1])))
            run.Terminal.Out.WriteLine("settings with the same figures do the same to these texts");
        run.Terminal.Out.WriteLine();
        run.Terminal.Out.WriteLine("the best:");
        run.Terminal.Out.WriteLine($"  {command}");
    }

    private static string[] Figures(TrialResult trial) =>
        [
            trial.Accuracy.ToString("0.0000", CultureInfo.InvariantCulture),
            trial.LogLoss.ToString("0.0000", CultureInfo.InvariantCulture),
            trial.Words.ToString("0.0", CultureInfo.InvariantCulture),
        ];

    private JsonObject AsJson(TrialResult[] best, string command) =>
        new()
        {
            ["texts"] = texts.Texts.Count,
            ["trials"] = new JsonArray([
                .. best.Select(t =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["cleaning"] = t.Options.Cleaning is null ? null : t.Cleaning,
                            ["padding"] = t.Options.Padding?.ToString().ToLowerInvariant(),
                            ["truncating"] = t.Options.Truncating?.ToString().ToLowerInvariant(),
                            ["maxLen"] = t.Options.MaxLength,
                            ["numWords"] = t.Options.NumWords,
                            ["oovToken"] = t.Options.OovToken,
                            ["step"] = t.Options.Step?.ToString().ToLowerInvariant(),
                            ["labels"] = Json.Array(t.Labels),
                            ["accuracy"] = Json.Number(t.Accuracy),
                            ["logLoss"] = Json.Number(t.LogLoss),
                            ["wordsPerText"] = Json.Number(t.Words),
                        }
                ),
            ]),
            ["command"] = command,
        };

    private sealed record TrialResult(
        KerasImportOptions Options,
        string Cleaning,
        string[] Labels,
        double Accuracy,
        double LogLoss,
        double Words
    );
}
