using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Firn.Cli.Output;

namespace Firn.Cli.Commands;

/// <summary><c>firn predict BUNDLE [TEXT...]</c>: labels texts given as arguments, or the lines of standard input.</summary>
internal static class PredictCommand
{
    public static Command Create(Invocation run)
    {
        var bundle = new Argument<string>("BUNDLE") { Description = "Folder of a trained model" };
        var texts = new Argument<string[]>("TEXT")
        {
            Description = "Texts, each in quotes; without any, the lines of standard input are labelled in order",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var neutral = new Option<string?>("--neutral")
        {
            Description = "Scores between LOW and HIGH get the label neutral; for two classes (default: the bundle's, which is 0.4,0.7 where the classes are negative and positive)",
            HelpName = "LOW,HIGH",
        };
        var noNeutral = new Option<bool>("--no-neutral") { Description = "No neutral band: the likelier of the two classes" };
        var unsure = new Option<double?>("--unsure-below")
        {
            Description = "A confidence below this gets the label unsure; 0 for never (default: the bundle's; see evaluate --abstain-at)",
            HelpName = "X",
        }.Between(0, 1);
        var explain = new Option<bool>("--explain") { Description = "Show what each word of each TEXT does for its label" };
        var echo = new Option<bool>("--echo") { Description = "Write each text behind its label and score" };
        var json = CommonOptions.Json();
        var jsonLines = new Option<bool>("--jsonl") { Description = "Write one JSON object a text, each on its own line" };
        var threads = CommonOptions.Threads();
        var command = new Command("predict", "Label texts with a trained model") { bundle, texts, neutral, noNeutral, unsure, explain, echo, json, jsonLines, threads };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(json) && parsed.GetValue(jsonLines))
                throw new UsageError("--json and --jsonl exclude each other; --json writes one object, --jsonl one a line");
            var band = Band(parsed.GetValue(neutral), parsed.GetValue(noNeutral));
            using var loaded = Predictor.Load(Inputs.RequireBundle(parsed.GetRequiredValue(bundle)));
            var predictor = WithBand(loaded, band);
            if (parsed.GetValue(unsure) is { } confidence)
                predictor = predictor.WithUnsureBelow(confidence == 0 ? null : confidence);
            int workers = parsed.GetValue(threads);
            if (parsed.GetValue(explain))
                return ExplanationView.Show(run.Terminal, predictor, parsed.GetValue(texts) ?? [], parsed.GetValue(json));
            var format = parsed.GetValue(json) ? PredictionFormat.Json : parsed.GetValue(jsonLines) ? PredictionFormat.JsonLines : PredictionFormat.Text;
            var writer = new PredictionWriter(run.Terminal.Out, predictor.Labels, format, parsed.GetValue(echo));
            return parsed.GetValue(texts) is { Length: > 0 } given
                ? LabelArguments(run.Terminal, predictor.WithThreads(workers), writer, given)
                : LabelLines(run, new LabelPipeline(predictor, workers), writer);
        });
        return command;
    }

    private static int LabelArguments(Terminal terminal, Predictor predictor, PredictionWriter writer, string[] texts)
    {
        long began = Stopwatch.GetTimestamp();
        var predictions = predictor.Predict(texts);
        var elapsed = Stopwatch.GetElapsedTime(began);
        writer.Begin();
        for (int i = 0; i < texts.Length; i++)
        {
            writer.Write(texts[i], predictions[i]);
            if (predictions[i].SaysNothing)
                terminal.Note($"firn: the model knows no word of '{texts[i]}'; its score is that of an empty text");
        }
        writer.End(elapsed);
        terminal.Note($"{texts.Length} {(texts.Length == 1 ? "text" : "texts")} in {elapsed.TotalMilliseconds:0.00} ms");
        return ExitCode.Done;
    }

    private static int LabelLines(Invocation run, LabelPipeline pipeline, PredictionWriter writer)
    {
        var terminal = run.Terminal;
        if (terminal.InIsTerminal)
            terminal.Note("firn: labelling what you type, a text a line; end with Ctrl-D (Windows: Ctrl-Z, Enter)");
        long began = Stopwatch.GetTimestamp(), count = 0;
        try
        {
            writer.Begin();
            pipeline.Run(
                terminal.In,
                batch =>
                {
                    for (int i = 0; i < batch.Lines.Count; i++)
                        writer.Write(batch.Lines[i], batch.Predictions[i]);
                    terminal.Out.Flush();
                    count += batch.Lines.Count;
                },
                run.Stop);
            writer.End(Stopwatch.GetElapsedTime(began));
            terminal.Out.Flush();
        }
        catch (IOException) when (!terminal.OutIsTerminal)
        {
            // Whoever read has seen enough (head, a pager that was left): that is no failure of ours.
            return ExitCode.Done;
        }
        if (terminal.ErrorIsTerminal)
        {
            double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            terminal.Note($"{count:N0} texts in {seconds:0.00} s, {count / Math.Max(seconds, 1e-9):N0} a second");
        }
        return run.Stop.IsCancellationRequested ? ExitCode.Failed : ExitCode.Done;
    }

    private readonly record struct BandChoice(bool Given, NeutralBand? Band);

    private static BandChoice Band(string? neutral, bool none)
    {
        if (neutral is null)
            return new BandChoice(none, null);
        if (none)
            throw new UsageError("--neutral and --no-neutral exclude each other");
        string[] parts = neutral.Split(',');
        if (parts.Length != 2
            || !double.TryParse(parts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out double low)
            || !double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double high)
            || !(low >= 0 && high >= low && high <= 1))
            throw new UsageError($"--neutral needs two numbers from 0 to 1, the lower first, as in 0.4,0.7, not '{neutral}'");
        return new BandChoice(true, new NeutralBand { Low = low, High = high });
    }

    private static Predictor WithBand(Predictor predictor, BandChoice choice)
    {
        if (!choice.Given)
            return predictor;
        if (choice.Band is not { } band)
            return predictor.WithNeutral(null);
        if (predictor.Labels.Count != 2)
            throw new UsageError($"--neutral is for models of two classes; this one has {predictor.Labels.Count}: {string.Join(", ", predictor.Labels)}");
        string label = predictor.Neutral?.Label ?? (predictor.Labels[0].All(c => !char.IsLower(c)) ? "NEUTRAL" : "neutral");
        return predictor.WithNeutral(band with { Label = label });
    }
}
