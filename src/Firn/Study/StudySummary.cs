namespace Firn.Study;

/// <summary>A mean and the interval that holds it with 95% confidence.</summary>
/// <param name="Mean">As measured.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public sealed record Estimate(double Mean, double Low, double High)
{
    /// <summary>1 where the interval lies above zero, -1 where it lies below, 0 where it holds zero.</summary>
    public int Sign =>
        Low > 0 ? 1
        : High < 0 ? -1
        : 0;
}

/// <summary>One policy at one training size, over all its seeds. Accuracies are shares of 1.</summary>
public sealed record StudyRow
{
    /// <summary>Texts, validation included.</summary>
    public required int Size { get; init; }

    /// <summary>What was done with the table.</summary>
    public required StudyPolicy Policy { get; init; }

    /// <summary>Repetitions measured.</summary>
    public required int Seeds { get; init; }

    /// <summary>Accuracy on the test.</summary>
    public required Estimate Accuracy { get; init; }

    /// <summary>Accuracy less that of the frozen table with the same seeds; null for the frozen table itself.</summary>
    public required Estimate? AgainstFrozen { get; init; }

    /// <summary>Texts in all seeds together that only this policy gets right, and only the frozen table.</summary>
    public required (int OnlyThis, int OnlyFrozen) Discordant { get; init; }

    /// <summary>
    /// The p-value of no difference from the frozen table: one paired test over all seeds and texts; null for the
    /// frozen table itself.
    /// </summary>
    public required double? PValue { get; init; }

    /// <summary>
    /// <see cref="PValue"/> after Holm's correction for all comparisons of the study with a frozen table.
    /// </summary>
    public double? HolmPValue { get; init; }

    /// <summary>
    /// The p-value of a difference from the frozen table of at least <see cref="StudySummary.EquivalenceMargin"/>:
    /// where it is small the two are equivalent; null for the frozen table itself.
    /// </summary>
    public double? EquivalencePValue { get; init; }

    /// <summary>
    /// 1 where the study shows this table better than the frozen one, all its comparisons considered, -1 where worse, 0
    /// where neither.
    /// </summary>
    public int Direction =>
        HolmPValue < StudySummary.Level && AgainstFrozen is { } difference ? Math.Sign(difference.Mean) : 0;

    /// <summary>
    /// Whether the study shows the two within <see cref="StudySummary.EquivalenceMargin"/> of each other.
    /// </summary>
    public bool IsEquivalent => EquivalencePValue < StudySummary.Level;

    /// <summary>
    /// Mean share of the test texts that hold a word that has a vector and that the texts trained on lack.
    /// </summary>
    public required double SliceShare { get; init; }

    /// <summary>Accuracy on those; null where there are fewer than 50 on average, too few to tell.</summary>
    public required Estimate? Slice { get; init; }

    /// <summary>The same less that of the frozen table.</summary>
    public required Estimate? SliceAgainstFrozen { get; init; }

    /// <summary>
    /// The difference from the frozen table on those texts less the difference on the other texts: what unseen words
    /// themselves cost.
    /// </summary>
    public required Estimate? SliceAgainstRest { get; init; }

    /// <summary>
    /// Mean cosine of moved vectors with what they were; null where none moved or it was not measured.
    /// </summary>
    public required double? Cosine { get; init; }

    /// <summary>Mean share of ten nearest neighbors that the words trained on kept.</summary>
    public required double? NeighborsKept { get; init; }

    /// <summary>See <see cref="StudyResult.TrainingBytes"/>.</summary>
    public required long TrainingBytes { get; init; }

    /// <summary>See <see cref="StudyResult.VersionBytes"/>.</summary>
    public required long VersionBytes { get; init; }

    /// <summary>Mean training time on one thread.</summary>
    public required double Seconds { get; init; }

    /// <summary>Mean of the epochs that were kept.</summary>
    public required double BestEpoch { get; init; }
}

/// <summary>Results that a study lacks, for want of time.</summary>
/// <param name="Size">Texts.</param>
/// <param name="Seed">The repetition.</param>
/// <param name="Policies">What was not measured.</param>
public sealed record StudyDifference(int Size, int Seed, IReadOnlyList<StudyPolicy> Policies);

/// <summary>What a study found.</summary>
public sealed record StudySummary
{
    /// <summary>Shares of accuracy within which two tables are called equivalent: one point.</summary>
    public const double EquivalenceMargin = 0.01;

    /// <summary>The p-value below which something is said to be shown.</summary>
    public const double Level = 0.05;

    /// <summary>Where the texts come from.</summary>
    public required string Data { get; init; }

    /// <summary>Names of the classes.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Texts there are to train on.</summary>
    public required int TrainTexts { get; init; }

    /// <summary>Texts of the test.</summary>
    public required int TestTexts { get; init; }

    /// <summary>Where the word vectors come from.</summary>
    public required string Vectors { get; init; }

    /// <summary>Words that have a vector.</summary>
    public required int Words { get; init; }

    /// <summary>Values a vector.</summary>
    public required int Dimension { get; init; }

    /// <summary>
    /// Mean bytes of a test text on its way to a model server as packed ids, which a server can read that has the
    /// table.
    /// </summary>
    public required double IdBytes { get; init; }

    /// <summary>Mean bytes of the same text as vectors of 4 bytes a value.</summary>
    public required double VectorBytes { get; init; }

    /// <summary>By size, then in the order of the policies.</summary>
    public required IReadOnlyList<StudyRow> Rows { get; init; }

    /// <summary>The strongest diverged of the trained table at each size, first seed.</summary>
    public required IReadOnlyDictionary<int, IReadOnlyList<StudyDivergence>> Diverged { get; init; }

    /// <summary>What the budget dropped.</summary>
    public required IReadOnlyList<StudyDifference> Dropped { get; init; }

    /// <summary>Sizes asked for that the data does not reach.</summary>
    public required IReadOnlyList<int> TooLarge { get; init; }

    /// <summary>What was odd about the file of results; null for nothing.</summary>
    public required string? Remark { get; init; }

    /// <summary>The sizes measured, ascending.</summary>
    public IReadOnlyList<int> Sizes => [.. Rows.Select(r => r.Size).Distinct().Order()];

    /// <summary>The row of a policy at a size; null where it was not measured.</summary>
    public StudyRow? Row(int size, StudyPolicy policy) =>
        Rows.FirstOrDefault(r => r.Size == size && r.Policy == policy);
}
