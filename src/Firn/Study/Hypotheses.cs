using System.Globalization;

namespace Firn.Study;

/// <summary>The usual reasons for freezing word vectors, held against the figures of a study.</summary>
internal sealed class Hypotheses(StudySummary summary, FindingWords words)
{
    /// <summary>Those that the measured policies allow to judge.</summary>
    public IReadOnlyList<Hypothesis> All() =>
        [
            .. new[]
            {
                Pretrained(),
                FineTuningHarms(),
                LeftBehind(),
                MiddleWay(),
                AloneIsEnough(),
                Repairs(),
                Wire(),
            }.OfType<Hypothesis>(),
        ];

    private Hypothesis? Pretrained() =>
        Judge(
            "The pretrained table knows words from far more text than the task has, so it beats a table learnt from "
                + "scratch.",
            StudyPolicy.Random,
            row => row.AgainstFrozen,
            holdsWhen: -1,
            row =>
                $"a table learnt from scratch is at {FindingWords.Share(row.Accuracy.Mean)}, "
                + $"{FindingWords.Points(row.AgainstFrozen!)} against the frozen one"
        );

    private Hypothesis? FineTuningHarms() =>
        Judge(
            "Training the vectors on a small task spoils them, so freezing gives the better classifier.",
            StudyPolicy.Trainable,
            row => row.AgainstFrozen,
            holdsWhen: -1,
            row => $"training the table changes accuracy by {FindingWords.Points(row.AgainstFrozen!)}"
        );

    /// <summary>
    /// Judged by the slice against the rest: texts with unseen words must lose by training, or gain less than other
    /// texts do.
    /// </summary>
    private Hypothesis? LeftBehind()
    {
        Hypothesis? judged = Judge(
            "Fine-tuning moves only the words that the training set contains; the others stay behind, and texts that "
                + "hold them are misread.",
            StudyPolicy.Trainable,
            row => row.SliceAgainstRest,
            holdsWhen: -1,
            row =>
                $"on the {FindingWords.Share(row.SliceShare)} of test texts with a word that training lacked, "
                + $"training the table changes accuracy by "
                + $"{FindingWords.Points(row.SliceAgainstFrozen!)}, which differs from its effect on the other texts "
                + $"by {FindingWords.Points(row.SliceAgainstRest!)}"
        );
        if (judged is null)
            return null;
        StudyRow[] moved =
        [
            .. summary.Rows.Where(r => r.Policy == StudyPolicy.Trainable && r.NeighborsKept is not null),
        ];
        return moved.Length == 0
            ? judged
            : judged with
            {
                Evidence =
                    judged.Evidence
                    + string.Create(
                        CultureInfo.InvariantCulture,
                        $" The words themselves do move: with {words.Texts(moved[^1].Size)} a trained word keeps "
                            + $"{moved[^1].NeighborsKept:0%} of its ten nearest neighbors."
                    ),
            };
    }

    private Hypothesis? MiddleWay()
    {
        var pairs = summary
            .Sizes.Select(size =>
                (
                    Thawed: Best(size, StudyPolicy.ThawAll, StudyPolicy.ThawEmbedding),
                    Plain: Best(size, StudyPolicy.Frozen, StudyPolicy.Trainable)
                )
            )
            .Where(pair => pair.Thawed is not null && pair.Plain is not null)
            .Select(pair => (Thawed: pair.Thawed!, Plain: pair.Plain!))
            .ToArray();
        if (pairs.Length == 0)
            return null;
        // Two policies are told apart here by whether either's interval holds the other's mean: a cautious rule.
        int[] signs =
        [
            .. pairs.Select(p =>
                p.Thawed.Accuracy.Low > p.Plain.Accuracy.Mean && p.Plain.Accuracy.High < p.Thawed.Accuracy.Mean ? 1
                : p.Thawed.Accuracy.High < p.Plain.Accuracy.Mean && p.Plain.Accuracy.Low > p.Thawed.Accuracy.Mean ? -1
                : 0
            ),
        ];
        return new Hypothesis(
            "Freezing first and thawing later is the best of both.",
            Verdict(signs),
            Sentence(
                pairs.Select(p =>
                    $"with {words.Texts(p.Thawed.Size)} {FindingWords.Subject(p.Thawed.Policy)} reaches "
                    + $"{FindingWords.Share(p.Thawed.Accuracy.Mean)} and "
                    + $"{FindingWords.Subject(p.Plain.Policy)} {FindingWords.Share(p.Plain.Accuracy.Mean)}"
                )
            )
        );
    }

