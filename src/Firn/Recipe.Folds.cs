using Firn.Data;
using Firn.Layers;
using Firn.Linear;
using Firn.Model;
using Firn.Recipes;
using Firn.Text;
using Firn.Training;

namespace Firn;

public sealed partial class Recipe
{
    /// <summary>Folds choose the epoch, the penalty, the scales and the threshold; then all texts train.</summary>
    private Fitted ByFolds(
        CorpusParts parts,
        LabelMap labels,
        (StageClock Clock, IRecipeObserver? Observer) told,
        CancellationToken cancellation
    )
    {
        (StageClock clock, IRecipeObserver? observer) = told;
        if (Options.VectorsPath is null && Start is null)
            CheckMemory(parts, labels, null);
        clock.Begin(RecipeStage.Folds);
        FoldScores scores = ScoreFolds(
            parts,
            parts.Folds(Options.Folds, labels, Options.SplitSeed),
            labels,
            clock,
            null,
            cancellation
        );
        FoldChoice choice = scores.Choose(Options, labels, ChoosesLinear);
        clock.End(
            $"{Counted.Of(scores.Folds, "fold")} of {Counted.Of(parts.Train.Count, "text")}: epoch "
                + $"{choice.Training.KeptEpoch} of {Options.Training.Epochs}{choice.Summary}"
        );

        EmbeddingTable table = Vectors(parts, null, labels, clock, cancellation);
        clock.Begin(RecipeStage.Training);
        TrainingResult asChosen = choice.Training with
        {
            KeptEpoch = EpochsOfAll(choice.Training.KeptEpoch, scores.Folds),
        };
        (TextClassifier model, TrainingResult training) = Fit(
            parts.Train,
            null,
            table,
            labels,
            null,
            asChosen,
            observer,
            cancellation
        );
        cancellation.ThrowIfCancellationRequested();
        clock.End(
            $"{Counted.Of(training.History.Count, "epoch")} on all {Counted.Of(parts.Train.Count, "text")}, "
                + $"{Ended(training)}; the weights of the last are kept"
        );
        if (choice.Output is { } output)
        {
            clock.Begin(RecipeStage.Output);
            OutputFit.Refit(
                model,
                parts.Vocabulary,
                parts.Train,
                choice.LinearBranch,
                [.. ClassWeights(parts.Train, labels) ?? []],
                labels,
                Options.Training.Threads,
                output
            );
            clock.End($"{output.Summary}");
        }
        Predictor predictor = PredictorOf(model, parts, labels, training).WithThreshold(choice.Threshold);
        Told(
            "linear part",
            choice.LinearBranch is null
                ? null
                : $"{LinearChoice.Of(choice.LinearBranch)}, the least loss of {Counted.Of(scores.Folds, "fold")}"
        );
        return new Fitted(
            predictor,
            parts,
            choice.Training with
            {
                StartRows = null,
            },
            (choice.Output, choice.LinearBranch),
            new Refit(parts.Train.Count, training.History.Count, training.History[^1].Loss),
            (parts.Train.Count, 0)
        );
    }

    /// <summary>
    /// Epochs of all texts after which a model is as sure as those of the folds were: as many epochs are more steps and
    /// make it surer, as many steps see each text less often; the mean of both.
    /// </summary>
    private static int EpochsOfAll(int epochs, int folds) =>
        Math.Max(1, (int)Math.Round(epochs * (1 + (folds - 1.0) / folds) / 2));

    /// <summary>Trains a model a fold and scores the fold's texts.</summary>
    /// <param name="parts">What the folds are of.</param>
    /// <param name="folds">Rows that train and rows that are scored.</param>
    /// <param name="labels">The classes.</param>
    /// <param name="clock">Told of progress.</param>
    /// <param name="done">Told of each fold's texts; null for nobody.</param>
    /// <param name="cancellation">Ends with an exception.</param>
    private FoldScores ScoreFolds(
        CorpusParts parts,
        IReadOnlyList<PartRows> folds,
        LabelMap labels,
        StageClock clock,
        Action<CorpusParts>? done,
        CancellationToken cancellation
    )
    {
        if (folds.Count == 1)
        {
            throw new InvalidDataException(
                "The texts are all equal once they are cleaned, so none can be held out to measure on; give other "
                    + "texts."
            );
        }
        var scores = new FoldScores(folds.Count);
        for (int fold = 0; fold < folds.Count; fold++)
        {
            PartRows rows = folds[fold];
            CorpusParts of = parts.Again(_ => rows);
            clock.Tell((double)fold / folds.Count, () => $"fold {fold + 1} of {folds.Count}");
            EmbeddingTable table = MakeTable(of, clock, cancellation);
            TextClassifier model = FreshModel(table, labels);
            var epochs = new HeldOutScores(model, of.Validation, labels, Options.Training.Threads);
            TrainingResult result = Run(model, of.Train, null, labels, null, null, epochs, cancellation);
            cancellation.ThrowIfCancellationRequested();
            scores.Add(of.Validation.Labels, result.History, epochs);
            if (Options.LinearBranch is { } linear)
                scores.Add(LinearScores(of, linear, labels));
            done?.Invoke(of);
        }
        return scores;
    }

    /// <summary>Logits of the held texts by the linear part with each penalty.</summary>
    private float[][] LinearScores(CorpusParts parts, LinearBranchOptions linear, LabelMap labels)
    {
        var task = new NgramClassifier.LinearTask(
            parts.Train.Labels,
            labels.Names.Count,
            [.. ClassWeights(parts.Train, labels) ?? []],
            labels.Sets,
            parts.Train.Unseen
        );
        int threads = Options.Training.Threads > 0 ? Options.Training.Threads : Environment.ProcessorCount;
        return
        [
            .. NgramClassifier
                .FitEach(
                    parts.Train.Texts,
                    parts.Vocabulary,
                    task,
                    linear,
                    threads,
                    FoldScores.Choices(linear, ChoosesLinear)
                )
                .Select(linear => OutputFit.LogitsOf(linear, parts.Validation)),
        ];
    }
}
