using Firn.Data;
using Firn.Model;
using Firn.Recipes;
using Firn.Text;
using Firn.Training;
using Firn.Vectors.Training;

namespace Firn.Tests.Recipes;

public sealed class FoldsTests
{
    private static readonly RecipeOptions Options = RecipeOptions.Tweets with
    {
        Folds = 4,
        Word2Vec = new Word2VecOptions
        {
            VectorSize = 12,
            MinCount = 2,
            Epochs = 3,
            Deterministic = true,
        },
        Classifier = new ClassifierOptions
        {
            HiddenSize = 6,
            EmbeddingDropout = 0.1,
            InputDropout = 0,
            RecurrentDropout = 0,
        },
        Training = RecipeOptions.Tweets.Training with { BatchSize = 16, Epochs = 5, LearningRate = 0.02 },
    };

    [Fact]
    public void Folds_choose_and_all_texts_train()
    {
        RecipeResult result = Train(Options, ToyCorpus.Make(300));
        Assert.Equal((270, 0), (result.TrainTexts, result.ValidationTexts));
        Assert.Equal(
            (270, Math.Max(1, (int)Math.Round(0.875 * result.Training.KeptEpoch))),
            (result.Refit!.Texts, result.Refit.Epochs)
        );
        Assert.All(result.Training.History, epoch => Assert.NotNull(epoch.ValidationLoss));
        Assert.Equal(270, result.Output!.Texts);
        Assert.True(result.Output.EncoderScale >= 0 && result.Output.LinearScale >= 0);
        Assert.InRange(result.Test!.Accuracy, 0.75, 1);
        Assert.Equal(
            result.Predictor.Predict("happy love").Score,
            Train(Options.WithThreads(1), ToyCorpus.Make(300)).Predictor.Predict("happy love").Score
        );
        Assert.NotEqual(
            result.Predictor.Predict("happy love").Score,
            Train(Options.WithSeed(3), ToyCorpus.Make(300)).Predictor.Predict("happy love").Score
        );
    }

    [Theory]
    [InlineData("a", "b", "c")]
    [InlineData("joy|love", "joy", "anger", "|")]
    public void Many_classes_and_several_labels(params string[] labels)
    {
        bool several = labels.Length == 4;
        RecipeResult result = Train(
            Options with
            {
                Classifier = Options.Classifier with { MultiLabel = several },
                Training = Options.Training with { Epochs = 3 },
            },
            several
                ?
                [
                    .. ToyCorpus.Make(300, 1, "x", "y", "z").Select(r => r with { Label = labels[r.Label[0] - 'x'] }),
                    .. ToyCorpus.Make(20, 2, "x", "y", "z").Select(r => r with { Label = "|" }),
                ]
                : ToyCorpus.Make(300, 1, labels)
        );
        Assert.NotNull(result.Test);
        Assert.True(result.Output!.Texts >= 270);
    }

    [Theory] // whatever is rare or equal, a model comes out
    [InlineData(20, 1, false)]
    [InlineData(30, 2, false)]
    [InlineData(60, 25, true)]
    public void Few_or_equal_texts_of_a_class_do_no_harm(int texts, int rare, bool equal)
    {
        List<LabeledText> corpus =
        [
            .. ToyCorpus
                .Make(texts)
                .Select((r, i) => new LabeledText(equal ? $"same {i % 3}" : r.Text, i < rare ? "4" : "0")),
        ];
        RecipeResult result = Train(Options with { TestShare = 0 }, corpus);
        Assert.InRange(result.Predictor.Predict("happy").Score, 0f, 1f);
        Assert.True(result.Output!.EncoderScale >= 0 && result.Output.LinearScale >= 0);
    }

    [Fact]
    public void Every_fold_has_its_share_of_every_class_and_no_copy_of_another()
    {
        List<LabeledText> corpus =
        [
            .. ToyCorpus.Make(500).Select((r, i) => r with { Label = i % 10 == 0 ? "4" : "0" }),
        ];
        corpus.AddRange(corpus[..50].ToArray());
        using var words = new RowHash();
        RawCorpus raw = RawCorpus.Read(
            LabeledSource.Of(corpus, null),
            Options.Cleaning,
            new TokenTable(),
            new StageClock(null),
            TestContext.Current.CancellationToken
        );
        var labels = LabelMap.From(raw.LabelTexts, new Dictionary<string, string>());
        var texts = new RecipeTexts(new ReadCorpus(raw, LabeledSource.Of(corpus, null)), null, null, null);
        var rows = PartRows.Draw(texts, labels, Options with { TestShare = 0 });
        IReadOnlyList<PartRows> folds = rows.InFolds(5, labels, 42);
        Assert.Equal(5, folds.Count);
        Assert.Equal(Enumerable.Range(0, 550), folds.SelectMany(f => f.Validation.Rows).Order());
        int[] first = EqualTexts.FirstOf(raw.Ids);
        foreach (PartRows fold in folds)
        {
            Assert.Equal(550, fold.Train[0].Count + fold.Validation.Count);
            Assert.Empty(
                fold.Train[0].Rows.Select(r => first[r]).Intersect(fold.Validation.Rows.Select(r => first[r]))
            );
            Assert.InRange(fold.Validation.Rows.Count(r => corpus[r].Label == "4"), 9, 13);
        }
    }

    [Fact]
    public void Texts_that_are_all_equal_are_refused()
    {
        IEnumerable<LabeledText> corpus = ToyCorpus.Make(40).Select(r => r with { Text = "a good day" });
        Assert.Contains(
            "all equal",
            Assert.Throws<InvalidDataException>(() => Train(Options, corpus)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Few_texts_get_folds_unless_something_needs_validation_texts()
    {
        Assert.Equal(5, RecipeOptions.Tweets.ForTexts(new CorpusSize(500, 0), SizeSettings.Tweets).Folds);
        Assert.Equal(0, RecipeOptions.Tweets.ForTexts(new CorpusSize(10, 0), SizeSettings.Tweets).Folds);
        Assert.Equal(0, RecipeOptions.Tweets.ForTexts(new CorpusSize(5000, 0), SizeSettings.Tweets).Folds);
        Assert.Equal(
            0,
            (RecipeOptions.Tweets with { Refit = true }).ForTexts(new CorpusSize(500, 0), SizeSettings.Tweets).Folds
        );
        Assert.Equal(
            0,
            (
                RecipeOptions.Tweets with
                {
                    Training = RecipeOptions.Tweets.Training with { Schedule = ThawSchedule.Parse("thaw-all@best") },
                }
            )
                .ForTexts(new CorpusSize(500, 0), SizeSettings.Tweets)
                .Folds
        );
        Assert.ThrowsAny<ArgumentException>(() => new Recipe(Options with { Refit = true }));
        Assert.ThrowsAny<ArgumentException>(() => new Recipe(Options with { Folds = 1 }));
        Assert.ThrowsAny<ArgumentException>(() =>
            new Recipe(Options) { Validation = ToyCorpus.Make(20) }.Train(
                ToyCorpus.Make(60),
                cancellation: TestContext.Current.CancellationToken
            )
        );
    }

    private static RecipeResult Train(RecipeOptions options, IEnumerable<LabeledText> corpus) =>
        new Recipe(options).Train(corpus, cancellation: TestContext.Current.CancellationToken);
}
