using Firn.Data;
using Firn.Evaluation;
using Firn.Linear;
using Firn.Recipes;
using Firn.Text;
using Firn.Training;

namespace Firn;

public sealed partial class Recipe
{
    /// <summary>
    /// Scores every text by a model of this recipe that was trained without it and tells whose label that speaks
    /// against (<see cref="ConfidentLearning"/>). Nothing is kept apart as a test and no model comes of it; the time is
    /// that of as many trainings as there are folds and rounds.
    /// </summary>
    /// <param name="corpus">Labeled texts, one label each; gone through twice.</param>
    /// <param name="how">Folds and rounds; null for the usual ones.</param>
    /// <param name="observer">Told of stages and progress.</param>
    /// <param name="cancellation">Ends with an exception.</param>
    /// <exception cref="InvalidDataException">The data cannot be trained on; the message says why.</exception>
    public LabelAuditReport AuditLabels(
        IEnumerable<LabeledText> corpus,
        LabelAuditOptions? how = null,
        IRecipeObserver? observer = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(corpus);
        how ??= new LabelAuditOptions();
        Throw.IfOutside(how.Folds, 2, 100);
        Throw.IfOutside(how.Rounds, 1, 5);
        Throw.IfOutside(how.Words, 0, 1000);
        RecipeOptions options = Options with
        {
            TestShare = 0,
            Folds = how.Folds,
            Refit = false,
            TuneThreshold = null,
            Word2Vec = Options.Word2Vec with { Deterministic = true },
            Training = Options.Training with
            {
                Schedule = ThawSchedule.Trainable,
                EarlyStopping = null,
                ReduceLearningRate = null,
            },
        };
        LabeledSource source = LabeledSource.Of(corpus, options.LabelNames);
        var clock = new StageClock(observer);
        var recipe = new Recipe(options) { BySize = BySize & ~SizeSettings.Folds };
        (recipe, CorpusParts parts, LabelMap labels, _) = recipe.Parts(source, null, clock, cancellation);
        if (labels.Sets is not null)
            throw new InvalidDataException(
                "Texts have several labels each here, and the audit is of texts with one; audit each class by itself."
            );
        HeldOut held = recipe.HoldOut(parts, labels, [], (how, false), clock, cancellation);
        for (int round = 1; round < how.Rounds; round++)
        {
            HashSet<int> suspects =
            [
                .. Enumerable.Range(0, held.Rows.Length).Where(held.Judged.IsSuspect).Select(i => held.Rows[i]),
            ];
            held = recipe.HoldOut(parts, labels, suspects, (how, round == how.Rounds - 1), clock, cancellation);
        }
        return Report(held, source, labels, parts.Duplicates);
    }

    /// <summary>Out-of-fold probabilities, and words against the labels of suspects.</summary>
    private sealed record HeldOut(
        int[] Rows,
        int[] Labels,
        ConfidentLearning Judged,
        IReadOnlyDictionary<int, string[]> Against
    );

    private HeldOut HoldOut(
        CorpusParts parts,
        LabelMap labels,
        HashSet<int> left,
        (LabelAuditOptions How, bool Last) round,
        StageClock clock,
        CancellationToken cancellation
    )
    {
        clock.Begin(RecipeStage.Folds);
        IReadOnlyList<PartRows> folds =
        [
            .. parts
                .Folds(round.How.Folds, labels, Options.SplitSeed)
                .Select(fold =>
                    fold with
                    {
                        Train =
                        [
                            .. fold.Train.Select(part =>
                                part with
                                {
                                    Rows = [.. part.Rows.Where(row => !left.Contains(row))],
                                }
                            ),
                        ],
                    }
                ),
        ];
        var scored = new List<CorpusParts>();
        FoldScores scores = ScoreFolds(parts, folds, labels, clock, scored.Add, cancellation);
        FoldChoice choice = scores.Choose(Options, labels, ChoosesLinear);
        int[] rows = [.. scored.SelectMany(of => of.Validation.Rows)],
            given = [.. scored.SelectMany(of => of.Validation.Labels)];
        var judged = new ConfidentLearning(
            Columns(choice.Probabilities, given.Length, labels.Names.Count),
            given,
            labels.Names.Count
        );
        var against = new Dictionary<int, string[]>();
        if (round.Last && choice.LinearBranch is { } linear && round.How.Words > 0)
            TellWords(scored, judged, linear, round.How.Words, labels, against);
        clock.End(
            $"{Counted.Of(folds.Count, "fold")} of {Counted.Of(rows.Length, "text")}, "
                + $"{Counted.Of(left.Count, "text")} of doubtful label not trained on: "
                + $"{Counted.Of(Enumerable.Range(0, rows.Length).Count(judged.IsSuspect), "suspect")}"
        );
        return new HeldOut(rows, given, judged, against);
    }

