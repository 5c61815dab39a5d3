using System.Globalization;

namespace Firn.Study;

/// <summary>Words the first paragraph of a study: every sentence is chosen by the figures and holds them.</summary>
internal sealed class FindingWriter(StudySummary summary, FindingWords words, IReadOnlyList<Hypothesis> answers)
{
    public StudyFinding Write()
    {
        string[] sentences =
        [
            .. new[] { Ends(), Best(), Scratch(), Unseen(), Wrong(), Doubt() }.Where(s => s.Length > 0),
        ];
        return new StudyFinding(Headline(), string.Join(" ", sentences), answers);
    }

    /// <summary>Freeze or train, by the sizes at which Holm's correction leaves their difference.</summary>
    private string Headline()
    {
        StudyRow[] trained = Rows(StudyPolicy.Trainable);
        if (trained.Length == 0)
            return $"This study measures "
                + $"{string.Join(", ", summary.Rows.Select(r => StudyPolicies.NameOf(r.Policy)).Distinct())} and "
                + $"does not compare training the word vectors with freezing them.";
        int[] freeze = Where(trained, -1),
            train = Where(trained, 1),
            open = Where(trained, 0);
        string undecided = open.Length == 0 ? "" : $"; with {words.Texts(open)} the test cannot tell the two apart";
        return Plain(trained, (freeze, train), undecided) + Thawed(freeze.Length == 0 && train.Length == 0);
    }

    /// <summary>
    /// Thawing that beats the frozen table belongs to the headline, whatever training from the start does.
    /// </summary>
    private string Thawed(bool noDifference)
    {
        StudyRow[] better =
        [
            .. summary.Rows.Where(r => r.Policy is StudyPolicy.ThawAll or StudyPolicy.ThawEmbedding && r.Direction > 0),
        ];
        if (better.Length == 0)
            return "";
        StudyRow best = better.MaxBy(r => r.AgainstFrozen!.Mean)!;
        string policy = FindingWords.Subject(best.Policy);
        return $" {(noDifference ? "But " + policy : char.ToUpperInvariant(policy[0]) + policy[1..])} beats the "
            + $"frozen table with {words.Texts(best.Size)}, {FindingWords.Points(best.AgainstFrozen!)}.";
    }

    private string Plain(StudyRow[] trained, (int[] Freeze, int[] Train) shown, string undecided)
    {
        (int[] freeze, int[] train) = shown;
        string sizes =
            trained.Length == 1
                ? $"with {words.Texts(trained[0].Size)}"
                : $"at any size from {FindingWords.Count(trained[0].Size)} to {words.Texts(trained[^1].Size)}";
        return (freeze.Length > 0, train.Length > 0) switch
        {
            (false, false) when trained.All(r => r.IsEquivalent) =>
                $"Freeze or train, accuracy stays within one point here, with "
                    + $"{words.Texts([.. trained.Select(r => r.Size)])}.",
            (false, false) =>
                $"Freeze or train, no difference is shown here that {FindingWords.Count(summary.TestTexts)} test "
                    + $"texts could show {sizes}.",
            (true, false) =>
                $"Keep the word vectors frozen: with {words.Texts(freeze)} the frozen table beats the trained one"
                    + $"{undecided}.",
            (false, true) =>
                $"Train the word vectors: with {words.Texts(train)} the trained table beats the frozen one{undecided}.",
            _ when freeze.Max() < train.Min() =>
                $"Freeze while texts are few, train when there are many: with {words.Texts(freeze)} the frozen table "
                    + $"wins, with {words.Texts(train)} the trained one{undecided}.",
            _ => $"No one rule holds here: the frozen table wins with {words.Texts(freeze)} and the trained one with "
                + $"{words.Texts(train)}{undecided}.",
        };
    }

    private string Ends()
    {
        StudyRow[] trained = Rows(StudyPolicy.Trainable);
        if (trained.Length == 0)
            return "";
        string At(StudyRow row) =>
            $"With {words.Texts(row.Size)} the frozen table is right on "
            + $"{FindingWords.Share(summary.Row(row.Size, StudyPolicy.Frozen)!.Accuracy.Mean)} of the test and "
            + $"the trained one on {FindingWords.Share(row.Accuracy.Mean)}, {FindingWords.Points(row.AgainstFrozen!)}.";
        const string reading = "(In brackets, here and below: the 95% interval of the difference.)";
        return trained.Length == 1 ? $"{At(trained[0])} {reading}" : $"{At(trained[0])} {reading} {At(trained[^1])}";
    }

