using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Firn.Cli.Output;
using Firn.Cli.Scoring;
using Firn.Data;
using Firn.Files;

namespace Firn.Cli.Commands;

/// <summary>
/// <c>firn predict BUNDLE [FILE|TEXT...]</c>: labels texts given as arguments, the rows of a file, or the lines of
/// standard input.
/// </summary>
internal static class PredictCommand
{
    private const string StandardInput = "standard input";

    public static Command Create(Invocation run)
    {
        var bundle = new Argument<string>("BUNDLE") { Description = "Folder of a trained model" };
        var texts = new Argument<string[]>("FILE|TEXT")
        {
            Description =
                "A file of texts (.csv, .tsv, .jsonl, or a text a line; plain or gzip), - for standard input, or "
                + "texts, each in quotes; without any, the lines of standard input are labeled in order",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var silence = new SilenceOptions();
        var table = new TableOptions();
        var asText = new Option<bool>("--as-text")
        {
            Description = "Label the arguments themselves, also where a file has such a name",
        };
        var ids = new Option<bool>("--ids")
        {
            Description =
                "The lines, or the arguments, are token ids with blanks or commas between, as the model's own "
                + "program makes them, padded or not",
        };
        var explain = new Option<bool>("--explain")
        {
            Description = "Show what each word of each TEXT does for its label",
        };
        var echo = new Option<bool>("--echo") { Description = "Write each text behind its label and score" };
        var json = CommonOptions.Json();
        var jsonLines = new Option<bool>("--jsonl")
        {
            Description = "Write one JSON object a text, each on its own line",
        };
        var threads = CommonOptions.Threads();
        var command = new Command("predict", "Label texts, or the rows of a file, with a trained model")
        {
            bundle,
            texts,
        };
        table.AddTo(command);
        silence.AddTo(command);
        foreach (var option in new Option[] { ids, explain, echo, asText, json, jsonLines, threads })
            command.Add(option);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(json) && parsed.GetValue(jsonLines))
                throw new UsageError(
                    "--json and --jsonl exclude each other; --json writes one object, --jsonl one a line"
                );
            silence.Check(parsed);
            string folder = parsed.GetRequiredValue(bundle);
            string[] given = parsed.GetValue(texts) ?? [];
            Inputs.RefuseSwapped(folder, given, "predict");
            string? file =
                parsed.GetValue(explain) || parsed.GetValue(asText)
                    ? null
                    : FileAmong(run.Terminal, given, parsed.GetValue(ids) ? "ids" : "texts");
            bool arguments = given.Length > 0 && file is null;
            if (arguments && (table.Out(parsed) is not null || table.Resume(parsed)))
                throw new UsageError($"--out and --resume are for a FILE, and '{given[0]}' is none");
            if (table.Resume(parsed) && table.Out(parsed) is null)
                throw new UsageError("--resume goes on with the file of --out; give that too");
            using var loaded = Predictor.Load(Inputs.RequireBundle(folder));
            var predictor = silence.Apply(parsed, loaded);
            if (parsed.GetValue(ids) && (parsed.GetValue(explain) || table.Out(parsed) is not null))
                throw new UsageError(
                    "--ids scores lines of ids, which have no words to explain and no table to be written to; leave "
                        + "--explain and --out out"
                );
            if (parsed.GetValue(explain))
                return ExplanationView.Show(run.Terminal, predictor, given, parsed.GetValue(json));
            int workers = parsed.GetValue(threads);
            string? path = file == TableOptions.StandardInput ? null : file;
            if (!arguments && !parsed.GetValue(ids) && table.IsTable(parsed, path))
                return new TablePrediction(run, parsed, table, predictor).Run(
                    path,
                    folder,
                    (workers, parsed.GetValue(json))
                );
            PredictionFormat format =
                parsed.GetValue(json) ? PredictionFormat.Json
                : parsed.GetValue(jsonLines) ? PredictionFormat.JsonLines
                : PredictionFormat.Text;
            var writer = new PredictionWriter(run.Terminal.Out, predictor.Labels, format)
            {
                Echo = parsed.GetValue(echo),
                Top = table.All(parsed) ? predictor.Labels.Count : table.Top(parsed),
            };
            if (parsed.GetValue(ids))
                return LabelIds(
                    run,
                    new IdLines(predictor.WithThreads(workers), arguments ? null : path ?? StandardInput),
                    writer,
                    arguments ? given : Lines(run.Terminal, path)
                );
            if (arguments)
                return LabelArguments(run.Terminal, predictor.WithThreads(workers), writer, given);
            string encoding = table.Encoding(parsed, predictor);
            using TextReader? lines =
                path is not null ? CorpusReader.OpenText(path, encoding)
                : run.Terminal.InBytes is { } bytes ? CorpusReader.Decode(bytes, encoding)
                : null;
            return LabelLines(run, new LabelPipeline(predictor, workers), writer, lines ?? run.Terminal.In, path);
        });
        return command;
    }

    /// <summary>
    /// The file that is meant by the arguments; null where they are texts. A file is said, for its name could be a
    /// text.
    /// </summary>
    private static string? FileAmong(Terminal terminal, string[] given, string what)
    {
        if (given.Length == 1 && given[0] == TableOptions.StandardInput)
            return given[0];
        string? found = given.FirstOrDefault(text => text.Length > 0 && InputFile.Exists(text));
        if (found is null)
        {
            // A path that was mistyped is no text.
            return given.Length == 1 && LooksLikeFile(given[0])
                ? throw new UserError(
                    $"{given[0]}: there is no such file; check the path, or label the words themselves with --as-text"
                )
                : null;
        }
        if (given.Length > 1)
            throw new UsageError(
                $"'{found}' is a file; give one FILE at a time, or label the words themselves with --as-text"
            );
        terminal.Note($"firn: reading the {what} of the file {found}; --as-text labels its name instead");
        return found;
    }

    private static bool LooksLikeFile(string text)
    {
        string name = FileKinds.UnpackedName(text);
        return !text.Any(char.IsWhiteSpace)
            && Path.GetExtension(name).ToLowerInvariant()
                is ".csv"
                    or ".tsv"
                    or ".tab"
                    or ".jsonl"
                    or ".ndjson"
                    or ".json"
                    or ".txt"
                    or ".parquet"
                    or ".xlsx";
    }

    private static IEnumerable<string> Lines(Terminal terminal, string? path)
    {
        using TextReader? opened =
            path is not null ? CorpusReader.OpenText(path)
            : terminal.InBytes is { } bytes ? CorpusReader.Decode(bytes, "utf-8")
            : null;
        TextReader lines = opened ?? terminal.In;
        while (lines.ReadLine() is { } line)
            yield return line;
    }

    private static int LabelIds(Invocation run, IdLines ids, PredictionWriter writer, IEnumerable<string> lines)
    {
        long began = Stopwatch.GetTimestamp();
        writer.Begin();
        long count = ids.Score(lines, writer.Write, run.Stop);
        writer.End(Stopwatch.GetElapsedTime(began));
        TellEmpty(run.Terminal, count, ids.Name == StandardInput ? null : ids.Name);
        if (run.Terminal.ErrorIsTerminal)
            run.Terminal.Note(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Plural.Of(count, "text")} in {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0.0} ms"
                )
            );
        return ExitCode.Done;
    }

    /// <summary>Says why nothing came out of a file; standard input may be empty, as in a pipe.</summary>
    private static void TellEmpty(Terminal terminal, long count, string? file)
    {
        if (count == 0 && file is not null)
            terminal.Note($"firn: {file}: there is no line in it");
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
            if (predictions[i].HasNoKnownToken)
                terminal.Note($"firn: the model knows no word of '{texts[i]}'; its score is that of an empty text");
        }
        writer.End(elapsed);
        terminal.Note(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Plural.Of(texts.Length, "text")} in {elapsed.TotalMilliseconds:0.0} ms"
            )
        );
        return ExitCode.Done;
    }

    private static int LabelLines(
        Invocation run,
        LabelPipeline pipeline,
        PredictionWriter writer,
        TextReader lines,
        string? path
    )
    {
        var terminal = run.Terminal;
        if (path is null && terminal.InIsTerminal)
            terminal.Note("firn: labeling what you type, a text a line; end with Ctrl-D (Windows: Ctrl-Z, Enter)");
        long began = Stopwatch.GetTimestamp(),
            count = 0,
            unknown = 0;
        writer.Begin();
        pipeline.Run(
            lines,
            batch =>
            {
                for (int i = 0; i < batch.Lines.Count; i++)
                {
                    writer.Write(batch.Lines[i], batch.Predictions[i]);
                    unknown += batch.Predictions[i].HasNoKnownToken ? 1 : 0;
                }
                terminal.Out.Flush();
                count += batch.Lines.Count;
            },
            run.Stop
        );
        writer.End(Stopwatch.GetElapsedTime(began));
        if (terminal.ErrorIsTerminal)
        {
            double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            terminal.Note(
                $"{Plural.Of(count, "text")} in {seconds:0.00} s, {count / Math.Max(seconds, 1e-9):N0} a second"
            );
        }
        TellEmpty(terminal, count, path);
        UnknownTexts.Tell(terminal, unknown, count);
        return run.Stop.IsCancellationRequested ? ExitCode.Failed : ExitCode.Done;
    }
}
