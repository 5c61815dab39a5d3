using Firn.Bundles;
using Firn.Data;
using Firn.Evaluation;
using Firn.Linear;
using Firn.Recipes;
using Firn.Training;

namespace Firn;

public sealed partial class Recipe
{
    private static (EvaluationReport? Report, IReadOnlyList<ConfidentError> Errors) Test(
        Predictor predictor,
        CorpusPart test,
        LabelSets? sets,
        IEnumerable<LabeledText> rows,
        StageClock clock
    )
    {
        clock.Begin(RecipeStage.Evaluation);
        if (test.Count == 0)
        {
            clock.End($"no test texts");
            return (null, []);
        }
        float[] probabilities = Probabilities(predictor, test);
        if (sets is not null)
        {
            EvaluationReport several = MultiLabelEvaluation.Evaluate(
                probabilities,
                test.Labels,
                sets,
                predictor.Labels,
                predictor.Threshold
            );
            clock.End($"micro F1 {several.MultiLabel!.MicroF1:0.0000}, macro F1 {several.MacroF1:0.0000}");
            return (several, []);
        }
        EvaluationReport report = SingleLabelEvaluation.Evaluate(
            probabilities,
            test.Labels,
            predictor.Labels,
            predictor.Threshold
        ) with
        {
            Intervals = EvaluationIntervals.Of(
                probabilities,
                test.Labels,
                predictor.Labels.Count,
                predictor.Threshold,
                predictor.Threads
            ),
        };
        var errors = new ConfidentErrors(predictor.Labels, predictor.Threshold);
        int columns = predictor.Classifier.Options.OutputSize;
        for (int i = 0; i < test.Count; i++)
            errors.Add(test.Rows[i], test.Labels[i], probabilities.AsSpan(i * columns, columns));
        errors.FindTexts(rows);
        clock.End($"accuracy {report.Accuracy:0.0000}, loss {report.Loss:0.0000}");
        return (report, errors.ToList());
    }

    private RecipeResult Result(
        Fitted fitted,
        EvaluationReport? report,
        IReadOnlyList<ConfidentError> errors,
        StageClock clock,
        DataSource data
    )
    {
        (
            Predictor predictor,
            CorpusParts parts,
            TrainingResult training,
            (OutputCalibration? output, LinearBranchOptions? linear),
            Refit? refit,
            (int trained, int validated)
        ) = fitted;
        RecipeOptions options = Options with
        {
            LinearBranch = linear ?? Options.LinearBranch,
            Classifier = predictor.Classifier.Options,
            Training = Options.TrainingInEffect,
        };
        var record = new RecipeRecord
        {
            Recipe = options,
            Texts = new Dictionary<string, int>
            {
                ["train"] = trained,
                ["validation"] = validated,
                ["test"] = parts.Test.Count,
            },
            History = training.History,
            StoppedBy = training.StoppedBy,
            BestEpoch = training.BestEpoch,
            KeptEpoch = training.KeptEpoch,
            Schedule = Options.Training.Schedule.LastsUntilBest ? training.Schedule : null,
            RolledBack = Options.Training.Schedule.LastsUntilBest ? training.RolledBack : null,
            Output = output,
            Refit = refit,
            Duplicates = parts.Duplicates,
            Cut = parts.Cut,
            From = Start?.Data,
            Choices = Choices,
            Seconds = clock.Seconds.ToDictionary(s => s.Key.ToString().ToLowerInvariant(), s => s.Value),
        };
        return new RecipeResult
        {
            Predictor = predictor.WithCard(
                new ModelCard
                {
                    Data = data,
                    Metrics = RecipeRecord.MetricsOf(report),
                    Training = record.ToJson(),
                }
            ),
            Options = options,
            Test = report,
            Training = training,
            Output = output,
            Refit = refit,
            Choices = Choices,
            TrainTexts = trained,
            ValidationTexts = validated,
            TestTexts = parts.Test.Count,
            Duplicates = parts.Duplicates,
            Cut = parts.Cut,
            UnknownLabels = parts.UnknownLabels,
            WordsWithVector = CountVectors(predictor.Classifier.Embedding),
            UnseenWords = parts.Vocabulary.Count - 1 - parts.SeenWords,
            Errors = errors,
            Seconds = clock.Seconds,
        };
    }
}
