using System.Globalization;
using Firn.Cli.Commands.Vectors;
using Firn.Cli.Output;
using Firn.Data;
using Firn.Recipes;

namespace Firn.Cli.Reporting;

/// <summary>The report of a training run.</summary>
internal static class TrainingReport
{
    /// <summary>Gathers what the page shows; needs a result with a test part.</summary>
    public static ReportData Of(RecipeResult result, string title, string data, string? notice)
    {
        var options = result.Options;
        var training = result.Training;
        var model = ModelSummary.Of(result.Predictor.Classifier, training.Schedule);
        return new ReportData
        {
            Title = title,
            Subtitle = string.Create(
                CultureInfo.InvariantCulture,
                $"{data}: {Plural.Of(result.TrainTexts, "text")} trained, {result.ValidationTexts:N0} validated, "
                    + $"{result.TestTexts:N0} tested"
            ),
            Notice = notice,
            Headline = MetricTable.Headline(result.Test!),
            Evaluation = result.Test!,
            Calibration = result.Output is { Texts: > 0 } output ? output : null,
            History = training.History,
            BestEpoch = training.KeptEpoch,
            Schedule = new ScheduleFacts(
                training.Schedule,
                options.Training.Epochs - training.RolledBack.Count,
                model.Savings(training.Schedule)
            ),
            Model = model.ToTable(),
            Configuration = Sections(options, result),
            Errors = result.Errors,
            Explanations = ErrorExplanations.Of(result.Predictor, result.Errors),
            Footer = string.Create(
                CultureInfo.InvariantCulture,
                $"Firn {Bundle.FirnVersion}, {DateTime.Now:d MMMM yyyy, HH:mm}; {result.Seconds.Values.Sum():0.0} s "
                    + $"in all"
            ),
        };
    }

    private static Section[] Sections(RecipeOptions options, RecipeResult result) =>
        [
            DataFacts.Of(result.Predictor.Card.Data),
            new(
                "Text",
                [
                    new("preset", options.Preset),
                    new("stop words", options.Cleaning.RemoveStopWords ? "dropped" : "kept"),
                    new("stemming", options.Cleaning.Stem ? "yes" : "no"),
                    new("words", Text(result.Predictor.Vocabulary.Count - 1)),
                    new("with a vector", Text(result.WordsWithVector)),
                    new("unknown words", options.Vocabulary.Unknown.ToString().ToLowerInvariant()),
                    new("tokens used, at most", Text(options.MaxTokens)),
                    new("of longer texts stay", options.Truncation.ToString().ToLowerInvariant()),
                ]
            ),
            new("Copies and long texts", [.. CopiesAndCuts(result)]),
            options.VectorsPath is { } path
                ? new(
                    "Word vectors",
                    [
                        new("file", Path.GetFileName(path)),
                        new("values", Text(result.Predictor.Classifier.Embedding.Dimension)),
                    ]
                )
                : new(
                    "Word vectors",
                    [
                        .. Word2VecArguments
                            .Describe(options.Word2Vec)
                            .Select(setting => new Fact(setting.Name, setting.Value)),
                    ]
                ),
            options.Classifier.Model.Count > 0
                ? new(
                    "Model",
                    [
                        new("layers", ModelSummary.EncoderName(options.Classifier)),
                        new("embedding dropout", Text(options.Classifier.EmbeddingDropout)),
                    ]
                )
                : new(
                    "Model",
                    [
                        new(
                            "encoder",
                            ModelSummary.EncoderName(options.Classifier)
                                + (options.Classifier.Layers > 1 ? $", {options.Classifier.Layers} layers" : "")
                        ),
                        new("pooling", Commands.TrainArguments.PoolingName(options.Classifier.Pooling)),
                        new("embedding dropout", Text(options.Classifier.EmbeddingDropout)),
                        new("input dropout", Text(options.Classifier.InputDropout)),
                        new("recurrent dropout", Text(options.Classifier.RecurrentDropout)),
                    ]
                ),
            new(
                "Training",
                [
                    new("schedule", ScheduleOf(options, result)),
                    new("epochs", EpochsOf(options, result)),
                    new("ended by", Ended(result)),
                    new("weights of epoch", Text(result.Training.KeptEpoch)),
                    new(
                        "then trained on all",
                        result.Refit is { } refit
                            ? string.Create(
                                CultureInfo.InvariantCulture,
                                $"{Plural.Of(refit.Texts, "text")}, {Plural.Of(refit.Epochs, "epoch")}"
                            )
                            : "no"
                    ),
                    new("batch size", Text(options.Training.BatchSize)),
                    new("learning rate", Text(options.Training.LearningRate)),
                    new(
                        "validation",
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{options.Validation.ToString().ToLowerInvariant()}, {options.ValidationShare * 100:0.#}%"
                        )
                    ),
                    new("seed", Text(options.Training.Seed)),
                ]
            ),
            .. result.Choices.Count == 0
                ? Array.Empty<Section>()
                :
                [
                    new(
                        "Chosen by the data",
                        [.. result.Choices.Select(choice => new Fact(choice.Setting, choice.Because))]
                    ),
                ],
            new(
                "Seconds",
                [
                    .. result.Seconds.Select(stage => new Fact(
                        stage.Key.ToString().ToLowerInvariant(),
                        stage.Value.ToString("0.0", CultureInfo.InvariantCulture)
                    )),
                ]
            ),
        ];

    private static IEnumerable<Fact> CopiesAndCuts(RecipeResult result)
    {
        DuplicateCounts copies = result.Duplicates;
        yield return new("texts that equal an earlier one", Text(copies.Repeated));
        yield return new("texts that equal one with another label", Text(copies.Conflicting));
        yield return new("test texts that training has", Text(copies.TestInTraining));
        yield return new("test texts that the validation has", Text(copies.TestInValidation));
        yield return new("validation texts that training has", Text(copies.ValidationInTraining));
        yield return new("texts cut", $"{Text(result.Cut.Texts)} of {Text(result.Cut.OfTexts)}");
        yield return new("tokens cut", $"{Text(result.Cut.Tokens)} of {Text(result.Cut.OfTokens)}");
        yield return new("test split", result.Options.TestSplit.ToString().ToLowerInvariant());
    }

    private static string ScheduleOf(RecipeOptions options, RecipeResult result) =>
        result.Training.RolledBack.Count == 0
            ? options.Training.Schedule.Name
            : $"{options.Training.Schedule.Name}, which became {result.Training.Schedule.Name}";

    private static string EpochsOf(RecipeOptions options, RecipeResult result) =>
        $"{result.Training.History.Count} of {options.Training.Epochs}"
        + (result.Training.RolledBack.Count is > 0 and var back ? $", and {back} rolled back" : "");

    private static string Ended(RecipeResult result) =>
        result.Training.StoppedBy switch
        {
            Training.StopReason.Completed => "all epochs done",
            Training.StopReason.EarlyStopping => "early stopping",
            _ => "cancelled",
        };

    private static string Text(IFormattable value) =>
        value is int or long
            ? value.ToString("N0", CultureInfo.InvariantCulture)
            : value.ToString(null, CultureInfo.InvariantCulture);
}
