using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Firn.Baselines;
using Firn.Cli.Output;
using Firn.Cli.Reporting;
using Firn.Evaluation;
using Firn.Files;
using Firn.Recipes;

namespace Firn.Cli.Commands;

/// <summary><c>firn evaluate BUNDLE DATA</c>: measures a model on labeled texts.</summary>
internal static class EvaluateCommand
{
    public static Command Create(Invocation run)
    {
        var bundle = new Argument<string>("BUNDLE") { Description = "Folder of a trained model" };
        var corpus = new CorpusArguments(
            "DATA",
            "Labeled texts: a file (plain or gzip) or a folder of class folders; the layout is found out"
        );
        var labels = new LabelNameOptions();
        var report = new Option<string?>("--report")
        {
            Description = "Folder for report.html and its plots (default: none is written)",
            HelpName = "FOLDER",
        };
        var confusion = new Option<string?>("--confusion")
        {
            Description = "File for the whole confusion matrix as CSV (default: none is written)",
            HelpName = "FILE",
        };
        var baselines = new Option<string?>("--baselines")
        {
            Description =
                "Labeled texts to train majority, naive Bayes and TF-IDF logistic regression on, to stand beside "
                + "the model",
            HelpName = "TRAINING-DATA",
        };
        var abstain = new AbstainOptions();
        var silence = new SilenceOptions();
        var json = CommonOptions.Json();
        var command = new Command("evaluate", "Measure a trained model on labeled texts")
        {
            bundle,
            corpus.Data,
            report,
            confusion,
            baselines,
        };
        abstain.AddTo(command);
        silence.AddTo(command);
        corpus.AddTo(command);
        labels.AddTo(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            Inputs.RefuseSwapped(parsed.GetRequiredValue(bundle), [parsed.GetRequiredValue(corpus.Data)], "evaluate");
            string folder = Inputs.RequireBundle(parsed.GetRequiredValue(bundle)),
                data = Inputs.RequireData(parsed.GetRequiredValue(corpus.Data));
            silence.Check(parsed);
            abstain.Check(parsed, silence.Given(parsed));
            if (parsed.GetValue(report) is { } pages)
                Targets.TryFolder(pages, "--report");
            if (parsed.GetValue(confusion) is { } matrix)
                OutputFile.Check(matrix, data);
            var names = labels.Names(parsed);
            using var loaded = Predictor.Load(folder);
            var predictor = silence.Apply(parsed, loaded);
            bool several = predictor.Classifier.Options.MultiLabel;
            var texts = corpus.Open(parsed, data, several ? true : null);
            if (texts.HasSeveralLabels && !several)
                throw new UserError(
                    $"{data}: a text has any number of labels here ({CorpusArguments.Hint(texts)}), and the model "
                        + $"gives one; name another column with --label-column, or give --single-label"
                );
            CorpusView.TellLayout(run.Terminal, texts);
            long began = Stopwatch.GetTimestamp();
            using var progress = new ProgressLine(run.Terminal);
            progress.Begin("scoring");
            var evaluation = CorpusEvaluation.Run(
                predictor,
                texts,
                labels.OnUnknown(parsed),
                names,
                new InlineProgress<long>(count =>
                    progress.Report(double.NaN, string.Create(CultureInfo.InvariantCulture, $"{count:N0} texts"))
                ),
                run.Stop
            );
            var elapsed = Stopwatch.GetElapsedTime(began);
            progress.End(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"scored {Plural.Of(evaluation.Report.Count, "text")}, "
                        + $"{evaluation.Report.Count / elapsed.TotalSeconds:N0} a second"
                )
            );
            CorpusView.TellRows(run.Terminal, texts);
            if (evaluation.UnknownLabels > 0)
                run.Terminal.Note(
                    $"firn: {Plural.Of(evaluation.UnknownLabels, "text")} left out whose label the model does not know"
                );
            string? page = parsed.GetValue(report) is { } target
                ? Report.Save(Page(predictor, evaluation, folder, data, elapsed), target)
                : null;
            if (parsed.GetValue(confusion) is { } counts)
                ConfusionFile.Save(evaluation.Report, counts);
            IReadOnlyList<BaselineResult> beside = parsed.GetValue(baselines) is { } training
                ? BaselineComparison.Run(
                    corpus.Open(parsed, Inputs.RequireData(training)),
                    new RecipeOptions { LabelNames = names, Classifier = predictor.Classifier.Options },
                    texts,
                    new InlineProgress<string>(name => run.Terminal.Note($"baseline: {name}")),
                    run.Stop
                )
                : [];
            AbstentionPoint? chosen = abstain.Choose(parsed, evaluation.Risk);
            if (parsed.GetValue(abstain.Keep))
                (chosen is { } point ? predictor.WithAbstainBelow(point.Threshold) : predictor).Save(folder);
            if (parsed.GetValue(json))
            {
                var result = EvaluationJson.Of(evaluation.Report);
                result["unknownLabels"] = evaluation.UnknownLabels;
                result["skipped"] = texts.RowsSkipped;
                result["corpus"] = CorpusView.AsJson(texts);
                result["report"] = page;
                if (beside.Count > 0)
                    result["baselines"] = BaselineTable.AsJson(beside);
                if (chosen is { } asked)
                    result["abstain"] = AbstainOptions.AsJson(asked);
                result["answers"] = AnswerView.AsJson(evaluation.Answers);
                result["seconds"] = Json.Number(Math.Round(elapsed.TotalSeconds, 3));
                Json.Write(run.Terminal, result);
            }
            else
            {
                MetricTable.Print(run.Terminal, evaluation.Report);
                if (beside.Count > 0)
                    BaselineTable.Print(run.Terminal, beside, evaluation.Report, elapsed.TotalSeconds);
                AnswerView.Print(run.Terminal, evaluation.Answers);
                if (chosen is { } asked)
                    run.Terminal.Out.WriteLine(AbstainOptions.InWords(asked));
                if (page is not null)
                    run.Terminal.Out.WriteLine($"report  {page}");
            }
            return ExitCode.Done;
        });
        return command;
    }

    private static ReportData Page(
        Predictor predictor,
        CorpusEvaluation evaluation,
        string folder,
        string data,
        TimeSpan elapsed
    ) =>
        new()
        {
            Title = $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(folder))} on {Path.GetFileName(data)}",
            Subtitle = string.Create(CultureInfo.InvariantCulture, $"{Plural.Of(evaluation.Report.Count, "text")}"),
            Headline = MetricTable.Headline(evaluation.Report),
            Evaluation = evaluation.Report,
            Model = ModelSummary.Of(predictor.Classifier, ModelCardFacts.ScheduleOf(predictor.Card)).ToTable(),
            Configuration = ModelCardFacts.Sections(predictor),
            Errors = evaluation.Errors,
            Explanations = ErrorExplanations.Of(predictor, evaluation.Errors),
            Footer = string.Create(
                CultureInfo.InvariantCulture,
                $"Firn {Bundle.FirnVersion}, {DateTime.Now:d MMMM yyyy, HH:mm}; scored in {elapsed.TotalSeconds:0.0} s"
            ),
        };
}
