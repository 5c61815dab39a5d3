using Firn.Data;
using Firn.Evaluation;
using Firn.Layers;
using Firn.Model;
using Firn.Recipes;
using Firn.Text;
using Firn.Training;
using Firn.Vectors.Training;

namespace Firn.Tests.Recipes;

public sealed class WarmStartTests : IDisposable
{
    private static readonly RecipeOptions General = RecipeOptions.Tweets with
    {
        Word2Vec = new Word2VecOptions
        {
            VectorSize = 12,
            MinCount = 2,
            Epochs = 3,
            Threads = 1,
        },
        Classifier = new ClassifierOptions
        {
            HiddenSize = 8,
            Bidirectional = true,
            Pooling = Pooling.Attention,
            EmbeddingDropout = 0,
            InputDropout = 0,
            RecurrentDropout = 0,
        },
        Training = RecipeOptions.Tweets.Training with { BatchSize = 32, Epochs = 3, LearningRate = 0.02, Threads = 1 },
        LabelNames = new Dictionary<string, string> { ["0"] = "negative", ["4"] = "positive" },
        LinearBranch = null,
        Calibrate = false,
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("firn-warm-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Bundle => Path.Combine(_folder, "general");

    [Fact]
    public void A_frozen_start_keeps_words_table_and_cleaning_and_learns_with_few_texts_what_fresh_weights_do_not()
    {
        Save();
        using Predictor source = Predictor.Load(Bundle);
        RecipeOptions particular = General with
        {
            Cleaning = CleaningOptions.Notebook,
            TestShare = 0.9,
            Training = General.Training with { Epochs = 1, Schedule = ThawSchedule.Frozen },
        };
        double cold = Train(particular, ToyCorpus.Make(300, 7)).Test!.Accuracy;
        RecipeResult warm = Train(particular with { From = Bundle }, ToyCorpus.Make(300, 7));

        Assert.InRange(warm.Test!.Accuracy, cold + 0.1, 1);
        Assert.Equal(source.Tokenizer.Options, warm.Predictor.Tokenizer.Options);
        for (int id = 1; id < source.Vocabulary.Count; id++)
        {
            Assert.Equal(source.Vocabulary[id], warm.Predictor.Vocabulary[id]);
            Assert.Equal(source.Classifier.Embedding.VectorOf(id), warm.Predictor.Classifier.Embedding.VectorOf(id));
        }
        Assert.Equal(600, warm.Predictor.Card.Training!.Value.GetProperty("from").GetProperty("rows").GetInt32());
    }

    [Fact]
    public void Other_labels_get_an_output_layer_of_their_own_and_new_words_a_row_that_trains()
    {
        Save();
        List<LabeledText> corpus =
        [
            .. ToyCorpus
                .Make(400, 3, "bad", "good", "dull")
                .Select(r => r with { Text = r.Label == "dull" ? "zzyzx " + r.Text : r.Text }),
        ];
        RecipeResult warm = Train(General with { From = Bundle, LabelNames = null }, corpus);
        using Predictor source = Predictor.Load(Bundle);
        Assert.Equal(["bad", "dull", "good"], warm.Predictor.Labels);
        Assert.InRange(warm.Test!.Accuracy, 0.8, 1);
        Assert.True(source.Vocabulary.IdOf("zzyzx") < 0);
        int id = warm.Predictor.Vocabulary.IdOf("zzyzx");
        Assert.True(id >= source.Vocabulary.Count);
        Assert.True(
            warm.Predictor.Classifier.Embedding.VectorOf(id).ContainsAnyExcept(0f),
            "the new word's row has trained"
        );
    }

    [Fact]
    public void A_frozen_table_gives_new_words_no_row()
    {
        Save();
        List<LabeledText> corpus = [.. ToyCorpus.Make(100, 3).Select(r => r with { Text = "zzyzx " + r.Text })];
        RecipeOptions frozen = General with
        {
            From = Bundle,
            Training = General.Training with { Schedule = ThawSchedule.Frozen },
        };
        EmbeddingTable table = Train(frozen, corpus).Predictor.Classifier.Embedding;
        using Predictor source = Predictor.Load(Bundle);
        Assert.Equal(source.Classifier.Embedding.RowCount, table.RowCount);
        Assert.Equal(source.Classifier.Embedding.Rows.Span, table.Rows.Span);
    }

    [Fact]
    public void A_checkpoint_of_another_start_is_refused()
    {
        Save();
        string file = Path.Combine(_folder, "run.safetensors");
        RecipeOptions options = General with { From = Bundle };
        Run();
        Train(General with { Training = General.Training with { Seed = 9 } }, ToyCorpus.Make(600))
            .Predictor.Save(Bundle);
        Assert.Throws<InvalidDataException>(Run);

        void Run() =>
            new Recipe(options) { CheckpointPath = file }.Train(
                ToyCorpus.Make(100),
                cancellation: TestContext.Current.CancellationToken
            );
    }

    [Fact]
    public void Vectors_from_elsewhere_and_a_bundle_exclude_each_other()
    {
        string file = Path.Combine(_folder, "some.txt");
        File.WriteAllText(file, "happy sad\n");
        Assert.Throws<ArgumentException>(() => new Recipe(General with { From = Bundle, VectorsPath = file }));
        Assert.Throws<ArgumentException>(() => new Recipe(General with { From = Bundle, VectorTexts = [file] }));
        Assert.Throws<ArgumentException>(() => new Recipe(General with { VectorsPath = file, VectorTexts = [file] }));
        Assert.Throws<FileNotFoundException>(() => new Recipe(General with { VectorTexts = [file + "x"] }));
    }

    [Fact]
    public void Texts_without_labels_give_words_and_vectors_that_training_lacks()
    {
        string lines = Path.Combine(_folder, "more.txt"),
            table = Path.Combine(_folder, "more.csv");
        File.WriteAllLines(lines, Enumerable.Repeat("the quokka is happy", 5));
        File.WriteAllLines(table, ["label,text", .. Enumerable.Repeat("0,\"a numbat, rarely seen\"", 5), "0,aardwolf"]);
        RecipeResult plain = Train(General, ToyCorpus.Make(200));
        RecipeResult more = Train(General with { VectorTexts = [lines, table] }, ToyCorpus.Make(200));
        Vocabulary words = more.Predictor.Vocabulary;
        Assert.Equal(plain.Predictor.Vocabulary.IdOf("happy"), words.IdOf("happy"));
        foreach (string word in new[] { "quokka", "numbat", "seen" })
            Assert.True(more.Predictor.Classifier.Embedding.VectorOf(words.IdOf(word)).ContainsAnyExcept(0f), word);
        Assert.True(words.IdOf("aardwolf") < 0, "one occurrence is less than the least count");
        Assert.True(words.IdOf("label") < 0, "only the text column is read");
    }

    [Fact]
    public void Validation_texts_of_their_own_measure_the_epochs_and_all_others_train()
    {
        RecipeResult result = new Recipe(General) { Validation = ToyCorpus.Make(70, 5) }.Train(
            ToyCorpus.Make(200),
            ToyCorpus.Make(50, 6),
            cancellation: TestContext.Current.CancellationToken
        );
        Assert.Equal((200, 70, 50), (result.TrainTexts, result.ValidationTexts, result.TestTexts));
        Assert.NotNull(result.Training.History[0].ValidationLoss);
    }

    [Fact]
    public void A_tuned_threshold_raises_its_figure_and_is_kept_in_the_bundle()
    {
        List<LabeledText> corpus = [.. ToyCorpus.Make(1500).Where((r, i) => r.Label == "0" || i % 12 == 0)];
        RecipeOptions options = General with { Training = General.Training with { Epochs = 1, LearningRate = 0.003 } };
        RecipeResult plain = Train(options, corpus),
            tuned = Train(options with { TuneThreshold = ThresholdMetric.F1 }, corpus);
        Assert.NotEqual(DecisionThreshold.Default, tuned.Predictor.Threshold);
        Assert.True(
            tuned.Test!.PerClass[1].F1 > plain.Test!.PerClass[1].F1,
            $"{tuned.Test.PerClass[1].F1} {plain.Test.PerClass[1].F1}"
        );
        Assert.Equal(plain.Test.Loss, tuned.Test.Loss);
        tuned.Predictor.Save(Bundle);
        using Predictor loaded = Predictor.Load(Bundle);
        Assert.Equal(tuned.Predictor.Threshold, loaded.Threshold);
        Assert.Equal(
            tuned.Test.Accuracy,
            CorpusEvaluation
                .Run(
                    loaded,
                    corpus,
                    labelNames: General.LabelNames,
                    cancellation: TestContext.Current.CancellationToken
                )
                .Report.Accuracy,
            0.1
        );
    }

    [Fact]
    public void A_start_can_leave_hash_tags_out_or_keep_them_beside_their_words()
    {
        Save();
        List<LabeledText> corpus =
        [
            .. ToyCorpus.Make(100, 3).Select(r => r with { Text = r.Text + (r.Label == "0" ? " #zzyzx" : " #happy") }),
        ];
        Predictor kept = Train(General with { From = Bundle }, corpus).Predictor;
        Predictor dropped = Train(
            General with
            {
                From = Bundle,
                Cleaning = CleaningOptions.Tweets with { DropHashTags = true },
            },
            corpus
        ).Predictor;
        Predictor both = Train(
            General with
            {
                From = Bundle,
                Cleaning = CleaningOptions.Tweets with { KeepHashTags = true },
            },
            corpus
        ).Predictor;
        Assert.Equal(["zzyzx", "happy"], kept.Tokenizer.Tokenize("#zzyzx #happy"));
        Assert.Equal(["happy"], dropped.Tokenizer.Tokenize("happy #zzyzx #happy"));
        Assert.True(kept.Vocabulary.IdOf("zzyzx") > 0 && dropped.Vocabulary.IdOf("zzyzx") < 0);
        Assert.Equal(["zzyzx", "#zzyzx"], both.Tokenizer.Tokenize("#zzyzx"));
        Assert.True(both.Vocabulary.IdOf("#zzyzx") > 0 && kept.Vocabulary.IdOf("#zzyzx") < 0);
        Assert.Equal(kept.Vocabulary.IdOf("happy"), both.Vocabulary.IdOf("happy"));
        Assert.Equal(kept.Tokenizer.Options with { KeepHashTags = true }, both.Tokenizer.Options);
        Assert.Equal(kept.Tokenizer.Options with { DropHashTags = true }, dropped.Tokenizer.Options);
    }

    // A word of each text's own has no vector and shares the zero row.
    private void Save() =>
        Train(General, ToyCorpus.Make(600).Select((r, i) => r with { Text = $"{r.Text} hapax{Letters(i)}" }))
            .Predictor.Save(Bundle);

    private static string Letters(int number) => string.Concat($"{number}".Select(digit => (char)('a' + digit - '0')));

    private static RecipeResult Train(RecipeOptions options, IEnumerable<LabeledText> corpus) =>
        new Recipe(options).Train(corpus, cancellation: TestContext.Current.CancellationToken);
}
