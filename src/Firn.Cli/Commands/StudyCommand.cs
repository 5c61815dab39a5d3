using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Firn.Cli.Output;
using Firn.Cli.Reporting;
using Firn.Data;
using Firn.Study;

namespace Firn.Cli.Commands;

/// <summary>
/// <c>firn study DATA</c>: should the word vectors be frozen? Answered by measurements on one's own texts.
/// </summary>
internal static class StudyCommand
{
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
        var unlabeled = new Option<string?>("--unlabeled")
        {
            Description = "More texts to train word vectors on: plain text, one a line, plain or gzip",
            HelpName = "FILE",
        };
        var labels = new LabelNameOptions();
        var arguments = new StudyArguments();
        var output = new Option<string?>("--out")
        {
            Description =
                "Folder of results.jsonl, study.html and vectors: the same command goes on from what is there "
                + "(default: runs/NAME.study)",
            HelpName = "FOLDER",
        };
        var json = CommonOptions.Json();
        var command = new Command(
            "study",
            "Measure whether to freeze, train or thaw word vectors, on growing parts of the texts"
        )
        {
            corpus.Data,
            test,
            unlabeled,
            output,
        };
        arguments.AddTo(command);
        corpus.AddTo(command);
        labels.AddTo(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            StudyOptions options = arguments.Read(parsed) with
            {
                LabelNames = labels.Names(parsed),
                OnUnknownLabel = labels.OnUnknown(parsed),
            };
            if (options.VectorsPath is not null && parsed.GetValue(unlabeled) is not null)
                throw new UsageError(
                    "--unlabeled gives texts to train word vectors on and --vectors names a file of them; leave one "
                        + "out"
                );
            string data = Inputs.RequireData(parsed.GetRequiredValue(corpus.Data)),
                name = TrainCommand.DataName(data);
            string folder = parsed.GetValue(output) ?? Path.Combine("runs", name + ".study");
            Targets.TryFolder(folder, "--out");
            long began = Stopwatch.GetTimestamp();
            var study = new FreezeStudy(options, folder);
            var texts = corpus.OpenSingle(parsed);
            var testTexts = parsed.GetValue(test) is { } path ? corpus.Open(parsed, Inputs.RequireData(path)) : null;
            var more = parsed.GetValue(unlabeled) is { } extra
                ? CorpusReader.Open(Inputs.RequireFile(extra), new CorpusOptions { Format = CorpusFormat.Lines })
                : null;
            CorpusView.TellLayout(run.Terminal, texts);
            StudySummary summary;
            using (var progress = new ProgressLine(run.Terminal))
                summary = study.Run(
                    texts,
                    testTexts,
                    more,
                    new RecipeProgressView(progress) { TextsAreRead = () => CorpusView.TellRows(run.Terminal, texts) },
                    new StudyProgressView(progress),
                    run.Stop
                );
            var report = new StudyReport(name, summary, options, Repeat(parsed), Stopwatch.GetElapsedTime(began));
            string page = report.Save(folder);
            if (parsed.GetValue(json))
            {
                var described = report.AsJson(page, study.ResultsPath);
                described["corpus"] = CorpusView.AsJson(texts);
                Json.Write(run.Terminal, described);
            }
            else
                report.Print(run.Terminal, page, study.ResultsPath);
            if (!run.Stop.IsCancellationRequested)
                return ExitCode.Done;
            run.Terminal.Note("firn: stopped; the same command goes on with what is missing");
            return ExitCode.Failed;
        });
        return command;
    }

    private static string Repeat(ParseResult parsed) =>
        string.Join(' ', parsed.Tokens.Select(token => Shell.Quoted(token.Value)));
}

/// <summary>Shows the trainings of a study as they are done.</summary>
internal sealed class StudyProgressView(ProgressLine progress) : IProgress<StudyProgress>
{
    private long _began;

    public void Report(StudyProgress value)
    {
        if (_began == 0)
        {
            progress.Begin("study");
            _began = Stopwatch.GetTimestamp() - (long)(value.Results[0].Seconds * Stopwatch.Frequency);
        }
        StudyResult first = value.Results[0];
        IEnumerable<string> scores = value.Results.Select(r => $"{StudyPolicies.NameOf(r.Policy)} {r.Accuracy:0.0000}");
        progress.Line(
            $"  {first.Size, 7:N0} texts, seed {first.Seed}: {string.Join(", ", scores)}  ({first.Seconds:0.0} s)"
        );
        double elapsed = Stopwatch.GetElapsedTime(_began).TotalSeconds,
            left = value.Remaining?.TotalSeconds ?? double.NaN;
        progress.Report(
            elapsed / (elapsed + left),
            string.Create(CultureInfo.InvariantCulture, $"{value.Done} of {value.Total} results")
        );
    }
}
