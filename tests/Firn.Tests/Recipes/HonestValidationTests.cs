using Firn.Data;
using Firn.Linear;
using Firn.Model;
using Firn.Recipes;
using Firn.Text;
using Firn.Vectors.Training;

namespace Firn.Tests.Recipes;

/// <summary>
/// Validation and test see the same kind of stranger: nothing of them is counted, and no copy of a training text is
/// among them.
/// </summary>
public sealed class HonestValidationTests : IDisposable
{
    private static readonly RecipeOptions Options = RecipeOptions.Tweets with
    {
        TestShare = 0.2,
        ValidationShare = 0.2,
        Word2Vec = new Word2VecOptions
        {
            VectorSize = 8,
            MinCount = 1,
            Epochs = 2,
            Threads = 1,
        },
        Classifier = new ClassifierOptions
        {
            HiddenSize = 4,
            EmbeddingDropout = 0,
            InputDropout = 0,
            RecurrentDropout = 0,
        },
        Training = RecipeOptions.Tweets.Training with { BatchSize = 16, Epochs = 2, LearningRate = 0.02, Threads = 1 },
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("firn-honest-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_word_of_a_validation_text_alone_is_as_unknown_as_one_of_a_test_text()
    {
        List<LabeledText> corpus = OfStrangers(200); // each text has a word of its own
        RecipeResult result = Train(Options, corpus);
        Assert.Equal(
            result.TrainTexts,
            corpus.Select((_, i) => result.Predictor.Vocabulary.IdOf($"stranger{Letters(i + 1)}")).Count(id => id > 0)
        );
        Assert.Equal((128, 32, 40), (result.TrainTexts, result.ValidationTexts, result.TestTexts));

        RecipeResult asTheNotebook = Train(Options with { CountValidation = true }, corpus);
        Assert.Equal(
            160,
            corpus
                .Select((_, i) => asTheNotebook.Predictor.Vocabulary.IdOf($"stranger{Letters(i + 1)}"))
                .Count(id => id > 0)
        );

        RecipeResult refitted = Train(Options with { Refit = true }, corpus);
        Assert.Equal(
            160,
            corpus.Select((_, i) => refitted.Predictor.Vocabulary.IdOf($"stranger{Letters(i + 1)}")).Count(id => id > 0)
        );
        Assert.True(RecipeOptions.Notebook.CountValidation);
    }

    [Fact]
    public void Copies_stay_on_one_side_and_are_counted()
    {
        List<LabeledText> corpus = OfStrangers(200);
        // equal after cleaning
        corpus.AddRange(corpus[..100].Select(row => row with { Text = row.Text.ToUpperInvariant() }).ToArray());
        corpus.AddRange(corpus[..10].Select(row => row with { Label = row.Label == "0" ? "4" : "0" }).ToArray());
        RecipeResult ours = Train(Options, corpus);
        Assert.Equal(new DuplicateCounts(110, 30, 0, 0, 0), ours.Duplicates);

        RecipeResult theirs = Train(
            Options with
            {
                TestSplit = TestSplit.Random,
                Validation = ValidationSplit.Last,
            },
            corpus
        );
        Assert.Equal((110, 30), (theirs.Duplicates.Repeated, theirs.Duplicates.Conflicting));
        Assert.InRange(theirs.Duplicates.TestInTraining, 10, 60);
        Assert.InRange(theirs.Duplicates.ValidationInTraining, 10, 60);
        Assert.Equal(TestSplit.Random, RecipeOptions.Notebook.TestSplit);
        Assert.True(
            theirs.Predictor.Card.Training!.Value.GetProperty("duplicates").GetProperty("test_in_training").GetInt32()
                > 0
        );
    }

    [Fact]
    public void What_given_files_share_is_counted()
    {
        List<LabeledText> corpus = OfStrangers(100),
            test = [.. corpus[..7], .. ToyCorpus.Make(30, 3)],
            validation = [.. corpus[..3], .. ToyCorpus.Make(20, 4)];
        RecipeResult result = new Recipe(Options) { Validation = validation }.Train(
            corpus,
            test,
            cancellation: TestContext.Current.CancellationToken
        );
        Assert.Equal((3, 7), (result.Duplicates.ValidationInTraining, result.Duplicates.TestInTraining));
        Assert.True(result.Duplicates.TestInValidation >= 3);
    }

    [Fact]
    public void Labels_without_meaning_are_not_learnt_from_copies()
    {
        var random = new Random(5);
        List<LabeledText> corpus =
        [
            .. Enumerable
                .Range(0, 150)
                .SelectMany(i =>
                {
                    var row = new LabeledText(
                        string.Join(' ', Enumerable.Range(0, 6).Select(_ => Letters(random.Next(3000) + 1000))),
                        random.Next(2) == 0 ? "0" : "4"
                    );
                    return Enumerable.Repeat(row, 4);
                }),
        ];
        RecipeOptions options = Options with { LinearBranch = new LinearBranchOptions { LongestCharacters = 4 } };
        Assert.InRange(Train(options, corpus).Test!.Accuracy, 0.25, 0.75);
        Assert.True(
            Train(
                options with
                {
                    TestSplit = TestSplit.Random,
                    Validation = ValidationSplit.Last,
                },
                corpus
            ).Test!.Accuracy > 0.8
        );
    }

    [Fact]
    public void Long_texts_are_cut_as_asked_everywhere()
    {
        List<LabeledText> corpus = ToyCorpus.Make(120);
        corpus[0] = new("aa bb cc dd ee ff gg hh ii jj kk ll", "0");
        RecipeOptions options = Options with { MaxTokens = 6, Truncation = Truncation.Ends, TestShare = 0 };
        RecipeResult result = Train(options, corpus);
        Assert.True(result.Cut.Texts > 0 && result.Cut.OfTexts == 120, $"{result.Cut}");
        Assert.True(result.Cut.Tokens >= result.Cut.Texts && result.Cut.Tokens < result.Cut.OfTokens);

        result.Predictor.Save(Path.Combine(_folder, "ends"));
        using Predictor loaded = Predictor.Load(Path.Combine(_folder, "ends"));
        Assert.Equal((Truncation.Ends, 6), (loaded.Truncation, loaded.MaxTokens));
        Assert.Equal(Truncation.Ends, loaded.WithThreads(1).Truncation);
        string[] known = ["happy", "love", "great", "sun", "party", "fun", "smile", "city"];
        Assert.Equal(
            loaded.Encode([string.Join(' ', known[..3].Concat(known[^3..]))]).Ids,
            loaded.Encode([string.Join(' ', known)]).Ids
        );
    }

    [Fact]
    public void The_longest_text_that_is_read_follows_from_the_training_texts()
    {
        Assert.Equal(100, Length(20, 2000));
        Assert.Equal(250, Length(250, 2000));
        Assert.Equal(512, Length(4000, 2000));
        Assert.Equal(100, SettingsBySize.MaxTokensFor([]));

        static int Length(int longest, int texts) =>
            SettingsBySize.MaxTokensFor(
                Enumerable
                    .Range(0, texts)
                    .Select(i => new int[i % 50 == 0 ? longest : 5].AsMemory())
                    .Select(m => (ReadOnlyMemory<int>)m)
            );
    }

    [Fact]
    public void A_text_without_a_known_word_gets_the_share_of_the_classes()
    {
        List<LabeledText> corpus = [.. ToyCorpus.Make(400).Where((r, i) => r.Label == "0" || i % 4 == 0)];
        RecipeResult result = Train(Options with { TestShare = 0 }, corpus);
        Prediction nothing = result.Predictor.Predict("qqq zzz"),
            empty = result.Predictor.Predict(""),
            something = result.Predictor.Predict("happy");
        double share = (double)corpus.Count(r => r.Label == "4") / corpus.Count;
        Assert.Equal(1 - share, nothing.Score, 0.01); // of the label shown, the larger class
        Assert.Equal((true, true, false), (nothing.HasNoKnownToken, empty.HasNoKnownToken, something.HasNoKnownToken));
        Assert.Equal(nothing.Score, empty.Score);
        result.Predictor.Save(Path.Combine(_folder, "prior"));
        using Predictor loaded = Predictor.Load(Path.Combine(_folder, "prior"));
        Assert.Equal(nothing.Score, loaded.Predict(["", "happy", "qqq"])[2].Score);
        Assert.Equal(
            1 - nothing.Score,
            loaded.Probabilities(
                RaggedIds.From([
                    [1],
                    [],
                ])
            )[1],
            1e-6f
        );

        RecipeResult three = Train(Options with { TestShare = 0 }, ToyCorpus.Make(300, 1, "a", "b", "c"));
        Assert.Equal(1, three.Predictor.Predict("qqq").Probabilities.Sum(), 1e-5);
        Assert.Equal(three.Predictor.Classifier.Prior, three.Predictor.Predict("qqq").Probabilities);
        RecipeResult balanced = Train(Options with { TestShare = 0, BalanceClasses = true }, corpus);
        Assert.Equal(0.5, balanced.Predictor.Predict("qqq").Score, 0.01);
    }

    private static List<LabeledText> OfStrangers(int count) =>
        [.. ToyCorpus.Make(count).Select((r, i) => r with { Text = $"{r.Text} stranger{Letters(i + 1)}" })];

    private static string Letters(int number) =>
        $"{(char)('a' + number / 676 % 26)}{(char)('a' + number / 26 % 26)}{(char)('a' + number % 26)}";

    private static RecipeResult Train(RecipeOptions options, IEnumerable<LabeledText> corpus) =>
        new Recipe(options).Train(corpus, cancellation: TestContext.Current.CancellationToken);
}
