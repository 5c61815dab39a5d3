using System.Text.Json;
using Firn.Model;
using Firn.Study;
using Firn.Tests.Recipes;
using Firn.Vectors.Training;

namespace Firn.Tests.Study;

public sealed class FreezeStudyTests : IDisposable
{
    private static readonly StudyOptions Small = new()
    {
        Sizes = [100, StudyOptions.AllTexts],
        Seeds = 2,
        Policies = [StudyPolicy.Random, StudyPolicy.Trainable, StudyPolicy.ThawAll, StudyPolicy.ThawEmbedding],
        Classifier = new ClassifierOptions
        {
            HiddenSize = 4,
            EmbeddingDropout = 0.1,
            InputDropout = 0,
            RecurrentDropout = 0,
        },
        Word2Vec = new Word2VecOptions
        {
            VectorSize = 8,
            MinCount = 1,
            Epochs = 1,
            Threads = 1,
        },
        Epochs = 2,
        BatchSize = 32,
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("firn-study-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_policy_is_measured_at_every_size_and_a_second_run_trains_nothing()
    {
        var told = new List<StudyProgress>();
        StudySummary summary = Run("a", Small, told.Add);
        Assert.Equal(2 * 5, summary.Rows.Count);
        Assert.Equal(20, told.Count);
        Assert.All(summary.Rows, r => Assert.Equal(2, r.Seeds));
        Assert.Equal([100, 360], summary.Sizes);
        Assert.Null(summary.Row(100, StudyPolicy.Frozen)!.AgainstFrozen);
        Assert.NotNull(summary.Row(100, StudyPolicy.Trainable)!.AgainstFrozen);
        Assert.True(
            summary.Row(100, StudyPolicy.Frozen)!.TrainingBytes
                < summary.Row(100, StudyPolicy.ThawEmbedding)!.TrainingBytes
        );
        Assert.Empty(summary.Dropped);

        told.Clear();
        StudySummary again = Run("a", Small, told.Add);
        Assert.Empty(told);
        Assert.Equal(summary.Rows, again.Rows);
    }

    [Fact]
    public void A_broken_study_goes_on_and_ends_with_the_same_figures_on_any_number_of_jobs()
    {
        StudySummary whole = Run("whole", Small with { Jobs = 1 });
        using var stop = new CancellationTokenSource();
        int count = 0;
        Run(
            "broken",
            Small with
            {
                Jobs = 1,
            },
            _ =>
            {
                if (++count == 5)
                    stop.Cancel();
            },
            stop
        );
        string results = Path.Combine(_folder, "broken", "results.jsonl");
        File.AppendAllText(results, "{\"size\":100,\"seed\":"); // what a crash leaves
        StudySummary resumed = Run("broken", Small with { Jobs = 2 });
        Assert.Equal(whole.Rows.Select(Figures), resumed.Rows.Select(Figures));
        Assert.Contains("last line is damaged", resumed.Remark, StringComparison.Ordinal);
        Assert.Null(Run("broken", Small).Remark);
        static object Figures(StudyRow r) => (r.Size, r.Policy, r.Seeds, r.Accuracy, r.AgainstFrozen, r.Slice);
    }

    [Fact]
    public void Thawing_begins_after_the_epoch_in_which_the_frozen_table_was_best_whether_that_is_known_or_not()
    {
        StudyOptions options = Small with { Epochs = 8, Seeds = 1, Sizes = [100], LearningRate = 0.02 };
        Run("a", options);
        List<StudyResult> results = Results("a");
        StudyResult frozen = results.Single(r => r.Policy == StudyPolicy.Frozen);
        StudyResult[] thawed = [.. results.Where(r => StudyPolicies.Thaws(r.Policy))];
        Assert.Equal(2, thawed.Length);
        Assert.All(thawed, r => Assert.Equal(new StudyTraining(8, 32).ThawEpochAfter(frozen.BestEpoch), r.ThawEpoch));
        Assert.All(results.Except(thawed), r => Assert.Null(r.ThawEpoch));

        // Without the line that tells, the frozen table is trained once more to know.
        string path = Path.Combine(_folder, "a", "results.jsonl");
        File.WriteAllLines(
            path,
            File.ReadLines(path)
                .Where(line =>
                    !line.Contains("\"frozen\"", StringComparison.Ordinal)
                    && !line.Contains("\"thaw-", StringComparison.Ordinal)
                )
        );
        Run("a", options);
        Assert.Equal(
            thawed.Select(r => (r.Policy, r.ThawEpoch, r.Loss)).Order(),
            Results("a").Where(r => StudyPolicies.Thaws(r.Policy)).Select(r => (r.Policy, r.ThawEpoch, r.Loss)).Order()
        );
    }

    [Theory]
    [InlineData(24, 3, 4)]
    [InlineData(24, 20, 13)]
    [InlineData(4, 4, 3)]
    [InlineData(2, 1, 2)]
    [InlineData(2, 2, 2)]
    public void A_thaw_waits_for_the_frozen_table_but_no_longer_than_half_of_the_epochs(
        int epochs,
        int best,
        int thaw
    ) => Assert.Equal(thaw, new StudyTraining(epochs, 32).ThawEpochAfter(best));

    [Fact]
    public void Results_of_another_study_and_damaged_lines_are_refused()
    {
        Run("a", Small with { Seeds = 1 });
        Assert.Contains(
            "other texts, vectors or options",
            Refused("a", Small with { LearningRate = 0.5 }),
            StringComparison.Ordinal
        );
        string results = Path.Combine(_folder, "a", "results.jsonl");
        string[] lines = File.ReadAllLines(results);
        lines[3] = lines[3][..20];
        File.WriteAllLines(results, lines);
        Assert.Contains("line 4", Refused("a", Small with { Seeds = 1 }), StringComparison.Ordinal);
    }

    [Fact]
    public void Results_that_spell_neighbors_the_older_way_are_read()
    {
        StudyOptions options = Small with
        {
            Seeds = 1,
            Sizes = [100],
            Policies = [StudyPolicy.Trainable, StudyPolicy.Neighbors],
        };
        IReadOnlyList<StudyRow> rows = Run("a", options).Rows;
        string results = Path.Combine(_folder, "a", "results.jsonl"),
            text = File.ReadAllText(results);
        File.WriteAllText(results, text.Replace("\"neighbors\"", "\"neighbours\"", StringComparison.Ordinal));
        Assert.NotEqual(text, File.ReadAllText(results));
        List<StudyProgress> told = [];
        Assert.Equal(rows, Run("a", options, told.Add).Rows);
        Assert.Empty(told);
        Assert.Equal(StudyPolicy.Neighbors, StudyPolicies.Parse("neighbours"));
    }

    [Fact]
    public void A_used_up_budget_drops_trainings_and_says_which()
    {
        StudySummary summary = Run("a", Small with { Jobs = 1, Budget = TimeSpan.FromMilliseconds(1) });
        // the first is begun at no known price
        Assert.Equal([StudyPolicy.Frozen], summary.Rows.Select(r => r.Policy).Distinct());
        Assert.Equal([(100, 1), (100, 2), (360, 1), (360, 2)], summary.Dropped.Select(d => (d.Size, d.Seed)));
    }

    [Fact]
    public void Seeds_that_a_policy_lacks_are_left_out_of_all_means()
    {
        StudyOptions one = Small with { Sizes = [100], Policies = [StudyPolicy.Trainable], Jobs = 1 };
        Assert.All(Run("a", one).Rows, r => Assert.Equal(2, r.Seeds));
        StudySummary summary = Run(
            "a",
            one with
            {
                Policies = [StudyPolicy.Trainable, StudyPolicy.ThawAll],
                Budget = TimeSpan.FromMilliseconds(1),
            }
        );
        Assert.Equal([StudyPolicy.ThawAll], Assert.Single(summary.Dropped).Policies);
        Assert.Equal(3, summary.Rows.Count);
        Assert.All(summary.Rows, r => Assert.Equal(1, r.Seeds));
    }

    [Fact]
    public void Sizes_that_no_text_reaches_are_refused() =>
        Assert.Contains("choose smaller sizes", Refused("a", Small with { Sizes = [5000] }), StringComparison.Ordinal);

    [Fact]
    public void The_slice_holds_the_texts_with_a_word_that_training_lacks()
    {
        Run("a", Small with { Sizes = [20], Seeds = 1, Policies = [StudyPolicy.Frozen] });
        StudyData data = StudyData.Read(
            ToyCorpus.Make(400),
            null,
            null,
            Small,
            Path.Combine(_folder, "a"),
            new Firn.Recipes.StageClock(null),
            TestContext.Current.CancellationToken
        );
        StudySubset subset = StudySubset.Draw(data, 10, new Firn.Kernels.CounterRandom(1));
        Assert.Equal((8, 2), (subset.Train.Count, subset.Validation.Count));
        for (int text = 0; text < data.Test.Count; text++)
        {
            bool expected = data
                .Test.Ids[text]
                .ToArray()
                .Any(id => !subset.Train.Ids.Ids.Contains(id) && data.Table.VectorOf(id).ContainsAnyExcept(0f));
            Assert.Equal(expected, subset.Slice[text]);
        }
        Assert.Contains(true, subset.Slice);
    }

    [Fact]
    public void Word_vectors_of_other_options_are_trained_anew()
    {
        Assert.Equal(8, Read(Small).Table.Dimension);
        Assert.Equal(12, Read(Small with { Word2Vec = Small.Word2Vec with { VectorSize = 12 } }).Table.Dimension);
        Read(Small with { Cleaning = Small.Cleaning with { KeepPunctuation = true } });
        Assert.Equal(3, Directory.GetFiles(_folder, "vectors-*.bin").Length);

        StudyData Read(StudyOptions options) =>
            StudyData.Read(
                ToyCorpus.Make(400),
                null,
                null,
                options,
                _folder,
                new Firn.Recipes.StageClock(null),
                TestContext.Current.CancellationToken
            );
    }

    [Fact]
    public void A_failure_in_a_worker_ends_the_study_with_its_reason_and_keeps_what_is_done()
    {
        StudyOptions two = Small with { Jobs = 2 };
#pragma warning disable CA2201 // the one exception that a thread used to end the process with
        Assert.Throws<OutOfMemoryException>(() =>
            Run("a", two, _ => throw new OutOfMemoryException("made by the test"))
        );
#pragma warning restore CA2201
        int kept = Results("a").Count;
        Assert.InRange(kept, 1, 19);
        var told = new List<StudyProgress>();
        Run("a", two, told.Add);
        Assert.Equal(20, Results("a").Count);
    }

    private StudySummary Run(
        string name,
        StudyOptions options,
        Action<StudyProgress>? told = null,
        CancellationTokenSource? stop = null
    ) =>
        new FreezeStudy(options, Path.Combine(_folder, name)).Run(
            ToyCorpus.Make(400),
            progress: told is null ? null : new Inline(told),
            cancellation: stop?.Token ?? TestContext.Current.CancellationToken
        );

    private List<StudyResult> Results(string name) =>
        [
            .. File.ReadLines(Path.Combine(_folder, name, "results.jsonl"))
                .Skip(1)
                .Select(line => JsonSerializer.Deserialize(line, StudyJson.Default.StudyResult)!),
        ];

    private string Refused(string name, StudyOptions options) =>
        Assert.Throws<InvalidDataException>(() => Run(name, options)).Message;

    private sealed class Inline(Action<StudyProgress> told) : IProgress<StudyProgress>
    {
        private readonly Lock _gate = new();

        public void Report(StudyProgress value)
        {
            lock (_gate)
                told(value);
        }
    }
}