    /// <summary>Of each suspect the words that move the linear part most from the label to the other class.</summary>
    private void TellWords(
        List<CorpusParts> folds,
        ConfidentLearning judged,
        LinearBranchOptions branch,
        int words,
        LabelMap labels,
        Dictionary<int, string[]> against
    )
    {
        int first = 0,
            threads = Options.Training.Threads > 0 ? Options.Training.Threads : Environment.ProcessorCount;
        foreach (CorpusParts of in folds)
        {
            var task = new NgramClassifier.LinearTask(
                of.Train.Labels,
                labels.Names.Count,
                [.. ClassWeights(of.Train, labels) ?? []],
                null,
                of.Train.Unseen
            );
            NgramClassifier linear = NgramClassifier.FitEach(
                of.Train.Texts,
                of.Vocabulary,
                task,
                branch,
                threads,
                [LinearChoice.Of(branch)]
            )[0];
            for (int i = 0; i < of.Validation.Count; i++)
            {
                if (judged.IsSuspect(first + i))
                    against[of.Validation.Rows[i]] = Against(linear, of, i, judged.Alternative(first + i), words);
            }
            first += of.Validation.Count;
        }
    }

    private static string[] Against(NgramClassifier linear, CorpusParts of, int text, int other, int words)
    {
        ReadOnlySpan<int> ids = of.Validation.Texts[text];
        int label = of.Validation.Labels[text];
        double[] shares = linear.TokenShares(ids, linear.OutputSize == 1 ? 0 : other).Shares;
        double[] own = linear.OutputSize == 1 ? [] : linear.TokenShares(ids, label).Shares;
        double sign = linear.OutputSize == 1 && other == 0 ? -1 : 1;
        var sums = new Dictionary<int, double>();
        for (int t = 0; t < ids.Length; t++)
            sums[ids[t]] = sums.GetValueOrDefault(ids[t]) + sign * shares[t] - (own.Length > 0 ? own[t] : 0);
        return
        [
            .. sums.Where(s => s.Value > 0)
                .OrderByDescending(s => s.Value)
                .ThenBy(s => s.Key)
                .Take(words)
                .Select(s => of.Vocabulary[s.Key]),
        ];
    }

    /// <summary>[N,C] of probabilities that may name the second of two classes alone.</summary>
    private static float[] Columns(float[] probabilities, int texts, int classes)
    {
        if (probabilities.Length == texts * classes)
            return probabilities;
        var both = new float[texts * 2];
        for (int i = 0; i < texts; i++)
            (both[2 * i], both[2 * i + 1]) = (1 - probabilities[i], probabilities[i]);
        return both;
    }

    private static LabelAuditReport Report(
        HeldOut held,
        LabeledSource source,
        LabelMap labels,
        DuplicateCounts duplicates
    )
    {
        ConfidentLearning judged = held.Judged;
        int n = held.Rows.Length;
        int[] order =
        [
            .. Enumerable
                .Range(0, n)
                .OrderByDescending(judged.IsSuspect)
                .ThenByDescending(judged.Doubt)
                .ThenBy(i => held.Rows[i]),
        ];
        var textOf = new Dictionary<int, string>(n);
        int row = 0;
        foreach (LabeledText text in source.Rows)
            textOf[row++] = text.Text;
        int[] counts = [.. Enumerable.Range(0, labels.Names.Count).Select(c => held.Labels.Count(label => label == c))];
        return new LabelAuditReport
        {
            Texts =
            [
                .. order.Select(i => new LabelDoubt(
                    held.Rows[i] + 1,
                    textOf[held.Rows[i]],
                    labels.Names[held.Labels[i]],
                    labels.Names[judged.Alternative(i)],
                    judged.Doubt(i),
                    judged.IsSuspect(i)
                )
                {
                    Probability = judged.Of(i, held.Labels[i]),
                    Against = held.Against.GetValueOrDefault(held.Rows[i]) ?? [],
                }),
            ],
            Suspects = order.Count(judged.IsSuspect),
            Confusions =
            [
                .. from a in Enumerable.Range(0, counts.Length)
                from b in Enumerable.Range(0, counts.Length)
                where a != b && judged.Joint[a][b] > 0
                orderby judged.Joint[a][b] descending
                select new LabelConfusion(
                    labels.Names[a],
                    labels.Names[b],
                    judged.Joint[a][b],
                    (double)judged.Joint[a][b] / counts[a]
                ),
            ],
            Conflicting = duplicates.Conflicting,
            Agreement = (double)order.Count(i => judged.Doubt(i) <= 0) / Math.Max(1, n),
            Loss = order.Sum(i => -Math.Log(Math.Max(judged.Of(i, held.Labels[i]), 1e-7))) / Math.Max(1, n),
        };
    }
}
