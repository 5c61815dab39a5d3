using Firn.Data;
using Firn.Evaluation;
using Firn.Linear;
using Firn.Model;
using Firn.Training;

namespace Firn.Recipes;

/// <summary>Scores the texts of a fold after each epoch of a model that lacks them.</summary>
internal sealed class HeldOutScores(TextClassifier model, CorpusPart held, LabelMap labels, int threads)
    : ITrainingObserver
{
    private readonly List<float[]> _logits = [];
    private readonly List<LossAndAccuracy> _figures = [];

    /// <summary>Of each epoch, [N,K].</summary>
    public IReadOnlyList<float[]> Logits => _logits;

    /// <summary>Of each epoch.</summary>
    public IReadOnlyList<LossAndAccuracy> Figures => _figures;

    public void OnBatch(BatchProgress progress) { }

    public void OnEpoch(EpochRecord record)
    {
        int k = model.Options.OutputSize;
        var probabilities = new float[held.Count * k];
        model.Predict(held.Texts, probabilities, threads);
        _figures.Add(
            labels.Sets is { } sets
                ? MultiLabelEvaluation.LossAndAccuracy(probabilities, held.Labels, sets)
                : SingleLabelEvaluation.LossAndAccuracy(probabilities, k, held.Labels)
        );
        // Classes by themselves are decisions of yes or no.
        _logits.Add(LogitBlend.LogitsOf(probabilities, labels.Sets is null ? k : 1));
    }
}

/// <summary>What the folds decided.</summary>
/// <param name="Training">Their epochs, in the mean; the one to keep.</param>
/// <param name="LinearBranch">The linear part, its penalty chosen; null for none.</param>
/// <param name="Output">The scales; null where the recipe has none.</param>
/// <param name="Threshold">The score from which the second of two classes is given.</param>
/// <param name="Probabilities">
/// [N,K] of every text by models that lack it, scaled on texts that lack it too; fold after fold.
/// </param>
internal sealed record FoldChoice(
    TrainingResult Training,
    LinearBranchOptions? LinearBranch,
    OutputCalibration? Output,
    float Threshold,
    float[] Probabilities
)
{
    public string Summary => LinearBranch is null ? "" : $", {LinearChoice.Of(LinearBranch)}";
}

/// <summary>Logits of all texts by models that lack them, epoch by epoch and penalty by penalty.</summary>
internal sealed class FoldScores(int folds)
{
    private readonly List<int> _labels = [];
    private readonly List<(int Texts, IReadOnlyList<EpochRecord> History, HeldOutScores Held)> _epochs = [];
    private readonly List<float[][]> _linear = [];

    public int Folds { get; } = folds;

    // Penalties to choose among, from strong to weak, as factors of what suits many texts; few texts begin with the
    // fourth.
    private static readonly double[] Factors = [1.0 / 27, 1.0 / 15, 1.0 / 9, 0.2, 1.0 / 3, 0.6, 1, 5.0 / 3, 3];
    private const int DefaultFactor = 3;

    // An LSTM learns little from few texts, so it has to show that it adds something.
    private static readonly LogitBlend LinearAlone = new([0, 1], 0);

    /// <summary>
    /// Linear parts to choose among: nine penalties, and where asked for the same with features scaled as naive Bayes
    /// would.
    /// </summary>
    public static IReadOnlyList<LinearChoice> Choices(LinearBranchOptions linear, bool naiveBayes)
    {
        IEnumerable<LinearChoice> plain = Factors.Select(factor => new LinearChoice(
            Math.Round(factor * linear.InversePenalty, 3),
            linear.NaiveBayes
        ));
        return [.. plain, .. naiveBayes ? plain.Select(choice => choice with { NaiveBayes = 1 }) : []];
    }

    public void Add(int[] labels, IReadOnlyList<EpochRecord> history, HeldOutScores held)
    {
        _labels.AddRange(labels);
        _epochs.Add((labels.Length, history, held));
    }

    public void Add(float[][] linear) => _linear.Add(linear);

    /// <summary>
    /// Chooses: the epoch whose logits, scaled, have the least loss; the penalty whose logits have it, if it passes
    /// chance.
    /// </summary>
    public FoldChoice Choose(RecipeOptions options, LabelMap labels, bool naiveBayes)
    {
        int[] truth = labels.Sets is { } sets ? MultiLabelEvaluation.Decisions([.. _labels], sets) : [.. _labels];
        int k = labels.Sets is null && labels.Names.Count > 2 ? labels.Names.Count : 1;
        IReadOnlyList<string> names = labels.Sets is null ? labels.Names : ["no", "yes"];
        float[][] epochs =
        [
            .. Enumerable.Range(0, options.Training.Epochs).Select(e => Joined(_epochs.Select(f => f.Held.Logits[e]))),
        ];
        int epoch = Best(epochs, truth, k);
        var training = new TrainingResult(MeanHistory(), StopReason.Completed, epoch + 1, epoch + 1)
        {
            Schedule = options.Training.Schedule,
        };
        List<float[]> logits = [epochs[epoch]];
        LinearBranchOptions? branch = null;
        float[][] linear = [];
        if (options.LinearBranch is { } asked)
        {
            IReadOnlyList<LinearChoice> choices = Choices(asked, naiveBayes);
            linear = [.. Enumerable.Range(0, choices.Count).Select(p => Joined(_linear.Select(f => f[p])))];
            var asItIs = new LogitBlend([1], 0);
            int chosen = PairedLoss.Best(
                [.. linear.Select(l => PairedLoss.Of(asItIs.Probabilities([l], k), truth, k))],
                DefaultFactor
            );
            branch = choices[chosen].In(asked);
            logits.Add(linear[chosen]);
        }
        OutputFit.OutputFitted? fitted =
            branch is null && !options.Calibrate
                ? null
                : OutputFit.Fit(logits, truth, k, branch is null ? OutputFit.Default(false) : LinearAlone, names);
        float[] probabilities = fitted?.Probabilities ?? new LogitBlend([1], 0).Probabilities(logits, k);
        float threshold =
            options.TuneThreshold is { } metric && k == 1
                ? DecisionThreshold.Best(probabilities, truth, metric)
                : DecisionThreshold.Default;
        return new FoldChoice(training, branch, fitted?.Calibration, threshold, probabilities);
    }

    private static int Best(float[][] candidates, int[] truth, int k)
    {
        var start = new LogitBlend([1], 0);
        return Enumerable
            .Range(0, candidates.Length)
            .MinBy(c =>
                SingleLabelEvaluation
                    .LossAndAccuracy(
                        LogitBlend.Fit([candidates[c]], truth, k, start, 1).Probabilities([candidates[c]], k),
                        k,
                        truth
                    )
                    .Loss
            );
    }

    private static float[] Joined(IEnumerable<float[]> parts) => [.. parts.SelectMany(p => p)];

    private List<EpochRecord> MeanHistory()
    {
        double all = _epochs.Sum(f => f.Texts);
        return
        [
            .. _epochs[0]
                .History.Select(
                    (record, e) =>
                        record with
                        {
                            Loss = _epochs.Average(f => f.History[e].Loss),
                            Accuracy = _epochs.Average(f => f.History[e].Accuracy),
                            ValidationLoss = _epochs.Sum(f => f.Texts / all * f.Held.Figures[e].Loss),
                            ValidationAccuracy = _epochs.Sum(f => f.Texts / all * f.Held.Figures[e].Accuracy),
                            Seconds = _epochs.Sum(f => f.History[e].Seconds),
                        }
                ),
        ];
    }
}