    /// <summary>The policy with the highest mean at both ends, if it is another than the two of the headline.</summary>
    private string Best()
    {
        var best = summary
            .Sizes.Select(size => summary.Rows.Where(r => r.Size == size).MaxBy(r => r.Accuracy.Mean)!)
            .ToArray();
        StudyRow[] ends = best.Length == 1 ? best : [best[0], best[^1]];
        StudyRow[] others =
        [
            .. ends.Where(r =>
                r.Policy is not (StudyPolicy.Frozen or StudyPolicy.Trainable) && r.AgainstFrozen is not null
            ),
        ];
        return string.Join(
            " ",
            others.Select(r =>
                $"The highest mean with {words.Texts(r.Size)} is that of {FindingWords.Subject(r.Policy)}: "
                + $"{FindingWords.Share(r.Accuracy.Mean)}, {FindingWords.Points(r.AgainstFrozen!)} against the "
                + $"frozen table"
                + (
                    r.Direction == 0
                        ? ", which chance can explain."
                        : string.Create(
                            CultureInfo.InvariantCulture,
                            $", p {r.HolmPValue:0.0000} after Holm's correction. The highest of several means is a "
                                + $"little too high as a rule: it was chosen for being the highest (the winner's "
                                + $"curse)."
                        )
                )
            )
        );
    }

    private string Scratch()
    {
        StudyRow[] random = Rows(StudyPolicy.Random);
        if (random.Length == 0)
            return "";
        string text =
            $"What pretraining is worth: a table learnt from scratch is "
            + $"{FindingWords.Points(random[0].AgainstFrozen!)} against the frozen one with "
            + $"{words.Texts(random[0].Size)}";
        if (random.Length > 1)
            text += $" and {FindingWords.Points(random[^1].AgainstFrozen!)} with {words.Texts(random[^1].Size)}";
        StudyRow? level = random.FirstOrDefault(r => r.Direction > 0 || r.IsEquivalent);
        if (level is not null)
            return text + $"; it has caught up with {words.Texts(level.Size)}.";
        return text
            + (
                random.All(r => r.Direction < 0)
                    ? ": at no size measured has it caught up."
                    : "; that it has caught up at any size is not shown."
            );
    }

    private string Unseen()
    {
        // Where about half of the texts hold such words, both halves are large enough to compare.
        StudyRow? row = Rows(StudyPolicy.Trainable)
            .Where(r => r.SliceAgainstRest is not null)
            .MinBy(r => Math.Abs(r.SliceShare - 0.5));
        if (row is null)
            return "";
        string share =
            $"{FindingWords.Share(row.SliceShare)} of the test texts hold a word that training on "
            + $"{words.Texts(row.Size)} never saw; ";
        return row.SliceAgainstRest!.Sign switch
        {
            < 0 => share
                + $"on them training the table does worse than on the others, "
                + $"{FindingWords.Points(row.SliceAgainstRest)}: the words left behind do cost accuracy.",
            > 0 => share
                + $"on them training the table does better than on the others, "
                + $"{FindingWords.Points(row.SliceAgainstRest)}: the words left behind cost nothing.",
            _ => share
                + $"training the table does no worse on them than on the others, as far as the test can tell ("
                + $"{FindingWords.Points(row.SliceAgainstRest)}): the words left behind do not decide here.",
        };
    }

    private string Wrong()
    {
        Hypothesis[] wrong = [.. answers.Where(a => a.Verdict == HypothesisVerdict.Wrong)];
        return wrong.Length == 0
            ? ""
            : $"Often said and wrong here: {string.Join(" ", wrong.Select(a => $"\"{a.Claim}\""))}";
    }

    private string Doubt()
    {
        int least = summary.Rows.Min(r => r.Seeds);
        return least > 1
            ? ""
            : "Some figures stand on one repetition, so their intervals know nothing of the luck of the draw; more "
                + "seeds would.";
    }

    private StudyRow[] Rows(StudyPolicy policy) =>
        [.. summary.Rows.Where(r => r.Policy == policy && r.AgainstFrozen is not null)];

    private static int[] Where(StudyRow[] rows, int sign) =>
        [.. rows.Where(r => r.Direction == sign).Select(r => r.Size)];
}
