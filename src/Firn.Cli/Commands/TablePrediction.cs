using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Firn.Cli.Output;
using Firn.Cli.Scoring;
using Firn.Data;
using Firn.Evaluation;
using Firn.Files;

namespace Firn.Cli.Commands;

/// <summary><c>predict</c> on a table: its rows, each with its label, to a file or to standard output.</summary>
internal sealed class TablePrediction(Invocation run, ParseResult parsed, TableOptions options, Predictor predictor)
{
    private readonly Terminal _terminal = run.Terminal;

    /// <param name="file">The input; null for standard input.</param>
    /// <param name="bundle">The model's folder.</param>
    /// <param name="how">Threads, 0 for all, and whether a summary is written as JSON.</param>
    public int Run(string? file, string bundle, (int Threads, bool Json) how)
    {
        string? target = options.Out(parsed) is { } named && named != OutputFile.StandardOutput ? named : null;
        if (how.Json && target is null)
            throw new UsageError(
                "--json sums up what is written to --out; to have the rows as JSON, take --out FILE.jsonl"
            );
        if (target is not null)
            OutputFile.Check(target, file is null ? [] : [file]);
        string encoding = options.Encoding(parsed, predictor);
        long began = Stopwatch.GetTimestamp();
        using TextTable table = options.Open(parsed, _terminal, file, encoding);
        RowFormat format = options.Format(parsed, table);
        var additions = new Additions(predictor.Labels, options.All(parsed), options.Top(parsed), table.Columns);
        RowEncoder encoder = RowEncoder.Of(format, table, additions);
        using var rows = new RowReader(table, encoder.NeedsFields, options.StopsAtBroken(parsed));
        if (additions.Label != "label" || additions.Probability != "probability")
            _terminal.Note(
                $"firn: {table.Name} has such columns already, so the model's are called {additions.Label} and "
                    + $"{additions.Probability}"
            );
        var scoring = new TableScoring(predictor, encoder, how.Threads);
        using var progress = new ProgressLine(_terminal);
        progress.Begin("labeling");
        if (target is null)
        {
            ScoredRows written = scoring.Run(
                rows,
                (bytes, _, _) => _terminal.Write(bytes.Span),
                header: true,
                progress,
                run.Stop
            );
            Tell(written, rows);
            return run.Stop.IsCancellationRequested ? ExitCode.Failed : ExitCode.Done;
        }
        using ScoredFile scored = ScoredFile.Open(
            target,
            Settings(bundle, table, format, encoding),
            options.Resume(parsed)
        );
        long before = scored.Rows;
        rows.Skip(before, scored.Hash, target);
        if (before > 0)
            _terminal.Note($"firn: going on behind the {Plural.Of(before, "row")} that {target}.partial holds");
        ScoredRows sum = Score(scoring, rows, scored, progress);
        if (run.Stop.IsCancellationRequested)
            throw new UserError(
                $"stopped after {Plural.Of(scored.Rows, "row")}, which {target}.partial holds; the same command with "
                    + $"--resume goes on"
            );
        scored.Finish();
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        progress.End(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Plural.Of(sum.Rows, "row")} to {target}, {sum.Rows / Math.Max(seconds, 1e-9):N0} a second"
            )
        );
        Tell(sum, rows);
        if (how.Json)
            Json.Write(_terminal, AsJson(target, sum, before, (rows.Broken, seconds)));
        return ExitCode.Done;
    }

    private ScoredRows Score(TableScoring scoring, RowReader rows, ScoredFile scored, ProgressLine progress)
    {
        try
        {
            return scoring.Run(
                rows,
                (bytes, count, hash) => scored.Write(bytes.Span, count, hash),
                scored.Rows == 0,
                progress,
                run.Stop
            );
        }
        catch (Exception error) when (error is CorpusException or IOException && scored.Rows > 0)
        {
            _terminal.Note(
                $"firn: {Plural.Of(scored.Rows, "row is", "rows are")} scored and kept in {options.Out(parsed)}"
                    + $".partial; when the cause is mended, the same command with --resume goes on"
            );
            throw;
        }
    }

    /// <summary>
    /// What must be the same where a run goes on: the model's files, how labels are chosen, and the layout.
    /// </summary>
    private string Settings(string bundle, TextTable table, RowFormat format, string encoding)
    {
        string model = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(bundle, "model.json"))));
        LabelRule rule = predictor.Rule;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"model {model}\nunsure below {rule.AbstainBelow}\nneutral {rule.Neutral?.Low} to {rule.Neutral?.High}\n"
                + $"{options.Settings(parsed, table, format, encoding)}"
        );
    }

    private void Tell(ScoredRows sum, RowReader rows)
    {
        UnknownTexts.Tell(_terminal, sum.Unknown, sum.Rows);
        if (sum.Abstained > 0)
            _terminal.Note($"firn: the model abstained on {sum.Abstained:N0} of {Plural.Of(sum.Rows, "row")}");
        if (rows.Broken == 0)
            return;
        _terminal.Note(
            $"firn: {Plural.Of(rows.Broken, "row")} could not be read and {Plural.Choose(rows.Broken, "is", "are")} "
                + $"kept without a label"
        );
        foreach (string problem in rows.Problems)
            _terminal.Note($"  {problem}");
    }

    private static JsonObject AsJson(string target, ScoredRows sum, long before, (long Broken, double Seconds) more) =>
        new()
        {
            ["out"] = target,
            ["rows"] = before + sum.Rows,
            ["resumedAt"] = before,
            ["withoutKnownWords"] = sum.Unknown,
            ["abstained"] = sum.Abstained,
            ["unreadable"] = more.Broken,
            ["seconds"] = Json.Number(Math.Round(more.Seconds, 3)),
        };
}
