using Firn.Model;
using Firn.Recipes;
using Firn.Tests.Recipes;
using Firn.Training;
using Firn.Tuning;
using Firn.Vectors;

namespace Firn.Tests.Tuning;

public sealed class SuccessiveHalvingTests : IDisposable
{
    private static readonly RecipeOptions Small = RecipeOptions.Tweets with
    {
        Word2Vec = new Word2VecOptions { VectorSize = 8, MinCount = 1, Epochs = 1, Threads = 1 },
        Classifier = new ClassifierOptions { HiddenSize = 4 },
        Training = new TrainingOptions { Epochs = 3, BatchSize = 64 },
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("firn-tune-").FullName;

    private string TrialFile => Path.Combine(_folder, "trials.jsonl");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_best_third_goes_on_to_more_texts()
    {
        IReadOnlyList<TuningTrial> trials = Search(TrialFile, stopAfter: 13);
        Assert.Equal([9, 3, 1], Enumerable.Range(0, 3).Select(rung => trials.Count(t => t.Rung == rung && t.Candidate < 9)));
        Assert.Equal([60, 180, 540], trials.GroupBy(t => t.Rung).OrderBy(g => g.Key).Select(g => g.First().Texts));
        double[] first = [.. trials.Where(t => t.Rung == 0).Select(t => t.Loss).Order()];
        Assert.All(trials.Where(t => t.Rung == 1), t => Assert.Contains(trials.Single(f => f.Rung == 0 && f.Candidate == t.Candidate).Loss, first[..3]));
        Assert.Equal("", trials.Single(t => t is { Candidate: 0, Rung: 0 }).Options);
        Assert.Equal(2, trials[0].Rung);
    }

    [Fact]
    public void A_search_that_was_stopped_goes_on_where_it_was()
    {
        IReadOnlyList<TuningTrial> whole = Search(null, stopAfter: 13);
        Search(TrialFile, stopAfter: 5);
        Assert.Equal(5, File.ReadLines(TrialFile).Count());
        File.AppendAllText(TrialFile, "{\"candidate\":5,\"rung\":"); // the line that a crash cut
        File.AppendAllText(TrialFile, "\n");
        IReadOnlyList<TuningTrial> resumed = Search(TrialFile, stopAfter: 13);
        Assert.Equal(whole.Select(t => (t.Candidate, t.Rung, t.Options, t.Loss)), resumed.Select(t => (t.Candidate, t.Rung, t.Options, t.Loss)));
    }

    [Fact]
    public void Another_searchs_file_is_refused()
    {
        Search(TrialFile, stopAfter: 1);
        var error = Assert.Throws<InvalidDataException>(() => new SuccessiveHalving(Small, TimeSpan.FromMinutes(1), 2, TrialFile)
            .Run(ToyCorpus.Make(600), cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("another search", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_budget_that_is_used_up_ends_the_search_after_the_first_trial()
    {
        var search = new SuccessiveHalving(Small, TimeSpan.FromTicks(1), 1, null);
        Assert.Single(search.Run(ToyCorpus.Make(600), cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Every_choice_can_be_drawn_and_changes_the_recipe()
    {
        string all = string.Join(' ', Enumerable.Range(1, 60).Select(n => TuningCandidate.Draw(RecipeOptions.Tweets, n, 1).Options));
        Assert.All(TuningChoice.All, choice => Assert.Contains(choice.Flag, all, StringComparison.Ordinal));
        for (int n = 1; n < 60; n++)
            TuningCandidate.Draw(RecipeOptions.Tweets, n, 1).Recipe.Validate();
    }

    private static IReadOnlyList<TuningTrial> Search(string? file, int stopAfter)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        int count = 0;
        return new SuccessiveHalving(Small, TimeSpan.FromMinutes(5), 1, file).Run(ToyCorpus.Make(600), new Stopper(() =>
        {
            if (++count == stopAfter)
                stop.Cancel();
        }), stop.Token);
    }

    private sealed class Stopper(Action onTrial) : IProgress<TuningTrial>
    {
        public void Report(TuningTrial value) => onTrial();
    }
}
