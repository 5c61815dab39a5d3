using Firn.Study;

namespace Firn.Tests.Study;

public class StudyFindingTests
{
    [Fact]
    public void Frozen_that_wins_everywhere_is_told_to_be_kept()
    {
        StudyFinding finding = Of((500, -0.03, 0.01), (2000, -0.02, 0.01));
        Assert.StartsWith(
            "Keep the word vectors frozen: with 500 and all 2,000 texts the frozen table beats the trained one.",
            finding.Headline,
            StringComparison.Ordinal
        );
        Assert.Contains("-3.0 points (-4.0 to -2.0)", finding.Paragraph, StringComparison.Ordinal);
        Assert.Equal(HypothesisVerdict.Holds, Harm(finding).Verdict);
    }

    [Fact]
    public void A_crossing_is_named_with_the_sizes_on_both_sides_and_what_is_open()
    {
        StudyFinding finding = Of((500, -0.03, 0.01), (2000, 0.001, 0.01), (10_000, 0.02, 0.01));
        Assert.Equal(
            "Freeze while texts are few, train when there are many: with 500 texts the frozen table wins, with all "
                + "10,000 texts the trained one; with 2,000 texts the test cannot tell the two apart.",
            finding.Headline
        );
        Assert.Equal(HypothesisVerdict.InPart, Harm(finding).Verdict);
    }

    [Fact]
    public void Where_training_wins_the_folk_answer_is_called_wrong()
    {
        StudyFinding finding = Of((500, 0.03, 0.01));
        Assert.StartsWith("Train the word vectors", finding.Headline, StringComparison.Ordinal);
        Assert.Equal(HypothesisVerdict.Wrong, Harm(finding).Verdict);
        Assert.Contains(
            "Often said and wrong here: \"Training the vectors",
            finding.Paragraph,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void No_difference_is_called_none()
    {
        StudyFinding finding = Of((500, 0.002, 0.01), (2000, -0.002, 0.01));
        Assert.StartsWith(
            "Freeze or train, no difference is shown here that 1,000 test texts could show",
            finding.Headline,
            StringComparison.Ordinal
        );
        Assert.Equal(HypothesisVerdict.Undecided, Harm(finding).Verdict);
    }

    [Fact]
    public void Equal_is_said_only_where_the_test_of_equivalence_says_so()
    {
        Assert.StartsWith(
            "Freeze or train, accuracy stays within one point here",
            Of((500, 0.002, 0.003), (2000, -0.001, 0.003)).Headline,
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "Freeze or train, no difference is shown here",
            Of((500, 0.002, 0.003), (2000, -0.001, 0.02)).Headline,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Thawing_that_wins_stands_in_the_headline_though_training_from_the_start_does_not()
    {
        StudySummary plain = SummaryOf((500, 0.002, 0.01));
        StudyFinding finding = StudyFinding.Of(
            plain with
            {
                Rows = [.. plain.Rows, Row(500, StudyPolicy.ThawEmbedding, 0.031, 0.02)],
            }
        );
        Assert.Contains(
            "But freezing first and then thawing the table alone beats the frozen table with all 500 texts, +3.1 "
                + "points (+1.1 to +5.1).",
            finding.Headline,
            StringComparison.Ordinal
        );
        Assert.Contains("winner's curse", finding.Paragraph, StringComparison.Ordinal);
    }

    [Fact]
    public void Catching_up_is_not_said_of_an_interval_that_merely_holds_zero()
    {
        StudySummary plain = SummaryOf((500, 0.002, 0.01));
        StudyFinding open = StudyFinding.Of(
            plain with
            {
                Rows = [.. plain.Rows, Row(500, StudyPolicy.Random, -0.005, 0.01)],
            }
        );
        Assert.Contains("that it has caught up at any size is not shown", open.Paragraph, StringComparison.Ordinal);
        StudyFinding level = StudyFinding.Of(
            plain with
            {
                Rows = [.. plain.Rows, Row(500, StudyPolicy.Random, -0.001, 0.004)],
            }
        );
        Assert.Contains("it has caught up with all 500 texts", level.Paragraph, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_with_unseen_words_that_lose_by_training_are_told()
    {
        StudyFinding finding = Of((500, -0.01, 0.02));
        Assert.Contains(
            "30.0% of the test texts hold a word that training on all 500 texts never saw",
            finding.Paragraph,
            StringComparison.Ordinal
        );
        Assert.Contains("the words left behind do cost accuracy", finding.Paragraph, StringComparison.Ordinal);
    }

    private static Hypothesis Harm(StudyFinding finding) =>
        finding.Answers.Single(a => a.Claim.StartsWith("Training the vectors", StringComparison.Ordinal));

    /// <summary>
    /// A study in which training differs from freezing by so much, with intervals of so much to either side.
    /// </summary>
    private static StudyFinding Of(params (int Size, double Difference, double Half)[] sizes) =>
        StudyFinding.Of(SummaryOf(sizes));

    private static StudySummary SummaryOf(params (int Size, double Difference, double Half)[] sizes) =>
        new()
        {
            Data = "texts",
            Labels = ["a", "b"],
            TrainTexts = sizes[^1].Size,
            TestTexts = 1000,
            Vectors = "vectors",
            Words = 100,
            Dimension = 10,
            IdBytes = 10,
            VectorBytes = 400,
            Rows =
            [
                .. sizes.SelectMany(s =>
                    new[]
                    {
                        Row(s.Size, StudyPolicy.Frozen, 0, s.Half),
                        Row(s.Size, StudyPolicy.Trainable, s.Difference, s.Half),
                    }
                ),
            ],
            Diverged = new Dictionary<int, IReadOnlyList<StudyDivergence>>(),
            Dropped = [],
            TooLarge = [],
            Remark = null,
        };

    private static StudyRow Row(int size, StudyPolicy policy, double difference, double half)
    {
        bool pair = policy != StudyPolicy.Frozen;
        Estimate Around(double mean) => new(mean, mean - half, mean + half);
        return new StudyRow
        {
            Size = size,
            Policy = policy,
            Seeds = 3,
            Accuracy = Around(0.8 + difference),
            AgainstFrozen = pair ? Around(difference) : null,
            Discordant = default,
            PValue = pair ? 0.01 : null,
            HolmPValue =
                !pair ? null
                : Math.Abs(difference) > half ? 0.01
                : 0.5,
            EquivalencePValue =
                !pair ? null
                : half < 0.005 && Math.Abs(difference) < 0.005 ? 0.01
                : 0.5,
            SliceShare = 0.3,
            Slice = Around(0.75 + difference),
            SliceAgainstFrozen = pair ? Around(difference) : null,
            SliceAgainstRest = pair ? new Estimate(-0.05, -0.08, -0.02) : null,
            Cosine = null,
            NeighborsKept = null,
            TrainingBytes = 1000,
            VersionBytes = 100,
            Seconds = 1,
            BestEpoch = 3,
        };
    }
}
