using Firn.Data;
using Firn.Model;
using Firn.Recipes;
using Firn.Tests.Recipes;
using Firn.Training;
using Firn.Tuning;
using Firn.Vectors.Training;

namespace Firn.Tests.Tuning;

public sealed class SuccessiveHalvingTests : IDisposable
{
    private static readonly RecipeOptions Small = RecipeOptions.Tweets with
    {
        Word2Vec = new Word2VecOptions
        {
            VectorSize = 8,
            MinCount = 1,
            Epochs = 1,
            Threads = 1,
        },
        Classifier = new ClassifierOptions { HiddenSize = 4 },
        Training = new TrainingOptions { Epochs = 3, BatchSize = 64 },
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("firn-tune-").FullName;

    private string TrialFile => Path.Combine(_folder, "trials.jsonl");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_best_third_goes_on_to_more_texts()
    {
        IReadOnlyList<TuningTrial> trials = Search(TrialFile, stopAfter: 13).Trials;
        Assert.Equal(
            [9, 3, 1],
            Enumerable.Range(0, 3).Select(rung => trials.Count(t => t.Rung == rung && t.Candidate < 9))
        );
        Assert.Equal([60, 180, 540], trials.GroupBy(t => t.Rung).OrderBy(g => g.Key).Select(g => g.First().Texts));
        double[] first = [.. trials.Where(t => t.Rung == 0).Select(t => t.Loss).Order()];
        Assert.All(
            trials.Where(t => t.Rung == 1),
            t => Assert.Contains(trials.Single(f => f.Rung == 0 && f.Candidate == t.Candidate).Loss, first[..3])
        );
        Assert.Equal("", trials.Single(t => t is { Candidate: 0, Rung: 0 }).Options);
        Assert.Equal(2, trials[0].Rung);
    }

    [Fact]
    public void A_search_that_was_stopped_goes_on_where_it_was()
    {
        IReadOnlyList<TuningTrial> whole = Search(null, stopAfter: 13).Trials;
        Search(TrialFile, stopAfter: 5);
        Assert.Equal(5, File.ReadLines(TrialFile).Count());
        File.AppendAllText(TrialFile, "{\"candidate\":5,\"rung\":"); // the line that a crash cut
        IReadOnlyList<TuningTrial> resumed = Search(TrialFile, stopAfter: 13).Trials;
        Assert.Equal(
            whole.Select(t => (t.Candidate, t.Rung, t.Options, t.Loss)),
            resumed.Select(t => (t.Candidate, t.Rung, t.Options, t.Loss))
        );
        Assert.All(File.ReadLines(TrialFile), line => Assert.NotNull(TuningTrial.FromJson(line)));
        Assert.Equal(13, File.ReadLines(TrialFile).Count());
    }

    [Fact]
    public void A_damaged_line_in_the_middle_is_named()
    {
        Search(TrialFile, stopAfter: 2);
        string[] lines = File.ReadAllLines(TrialFile);
        File.WriteAllLines(TrialFile, [lines[0], "}{", lines[1]]);
        Assert.Contains(
            "line 2",
            Assert.Throws<InvalidDataException>(() => Search(TrialFile, stopAfter: 3)).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("label")]
    [InlineData("options")]
    [InlineData("seed")]
    public void Another_searchs_file_is_refused(string what)
    {
        Search(TrialFile, stopAfter: 1);
        LabeledText[] texts = [.. ToyCorpus.Make(600)];
        if (what == "label")
            texts[0] = texts[0] with { Label = texts.First(t => t.Label != texts[0].Label).Label };
        RecipeOptions options =
            what == "options" ? Small with { Training = Small.Training with { LearningRate = 0.01 } } : Small;
        var error = Assert.Throws<InvalidDataException>(() =>
            new SuccessiveHalving(options, TimeSpan.FromMinutes(1), what == "seed" ? 2u : 1, TrialFile).Run(
                texts,
                cancellation: TestContext.Current.CancellationToken
            )
        );
        Assert.Contains("another search", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Finalists_are_held_against_the_preset_on_the_same_folds()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var folds = new List<TuningTrial>();
        // the search's half of the time ends during the first bracket or a later one; the folds get the rest
        TuningResult result = new SuccessiveHalving(Small, TimeSpan.FromSeconds(30), 1, TrialFile).Run(
            ToyCorpus.Make(300),
            new Told(trial =>
            {
                if (trial.Fold == 3)
                    stop.Cancel();
                if (trial.Fold > 0)
                    folds.Add(trial);
            }),
            stop.Token
        );
        Assert.Equal(2, result.Folds);
        Assert.Equal(0, result.Finalists[0].Candidate);
        Assert.Equal(0, result.Finalists[0].LossGain.Mean);
        foreach (Finalist finalist in result.Finalists)
        {
            TuningTrial[] own =
            [
                .. folds.Where(t => t.Candidate == finalist.Candidate && t.Fold <= 2).OrderBy(t => t.Fold),
            ];
            Assert.Equal([1, 2], own.Select(t => t.Fold));
            Assert.Equal(own.Average(t => t.Loss), finalist.Loss, 12);
            Assert.Equal(finalist.Loss - result.Finalists[0].Loss, finalist.LossGain.Mean, 12);
        }
        Assert.Equal(result.Finalists.Skip(1).Where(f => f.BeatsPreset).MinBy(f => f.Loss), result.Winner);
    }

    [Fact]
    public void The_interval_is_the_corrected_one()
    {
        // mean 0.02, standard deviation 0.01, five folds: 2.776 * 0.01 * sqrt(1/5 + 1/4)
        FoldDifference found = FoldDifference.Of(
            [0.01, 0.02, 0.03, 0.01 * (2 - 0.7071067811865476), 0.01 * (2 + 0.7071067811865476)],
            0.25
        );
        Assert.Equal(0.02, found.Mean, 12);
        double deviation = Math.Sqrt((2 * 1e-4 + 2 * 0.5e-4) / 4);
        Assert.Equal(2.776 * deviation * Math.Sqrt(0.45), found.High - found.Mean, 12);
        Assert.True(double.IsNaN(FoldDifference.Of([0.5], 0.25).Low));
    }

    [Fact]
    public void A_budget_that_is_used_up_ends_the_search_after_the_first_trial()
    {
        var search = new SuccessiveHalving(Small, TimeSpan.FromTicks(1), 1, null);
        Assert.Single(search.Run(ToyCorpus.Make(600), cancellation: TestContext.Current.CancellationToken).Trials);
    }

    [Fact]
    public void Every_choice_can_be_drawn_and_changes_the_recipe()
    {
        string all = string.Join(
            ' ',
            Enumerable.Range(1, 60).Select(n => TuningCandidate.Draw(RecipeOptions.Tweets, n, 1).Options)
        );
        Assert.All(TuningChoice.All, choice => Assert.Contains(choice.Flag, all, StringComparison.Ordinal));
        for (int n = 1; n < 60; n++)
            TuningCandidate.Draw(RecipeOptions.Tweets, n, 1).Recipe.Validate();
    }

    private static TuningResult Search(string? file, int stopAfter)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        int count = 0;
        return new SuccessiveHalving(Small, TimeSpan.FromMinutes(5), 1, file).Run(
            ToyCorpus.Make(600),
            new Told(_ =>
            {
                if (++count == stopAfter)
                    stop.Cancel();
            }),
            stop.Token
        );
    }

    private sealed class Told(Action<TuningTrial> onTrial) : IProgress<TuningTrial>
    {
        public void Report(TuningTrial value) => onTrial(value);
    }
}