    private Hypothesis? AloneIsEnough()
    {
        var pairs = summary
            .Sizes.Select(size =>
                (All: summary.Row(size, StudyPolicy.ThawAll), Alone: summary.Row(size, StudyPolicy.ThawEmbedding))
            )
            .Where(p => p.All is not null && p.Alone is not null)
            .Select(p => (All: p.All!, Alone: p.Alone!))
            .ToArray();
        if (pairs.Length == 0)
            return null;
        (StudyRow all, StudyRow alone) = pairs[^1];
        double saved = 1 - (double)alone.TrainingBytes / all.TrainingBytes;
        HypothesisVerdict verdict =
            saved < 0.05 ? HypothesisVerdict.Wrong
            : saved < 0.25 ? HypothesisVerdict.InPart
            : HypothesisVerdict.Holds;
        return new Hypothesis(
            "Where memory is short, thaw the table alone and fix everything else.",
            verdict,
            string.Create(
                CultureInfo.InvariantCulture,
                $"Thawing the table alone needs {alone.TrainingBytes / 1e6:0.0} MB of weights, gradients and "
                    + $"optimizer state, thawing everything {all.TrainingBytes / 1e6:0.0} MB: {saved:0%} less, for "
                    + $"the table is the large part. "
            )
                + Sentence(
                    pairs.Select(p =>
                        $"with {words.Texts(p.All.Size)} it reaches {FindingWords.Share(p.Alone.Accuracy.Mean)} and "
                        + $"thawing everything {FindingWords.Share(p.All.Accuracy.Mean)}"
                    )
                )
        );
    }

    private Hypothesis? Repairs()
    {
        StudyPolicy[] repairs = [StudyPolicy.Anchor, StudyPolicy.Map, StudyPolicy.Neighbors, StudyPolicy.Revert];
        var pairs = summary
            .Sizes.Select(size => (Repaired: Best(size, repairs), Trained: summary.Row(size, StudyPolicy.Trainable)))
            .Where(p => p.Repaired?.Slice is not null && p.Trained?.Slice is not null)
            .Select(p => (Repaired: p.Repaired!, Trained: p.Trained!))
            .ToArray();
        if (pairs.Length == 0)
            return null;
        int[] signs =
        [
            .. pairs.Select(p =>
                p.Repaired.Slice!.Low > p.Trained.Slice!.Mean ? 1
                : p.Repaired.Slice.High < p.Trained.Slice.Mean ? -1
                : 0
            ),
        ];
        return new Hypothesis(
            "Words that stayed behind can be brought after the others.",
            Verdict(signs),
            Sentence(
                pairs.Select(p =>
                    $"with {words.Texts(p.Trained.Size)} the best repair is "
                    + $"{FindingWords.Subject(p.Repaired.Policy)}, {FindingWords.Share(p.Repaired.Slice!.Mean)} "
                    + $"on texts with unseen words where the trained table without it has "
                    + $"{FindingWords.Share(p.Trained.Slice!.Mean)}"
                )
            )
        );
    }

    private Hypothesis Wire()
    {
        StudyRow? frozen = summary.Row(summary.Sizes[^1], StudyPolicy.Frozen),
            trained = summary.Row(summary.Sizes[^1], StudyPolicy.Trainable);
        string versions =
            frozen is null || trained is null
                ? ""
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $" A server that has its table can read ids whether it was trained or not; what freezing adds is "
                        + $"that a new version of the model is {frozen.VersionBytes / 1e3:0} kB instead of "
                        + $"{trained.VersionBytes / 1e6:0.0} MB."
                );
        return new Hypothesis(
            "With a static table a client can send one number a word instead of a vector.",
            HypothesisVerdict.Holds,
            string.Create(
                CultureInfo.InvariantCulture,
                $"A test text is {summary.IdBytes:0.0} bytes as packed ids and {summary.VectorBytes:N0} bytes as "
                    + $"vectors, {summary.VectorBytes / summary.IdBytes:0} times as much."
            ) + versions
        );
    }

    private Hypothesis? Judge(
        string claim,
        StudyPolicy policy,
        Func<StudyRow, Estimate?> difference,
        int holdsWhen,
        Func<StudyRow, string> evidence
    )
    {
        StudyRow[] rows = [.. summary.Rows.Where(r => r.Policy == policy && difference(r) is not null)];
        // Comparisons with the frozen table are corrected for their number; a slice's are what their intervals say.
        return rows.Length == 0
            ? null
            : new Hypothesis(
                claim,
                Verdict([
                    .. rows.Select(r =>
                        (ReferenceEquals(difference(r), r.AgainstFrozen) ? r.Direction : difference(r)!.Sign)
                        * holdsWhen
                    ),
                ]),
                Sentence(rows.Select(r => $"with {words.Texts(r.Size)} {evidence(r)}"))
            );
    }

    private StudyRow? Best(int size, params StudyPolicy[] policies) =>
        policies.Select(policy => summary.Row(size, policy)).OfType<StudyRow>().MaxBy(row => row.Accuracy.Mean);

    private static HypothesisVerdict Verdict(int[] signs) =>
        (signs.Contains(1), signs.Contains(-1)) switch
        {
            (true, true) => HypothesisVerdict.InPart,
            (true, false) => HypothesisVerdict.Holds,
            (false, true) => HypothesisVerdict.Wrong,
            _ => HypothesisVerdict.Undecided,
        };

    private static string Sentence(IEnumerable<string> parts)
    {
        string joined = string.Join("; ", parts);
        return char.ToUpperInvariant(joined[0]) + joined[1..] + ".";
    }
}
