using Firn.Data;
using Firn.Evaluation;
using Firn.Layers;
using Firn.Model;
using Firn.Recipes;
using Firn.Text;
using Firn.Training;
using Firn.Vectors;
using Firn.Vectors.Formats;
using Firn.Vectors.Training;

namespace Firn.Tests.Recipes;

public sealed class RecipeTests : IDisposable
{
    private static readonly RecipeOptions Small = RecipeOptions.Notebook with
    {
        Word2Vec = new Word2VecOptions
        {
            VectorSize = 16,
            MinCount = 2,
            Epochs = 5,
            Window = 3,
            Threads = 1,
        },
        Classifier = new ClassifierOptions
        {
            HiddenSize = 12,
            EmbeddingDropout = 0.1,
            InputDropout = 0,
            RecurrentDropout = 0,
        },
        Training = RecipeOptions.Notebook.Training with
        {
            BatchSize = 32,
            Epochs = 5,
            LearningRate = 0.02,
            Threads = 1,
        },
        LabelNames = new Dictionary<string, string> { ["0"] = "negative", ["4"] = "positive" },
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("firn-recipe-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_linear_part_stands_beside_the_LSTM_and_is_scaled_on_the_validation_texts()
    {
        var observer = new Observer();
        RecipeResult plain = Train(Small, ToyCorpus.Make(600));
        RecipeResult wide = Train(
            Small with
            {
                LinearBranch = new Firn.Linear.LinearBranchOptions(),
            },
            ToyCorpus.Make(600),
            observer: observer
        );
        Assert.Contains(RecipeStage.Output, observer.Stages);
        Assert.True(wide.Predictor.Classifier.HasLinearBranch);
        Assert.InRange(wide.Output!.LinearScale!.Value, 0.01, 100);
        Assert.True(wide.Test!.Loss < plain.Test!.Loss, $"{wide.Test.Loss} {plain.Test.Loss}");
        Assert.Null(plain.Output);
    }

    [Fact]
    public void Calibration_alone_changes_probabilities_and_no_label()
    {
        RecipeResult plain = Train(Small, ToyCorpus.Make(600));
        RecipeResult scaled = Train(Small with { Calibrate = true }, ToyCorpus.Make(600));
        Assert.Null(scaled.Output!.LinearScale);
        Assert.NotEqual(1, scaled.Output.EncoderScale);
        Assert.NotEqual(plain.Test!.Loss, scaled.Test!.Loss);
    }

    [Fact]
    public void From_texts_to_a_bundle_that_predicts()
    {
        var observer = new Observer();
        RecipeResult result = Train(Small, ToyCorpus.Make(600), observer: observer);

        Assert.Equal((432, 48, 120), (result.TrainTexts, result.ValidationTexts, result.TestTexts));
        Assert.InRange(result.Test!.Accuracy, 0.85, 1);
        Assert.Equal(["negative", "positive"], result.Predictor.Labels);
        RecipeStage[] stages =
        [
            .. Enum.GetValues<RecipeStage>().Except([RecipeStage.Folds, RecipeStage.Output, RecipeStage.Refit]),
        ]; // asks for no linear part
        Assert.Equal(stages, observer.Stages);
        Assert.Equal(stages, result.Seconds.Keys);
        Assert.Equal(5 * 14, observer.Batches);
        Assert.Equal(result.Training.History, observer.Epochs);

        result.Predictor.Save(Path.Combine(_folder, "toy"));
        using Predictor loaded = Predictor.Load(Path.Combine(_folder, "toy"));
        Assert.Equal("positive", loaded.Predict("LOVE the sun, great party!!").Label);
        Assert.Equal("negative", loaded.Predict("@you sad and tired, hate the rain").Label);
        Assert.Equal(result.Predictor.Predict("happy coffee").Score, loaded.Predict("happy coffee").Score);
        Assert.Equal(result.Test.Accuracy, loaded.Card.Metrics["accuracy"]);
        Assert.Equal(5, loaded.Card.Training!.Value.GetProperty("history").GetArrayLength());
        Assert.Equal(
            "frozen",
            loaded
                .Card.Training!.Value.GetProperty("recipe")
                .GetProperty("training")
                .GetProperty("schedule")
                .GetString()
        );
        Assert.Equal(600, loaded.Card.Data.Rows);
    }

    [Fact]
    public void Same_seed_gives_the_same_weights_on_any_number_of_threads()
    {
        float[] Weights(RecipeOptions options) =>
            [
                .. Train(options, ToyCorpus.Make(200))
                    .Predictor.Classifier.Parameters.SelectMany(p => p.Values.ToArray()),
            ];
        RecipeOptions Threads(int n) => Small with { Training = Small.Training with { Threads = n, Epochs = 2 } };
        float[] one = Weights(Threads(1));
        Assert.Equal(one, Weights(Threads(2)));
        Assert.Equal(one, Weights(Threads(3)));
        Assert.NotEqual(one, Weights(Threads(1).WithSeed(9)));
    }

    [Fact]
    public void Vocabulary_and_vectors_come_from_the_training_part_alone()
    {
        List<LabeledText> corpus = ToyCorpus.Make(100);
        (_, int[] test) = TrainTestSplit.Random(100, 0.2, 42);
        foreach (int row in test)
            corpus[row] = corpus[row] with { Text = corpus[row].Text + " secret" };
        RecipeResult result = Train(Small, corpus);
        Assert.Equal(result.Predictor.Vocabulary.UnknownId, result.Predictor.Vocabulary.IdOf("secret"));
        Assert.NotEqual(result.Predictor.Vocabulary.UnknownId, result.Predictor.Vocabulary.IdOf("coffee"));
    }

    [Fact]
    public void Test_figures_are_those_of_evaluating_the_saved_model_on_the_test_rows()
    {
        List<LabeledText> corpus = ToyCorpus.Make(300);
        RecipeResult result = Train(Small, corpus);
        (_, int[] test) = TrainTestSplit.Random(300, 1 - 0.8, 42);
        CorpusEvaluation again = CorpusEvaluation.Run(
            result.Predictor,
            test.Select(row => corpus[row]),
            labelNames: Small.LabelNames,
            cancellation: TestContext.Current.CancellationToken
        );
        Assert.Equal(result.Test!.Loss, again.Report.Loss, 1e-6);
        Assert.Equal(result.Test.Confusion, again.Report.Confusion);
        Assert.Equal(result.Errors.Select(e => e.Text).Order(), again.Errors.Select(e => e.Text).Order());
    }

    [Fact]
    public void Errors_are_texts_of_the_data_the_surest_first()
    {
        List<LabeledText> corpus = ToyCorpus.Make(400);
        for (int i = 0; i < 400; i += 3)
            corpus[i] = corpus[i] with { Label = corpus[i].Label == "0" ? "4" : "0" };
        RecipeResult result = Train(Small, corpus);
        Assert.NotEmpty(result.Errors);
        Assert.True(result.Errors.Count <= 20);
        Assert.Equal(result.Errors.OrderByDescending(e => e.Probability), result.Errors);
        foreach (ConfidentError error in result.Errors)
        {
            LabeledText row = Assert.Single(corpus, r => r.Text == error.Text);
            Assert.Equal(Small.LabelNames![row.Label], error.Actual);
            Assert.NotEqual(error.Actual, error.Predicted);
            Assert.Equal(error.Probability, result.Predictor.WithNeutral(null).Predict(error.Text).Score, 1e-5);
        }
    }

    [Theory]
    [InlineData("notebook")]
    [InlineData("tweets")]
    [InlineData("none")]
    public void Broken_characters_and_empty_texts_do_no_harm(string cleaning)
    {
        List<LabeledText> corpus = ToyCorpus.Make(100);
        corpus.AddRange([
            new("half a pair \ud83d here", "0"),
            new("\udc00x", "4"),
            new("", "0"),
            new("\0\u0001\ufffd", "4"),
            new("a\rb\nc\u2028d", "0"),
        ]);
        RecipeResult result = Train(
            Small with
            {
                Cleaning = CleaningOptions.ForPreset(cleaning),
                TestShare = 0,
                Training = Small.Training with { Epochs = 1 },
            },
            corpus
        );
        result.Predictor.Save(Path.Combine(_folder, "odd"));
        using Predictor loaded = Predictor.Load(Path.Combine(_folder, "odd"));
        Assert.InRange(loaded.Predict("\ud83d half \0").Score, 0f, 1f);
    }

    [Fact]
    public void Rows_left_out_are_still_counted_after_the_errors_were_looked_up()
    {
        string path = Path.Combine(_folder, "rows.csv");
        List<string> lines = ["label,text", .. ToyCorpus.Make(120).Select(r => $"{r.Label},{r.Text}")];
        lines.AddRange(["4", "0", "4"]); // no text: bad rows behind the last row that is looked up
        File.WriteAllLines(path, lines);
        CorpusReader reader = CorpusReader.Open(path, new CorpusOptions { OnError = RowErrorPolicy.Skip });
        RecipeResult result = Train(Small with { Training = Small.Training with { Epochs = 1 } }, reader);
        Assert.NotEmpty(result.Errors);
        Assert.Equal((120, 3), (reader.RowsRead, reader.RowsSkipped));
    }

    [Fact]
    public void A_test_set_of_its_own_leaves_the_whole_corpus_for_training()
    {
        RecipeResult result = Train(Small, ToyCorpus.Make(200), ToyCorpus.Make(50, seed: 2));
        Assert.Equal((180, 20, 50), (result.TrainTexts, result.ValidationTexts, result.TestTexts));
    }

    [Fact]
    public void Test_labels_that_training_lacks_are_refused_or_left_out()
    {
        List<LabeledText> test = [.. ToyCorpus.Make(20, 2), new("so so", "2"), new("meh", "2")];
        var error = Assert.Throws<UnknownLabelException>(() => Train(Small, ToyCorpus.Make(100), test));
        Assert.Contains(
            "2 rows bear labels that the model does not know (2; it knows negative, positive)",
            error.Message,
            StringComparison.Ordinal
        );
        Dictionary<string, string> names = new(Small.LabelNames!) { ["2"] = "neutral" };
        error = Assert.Throws<UnknownLabelException>(() =>
            Train(Small with { LabelNames = names }, ToyCorpus.Make(100), test)
        );
        Assert.Equal(["2 (neutral)"], error.Labels);
        RecipeResult result = Train(Small with { OnUnknownLabel = RowErrorPolicy.Skip }, ToyCorpus.Make(100), test);
        Assert.Equal((20, 2), (result.TestTexts, result.UnknownLabels));
    }

    [Theory]
    [InlineData("anger", "joy", "sadness")]
    [InlineData("10", "9", "-1")]
    public void Any_labels_train_and_stand_in_a_stable_order(params string[] labels)
    {
        RecipeResult result = Train(
            Small with
            {
                Training = Small.Training with { Epochs = 8 },
            },
            ToyCorpus.Make(600, 1, labels)
        );
        Assert.Equal(labels[0] == "10" ? ["-1", "9", "10"] : labels, result.Predictor.Labels);
        Assert.InRange(result.Test!.MacroF1, 0.75, 1);
        Assert.Equal(3, result.Test.RocCurves.Count);
        Assert.Null(result.Predictor.Neutral);
    }

    [Fact]
    public void Cancelled_training_still_gives_a_tested_model()
    {
        using var cancel = new CancellationTokenSource();
        var observer = new Observer
        {
            OnEpochDone = r =>
            {
                if (r.Epoch == 2)
                    cancel.Cancel();
            },
        };
        RecipeResult result = Train(Small, ToyCorpus.Make(300), null, observer, cancel.Token);
        Assert.Equal(StopReason.Cancelled, result.Training.StoppedBy);
        Assert.Equal(2, result.Training.History.Count);
        Assert.NotNull(result.Test);
    }

    [Fact]
    public void A_recipe_that_was_broken_off_goes_on_with_its_vectors_and_weights()
    {
        RecipeOptions options = Small with
        {
            Training = Small.Training with { Schedule = ThawSchedule.ThawAll(2), Epochs = 4 },
        };
        List<LabeledText> corpus = ToyCorpus.Make(200);
        RecipeResult whole = Train(options, corpus);
        var recipe = new Recipe(options) { CheckpointPath = Path.Combine(_folder, "run.safetensors") };
        using (var cancel = new CancellationTokenSource())
            recipe.Train(
                corpus,
                null,
                new Observer
                {
                    OnEpochDone = r =>
                    {
                        if (r.Epoch == 3)
                            cancel.Cancel();
                    },
                },
                cancel.Token
            );
        var observer = new Observer();
        RecipeResult resumed = recipe.Train(corpus, null, observer, TestContext.Current.CancellationToken);

        Assert.Equal(4, Assert.Single(observer.Epochs).Epoch);
        Assert.Equal(
            whole.Predictor.Classifier.Parameters.SelectMany(p => p.Values.ToArray()),
            resumed.Predictor.Classifier.Parameters.SelectMany(p => p.Values.ToArray())
        );
        Assert.Equal(whole.Test!.Loss, resumed.Test!.Loss);
        corpus[0] = corpus[0] with { Label = corpus[0].Label == "0" ? "4" : "0" };
        Assert.Throws<InvalidDataException>(() =>
            recipe.Train(corpus, null, null, TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public void Cancelled_before_training_ends_with_an_exception()
    {
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => Train(Small, ToyCorpus.Make(100), null, null, cancel.Token));
    }

    [Fact]
    public void Vectors_from_a_file_replace_training_them()
    {
        string path = Path.Combine(_folder, "vectors.txt");
        new WordVectors(["happy", "sad", "elsewhere"], [1, 0, 0, 1, 5, 5], 2).Save(path, VectorFormat.Word2VecText);
        RecipeResult result = Train(Small with { VectorsPath = path }, ToyCorpus.Make(200));
        EmbeddingTable table = result.Predictor.Classifier.Embedding;
        Assert.Equal((3, 1, 2, 4), (result.WordsWithVector, result.UnseenWords, table.Dimension, table.RowCount));
        Assert.Equal([0, 1], table.VectorOf(result.Predictor.Vocabulary.IdOf("sad")).ToArray());
        Assert.Equal([0, 0], table.VectorOf(result.Predictor.Vocabulary.IdOf("coffee")).ToArray());
    }

    [Fact]
    public void With_subwords_every_word_has_a_vector_trained_here_or_taken_from_a_model()
    {
        RecipeOptions options = Small with
        {
            Word2Vec = Small.Word2Vec with
            {
                MinCount = 50,
                Deterministic = true,
                Subwords = new SubwordOptions { Buckets = 500 },
            },
        };
        RecipeResult result = Train(options, ToyCorpus.Make(200));
        int words = result.Predictor.Vocabulary.Count - 1;
        Assert.Equal(words, result.WordsWithVector);
        Assert.True(
            Train(
                options with
                {
                    Word2Vec = options.Word2Vec with { Subwords = null },
                },
                ToyCorpus.Make(200)
            ).WordsWithVector < words
        );

        string path = Path.Combine(_folder, "model.bin");
        RaggedIds texts = RaggedIds.From([.. Enumerable.Repeat(new[] { 1, 2, 3 }, 30)]);
        var builder = new VocabularyBuilder();
        foreach (string word in new[] { "sadness", "coffees", "happily" })
            builder.Add(word);
        new Word2VecTrainer(options.Word2Vec with { MinCount = 1 })
            .Train(texts, builder.Build(), null, TestContext.Current.CancellationToken)
            .SaveFastText(path);
        RecipeResult taken = Train(Small with { VectorsPath = path }, ToyCorpus.Make(200));
        // the model's own words are kept beside the texts'
        Assert.Equal((words + 3, 3), (taken.WordsWithVector, taken.UnseenWords));
    }

    [Fact]
    public void Balanced_classes_weigh_the_rare_one_more()
    {
        List<LabeledText> corpus = [.. ToyCorpus.Make(400).Where((r, i) => r.Label == "0" || i % 8 == 0)];
        double Recall(bool balance) =>
            Train(Small with { BalanceClasses = balance, Training = Small.Training with { Epochs = 3 } }, corpus)
                .Test!.PerClass[1]
                .Recall;
        Assert.True(Recall(true) >= Recall(false));
        Assert.True(Recall(true) > 0.5, "the rare class is found");
    }

    [Theory]
    [InlineData("0", "one label")]
    public void Data_that_cannot_be_learnt_from_is_refused(string label, string said) =>
        Assert.Contains(
            said,
            Assert.Throws<InvalidDataException>(() => Train(Small, ToyCorpus.Make(50, 1, label))).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void No_data_is_refused() =>
        Assert.Contains(
            "no labeled text",
            Assert.Throws<InvalidDataException>(() => Train(Small, [])).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_label_column_full_of_texts_is_refused()
    {
        List<LabeledText> corpus = [.. ToyCorpus.Make(2000).Select(r => new LabeledText(r.Label, r.Text))];
        Assert.Contains(
            "2000 different labels",
            Assert.Throws<InvalidDataException>(() => Train(Small, corpus)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Options_are_checked_before_the_data_is_touched()
    {
        static IEnumerable<LabeledText> Untouchable()
        {
            Assert.Fail("the data was read");
            yield break;
        }
        RecipeOptions bad = Small with { Training = Small.Training with { Schedule = ThawSchedule.ThawAll(6) } };
        Assert.Throws<ArgumentException>(() => Train(bad, Untouchable()));
        Assert.Throws<ArgumentOutOfRangeException>(() => Train(Small with { TestShare = 1 }, Untouchable()));
        Assert.Throws<FileNotFoundException>(() =>
            Train(Small with { VectorsPath = Path.Combine(_folder, "absent") }, Untouchable())
        );
    }

    private static RecipeResult Train(
        RecipeOptions options,
        IEnumerable<LabeledText> corpus,
        IEnumerable<LabeledText>? test = null,
        IRecipeObserver? observer = null,
        CancellationToken? cancellation = null
    ) => new Recipe(options).Train(corpus, test, observer, cancellation ?? TestContext.Current.CancellationToken);

    private sealed class Observer : IRecipeObserver
    {
        public List<RecipeStage> Stages { get; } = [];

        public List<EpochRecord> Epochs { get; } = [];

        public int Batches { get; private set; }

        public Action<EpochRecord> OnEpochDone { get; init; } = _ => { };

        public void OnStage(RecipeStage stage) => Stages.Add(stage);

        public void OnProgress(RecipeProgress progress) => Assert.Contains(progress.Stage, Stages);

        public void OnStageDone(RecipeStage stage, string summary, double seconds) => Assert.NotEmpty(summary);

        public void OnBatch(BatchProgress progress) => Batches++;

        public void OnEpoch(EpochRecord record)
        {
            Epochs.Add(record);
            OnEpochDone(record);
        }
    }
}
