using Firn.Drift;
using Firn.Model;
using Firn.Recipes;
using Firn.Study;
using Firn.Tests.Recipes;
using Firn.Text;
using Firn.Training;
using Firn.Vectors;
using Firn.Vectors.Formats;

namespace Firn.Tests.Study;

/// <summary>From a file of vectors through training and a bundle to drift, slice and repair.</summary>
public sealed class TraceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("firn-trace-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private RecipeOptions Options(ThawSchedule schedule)
    {
        string path = Path.Combine(_folder, "vectors.txt");
        string[] words =
        [
            "happy",
            "sad",
            "love",
            "hate",
            "coffee",
            "elsewhere",
            "Capital",
            "two-words",
            "gloomy",
            "sun",
            "beyond",
        ];
        var random = new Random(5);
        new WordVectors(
            words,
            [.. Enumerable.Range(0, 4 * words.Length).Select(_ => (float)random.NextDouble() - 0.5f)],
            4
        ).Save(path, VectorFormat.Word2VecText);
        return RecipeOptions.Notebook with
        {
            VectorsPath = path,
            UnseenWords = 10,
            Classifier = new ClassifierOptions
            {
                HiddenSize = 6,
                EmbeddingDropout = 0,
                InputDropout = 0,
                RecurrentDropout = 0,
            },
            Training = RecipeOptions.Notebook.Training with
            {
                BatchSize = 32,
                Epochs = 3,
                LearningRate = 0.02,
                Threads = 1,
                Schedule = schedule,
                EarlyStopping = null,
            },
        };
    }

    private static RecipeResult Train(RecipeOptions options, int texts = 200) =>
        new Recipe(options).Train(ToyCorpus.Make(texts), null, null, TestContext.Current.CancellationToken);

    [Fact]
    public void Words_that_only_the_vectors_have_get_ids_behind_those_of_the_texts()
    {
        RecipeResult result = Train(Options(ThawSchedule.Frozen));
        Vocabulary vocabulary = result.Predictor.Vocabulary;
        // Not "Capital", nor "two-words": the cleaning never gives them. Not "beyond": the eleventh row.
        Assert.Equal(["elsewhere", "gloomy"], Enumerable.Range(vocabulary.Count - 2, 2).Select(id => vocabulary[id]));
        Assert.Equal((2, 0L), (result.UnseenWords, vocabulary.CountOf(vocabulary.Count - 1)));
        Assert.True(result.Predictor.Trace!.Counts[vocabulary.IdOf("happy")] > 0);
        Assert.Equal(0, result.Predictor.Trace.Counts[vocabulary.IdOf("gloomy")]);
        Assert.Equal(0, result.Predictor.Trace.Pretrained!.Count);
        Assert.True(result.Predictor.Classifier.Embedding.VectorOf(vocabulary.IdOf("gloomy")).ContainsAnyExcept(0f));
        Assert.Equal(
            -1,
            Train(Options(ThawSchedule.Frozen) with { UnseenWords = 0 }).Predictor.Vocabulary.IdOf("gloomy")
        );
    }

    [Fact]
    public void Words_of_the_texts_that_the_options_leave_out_stay_out()
    {
        RecipeOptions options = Options(ThawSchedule.Frozen) with
        {
            Vocabulary = new VocabularyOptions { MaxSize = 4 },
        };
        RecipeResult result = Train(options);
        Assert.Equal(4 + 2 + 1, result.Predictor.Vocabulary.Count);
    }

    [Fact]
    public void A_bundle_keeps_what_training_saw_and_moved()
    {
        RecipeOptions options = Options(ThawSchedule.Trainable);
        RecipeResult result = Train(options);
        WordVectors vectors = WordVectors.Load(options.VectorsPath!);
        result.Predictor.Save(Path.Combine(_folder, "model"));
        using Predictor loaded = Predictor.Load(Path.Combine(_folder, "model"));
        foreach (Predictor predictor in (Predictor[])[result.Predictor, loaded])
        {
            DriftTable table = DriftTable.Of(predictor);
            foreach (string word in (string[])["happy", "sad", "love", "hate", "coffee", "sun"])
            {
                int id = table.Require(word);
                Assert.True(vectors.TryGetVector(word, out ReadOnlySpan<float> vector));
                Assert.Equal(vector, table.BeforeOf(id)); // bit for bit
                Assert.True(table.Moved(id) && table.Seen(id));
            }
            Assert.False(table.Moved(table.Require("gloomy")));
            Assert.Equal(6, table.Before.Count);
        }
        Assert.Equal(result.Predictor.Trace!.Counts, loaded.Trace!.Counts);
        int happy = loaded.Vocabulary.IdOf("happy"),
            counted = loaded.Trace.Counts[happy];
        // validation texts are not counted
        Assert.InRange(counted, 1, (int)result.Predictor.Vocabulary.CountOf(happy) - 1);
    }

    [Fact]
    public void Vectors_that_were_not_kept_can_be_given_as_their_file()
    {
        RecipeOptions options = Options(ThawSchedule.Trainable) with { KeepPretrained = false };
        RecipeResult result = Train(options);
        result.Predictor.Save(Path.Combine(_folder, "model"));
        Assert.False(File.Exists(Path.Combine(_folder, "model", "pretrained.safetensors")));
        using Predictor loaded = Predictor.Load(Path.Combine(_folder, "model"));
        Assert.Throws<InvalidDataException>(() => DriftTable.Of(loaded));
        DriftTable table = DriftTable.Of(loaded, WordVectors.Load(options.VectorsPath!));
        RecipeResult kept = Train(options with { KeepPretrained = true });
        Assert.Equal(DriftTable.Of(kept.Predictor).Before.Values.ToArray(), table.Before.Values.ToArray());
    }

    [Fact]
    public void A_run_that_was_broken_off_still_knows_where_it_began()
    {
        RecipeOptions options = Options(ThawSchedule.Trainable);
        RecipeResult whole = Train(options);
        var recipe = new Recipe(options) { CheckpointPath = Path.Combine(_folder, "run.safetensors") };
        using (var cancel = new CancellationTokenSource())
            recipe.Train(ToyCorpus.Make(200), null, new StopAfter(2, cancel), cancel.Token);
        RecipeResult resumed = recipe.Train(ToyCorpus.Make(200), null, null, TestContext.Current.CancellationToken);
        Assert.Equal(
            whole.Predictor.Trace!.Pretrained!.Values.ToArray(),
            resumed.Predictor.Trace!.Pretrained!.Values.ToArray()
        );
    }

    [Fact]
    public void A_bundle_with_a_row_that_its_table_lacks_is_refused()
    {
        using Predictor small = Bundles.SmallPredictor.Make();
        var trace = new TrainingTrace(new int[small.Vocabulary.Count], new PretrainedRows([99], new float[6], 6));
        small.WithEmbedding(small.Classifier.Embedding, trace).Save(Path.Combine(_folder, "model"));
        var error = Assert.Throws<InvalidDataException>(() => Predictor.Load(Path.Combine(_folder, "model")));
        Assert.Contains("pretrained.safetensors: pretrained.row: Row 99", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_slice_holds_the_texts_with_a_word_that_training_lacks_and_that_has_a_vector()
    {
        Predictor predictor = Train(Options(ThawSchedule.Trainable)).Predictor;
        RaggedIds texts = predictor.Encode(["happy coffee", "so gloomy today", "", "nowhere", "elsewhere"]);
        bool[] inSlice = UnseenWordTexts.In(predictor, texts);
        Assert.Equal([false, true, false, false, true], inSlice);
        SlicedAccuracy measured = SlicedAccuracy.Measure(predictor, texts, [1, 1, 1, 1, 1], inSlice);
        Assert.Equal((5, 2), (measured.Whole.Texts, measured.UnseenWords.Texts));
        SlicedAccuracy reverse = SlicedAccuracy.Measure(predictor, texts, [0, 0, 0, 0, 0], inSlice);
        Assert.Equal(5, measured.Whole.Correct + reverse.Whole.Correct);
        Assert.Equal(
            new SliceChange(reverse.UnseenWords.Correct, measured.UnseenWords.Correct),
            measured.ComparedWith(reverse, sliceOnly: true)
        );
        using Predictor unknowing = Bundles.SmallPredictor.Make();
        Assert.Contains(
            "earlier Firn",
            Assert.Throws<InvalidDataException>(() => UnseenWordTexts.In(unknowing, texts)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_repair_changes_scores_of_texts_with_unseen_words_alone()
    {
        Predictor predictor = Train(Options(ThawSchedule.Trainable)).Predictor;
        Predictor repaired = TableRepair.Run(DriftTable.Of(predictor), RepairMethod.Neighbors).ApplyTo(predictor);
        Assert.Equal(predictor.Predict("happy coffee").Score, repaired.Predict("happy coffee").Score);
        Assert.NotEqual(predictor.Predict("gloomy coffee").Score, repaired.Predict("gloomy coffee").Score);
        repaired.Save(Path.Combine(_folder, "repaired"));
        using Predictor loaded = Predictor.Load(Path.Combine(_folder, "repaired"));
        Assert.True(DriftTable.Of(loaded).Moved(loaded.Vocabulary.IdOf("gloomy")));
    }

    private sealed class StopAfter(int epoch, CancellationTokenSource cancel) : IRecipeObserver
    {
        public void OnStage(RecipeStage stage) { }

        public void OnProgress(RecipeProgress progress) { }

        public void OnStageDone(RecipeStage stage, string summary, double seconds) { }

        public void OnBatch(BatchProgress batch) { }

        public void OnEpoch(EpochRecord record)
        {
            if (record.Epoch == epoch)
                cancel.Cancel();
        }
    }
}
