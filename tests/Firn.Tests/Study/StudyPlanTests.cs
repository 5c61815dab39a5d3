using Firn.Study;

namespace Firn.Tests.Study;

public class StudyPlanTests
{
    private static readonly StudyOptions Options = new()
    {
        Seeds = 3,
        Policies = [StudyPolicy.Trainable, StudyPolicy.Map],
    };

    [Fact]
    public void Sizes_beyond_the_data_are_left_out_and_all_is_all()
    {
        (int[] sizes, int[] leftOut) = StudyPlan.SizesOf([500, 2000, 50_000, StudyOptions.AllTexts], 2000);
        Assert.Equal([500, 2000], sizes);
        Assert.Equal([50_000], leftOut);
    }

    [Fact]
    public void One_seed_of_every_size_comes_first_and_the_last_seeds_of_the_largest_come_last()
    {
        var groups = StudyPlan.Jobs([500, 2000, 100_000], Options).Select(j => (j.Size, j.Seed)).Distinct().ToArray();
        Assert.Equal([(500, 1), (2000, 1), (100_000, 1)], groups[..3]);
        Assert.Equal([(100_000, 2), (100_000, 3)], groups[^2..]);
    }

    [Fact]
    public void A_repair_needs_no_training_of_its_own_and_frozen_is_always_there()
    {
        StudyJob[] jobs = [.. StudyPlan.Jobs([500], Options with { Seeds = 1 })];
        Assert.Equal([StudyPolicy.Frozen, StudyPolicy.Trainable], jobs.Select(j => j.Trains));
        Assert.Equal([StudyPolicy.Trainable, StudyPolicy.Map], jobs[1].Gives);
    }

    [Fact]
    public void A_budget_drops_what_would_end_too_late_and_goes_on_with_what_fits()
    {
        StudyJob[] jobs =
        [
            new(500, 1, StudyPolicy.Frozen, [StudyPolicy.Frozen]),
            new(100_000, 1, StudyPolicy.Frozen, [StudyPolicy.Frozen]),
            new(500, 2, StudyPolicy.Frozen, [StudyPolicy.Frozen]),
        ];
        var queue = new StudyQueue(
            jobs,
            Options with
            {
                Epochs = 2,
            },
            TimeSpan.FromSeconds(100),
            () => TimeSpan.FromSeconds(10)
        );
        Assert.Same(jobs[0], queue.Next());
        queue.Took(jobs[0], 1, 20); // 500 texts a second, so 100,000 take 200; and 20 for all else
        Assert.Same(jobs[2], queue.Next());
        Assert.Null(queue.Next());
        Assert.Equal([jobs[1]], queue.Dropped);
    }

    [Theory]
    [InlineData(20, 4)]
    [InlineData(500, 100)]
    [InlineData(2000, 200)]
    [InlineData(200_000, 5000)]
    public void Validation_takes_a_tenth_but_enough_to_tell_epochs_apart(int texts, int validation) =>
        Assert.Equal(validation, StudyTraining.ValidationTexts(texts));

    [Fact]
    public void Names_are_read_and_misspelt_ones_refused()
    {
        Assert.All(StudyPolicies.All, p => Assert.Equal(p, StudyPolicies.Parse(StudyPolicies.NameOf(p))));
        Assert.Contains(
            "thaw-embedding",
            Assert.Throws<ArgumentException>(() => StudyPolicies.Parse("thaw-al")).Message,
            StringComparison.Ordinal
        );
    }
}
