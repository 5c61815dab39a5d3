namespace Firn.Study;

/// <summary>One training and what is computed from it.</summary>
/// <param name="Size">Texts, validation included.</param>
/// <param name="Seed">The repetition, from 1.</param>
/// <param name="Trains">The policy whose model is trained.</param>
/// <param name="Gives">The policies that get a result: it, and repairs of it.</param>
internal sealed record StudyJob(int Size, int Seed, StudyPolicy Trains, IReadOnlyList<StudyPolicy> Gives);

/// <summary>The trainings of a study in the order in which they tell most.</summary>
internal static class StudyPlan
{
    // Within a size and seed, the comparison that the study is about comes first.
    private static readonly StudyPolicy[] Trainings =
    [
        StudyPolicy.Frozen,
        StudyPolicy.Trainable,
        StudyPolicy.Random,
        StudyPolicy.ThawAll,
        StudyPolicy.ThawEmbedding,
        StudyPolicy.Anchor,
    ];

    /// <summary>The sizes that the data reaches, ascending, and those it does not.</summary>
    public static StudySizes SizesOf(IReadOnlyList<int> asked, int texts)
    {
        int[] sizes =
        [
            .. asked
                .Select(size => size == StudyOptions.AllTexts ? texts : size)
                .Where(size => size <= texts)
                .Distinct()
                .Order(),
        ];
        return new(sizes, [.. asked.Where(size => size != StudyOptions.AllTexts && size > texts).Distinct().Order()]);
    }

    /// <summary>
    /// First one seed of every size, the small ones first; then further seeds by what they tell a second: the k-th seed
    /// lowers the variance of a mean over seeds by 1/(k-1) - 1/k of one seed's, and costs in proportion to texts times
    /// epochs. So a budget takes the last seeds of the largest size first.
    /// </summary>
    public static IReadOnlyList<StudyJob> Jobs(IReadOnlyList<int> sizes, StudyOptions options)
    {
        HashSet<StudyPolicy> wanted = [StudyPolicy.Frozen, .. options.Policies];
        (StudyPolicy Trains, StudyPolicy[] Gives)[] trainings =
        [
            .. Trainings
                .Select(t =>
                    (t, StudyPolicies.All.Where(p => wanted.Contains(p) && StudyPolicies.TrainedBy(p) == t).ToArray())
                )
                .Where(t => t.Item2.Length > 0),
        ];
        var groups = sizes
            .SelectMany(size => Enumerable.Range(1, options.Seeds).Select(seed => (Size: size, Seed: seed)))
            .OrderByDescending(g => g.Seed == 1)
            .ThenByDescending(g => g.Seed == 1 ? -g.Size : 1.0 / (g.Seed * (g.Seed - 1.0)) / Cost(g.Size, options))
            .ThenBy(g => g.Size);
        return [.. groups.SelectMany(g => trainings.Select(t => new StudyJob(g.Size, g.Seed, t.Trains, t.Gives)))];
    }

    /// <summary>What a training's time is proportional to.</summary>
    public static double Cost(int size, StudyOptions options) => (double)size * options.TrainingOf(size).Epochs;
}
