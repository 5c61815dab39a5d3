using Firn.Data;
using Firn.Evaluation;
using Firn.Layers;
using Firn.Model;
using Firn.Recipes;
using Firn.Training;
using Firn.Vectors.Training;

namespace Firn.Tests.Recipes;

public sealed class RefitTests
{
    private static readonly RecipeOptions Options = RecipeOptions.Tweets with
    {
        ValidationShare = 0.3,
        Validation = ValidationSplit.Last, // so that both parts together are the whole, in its order
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
            EmbeddingDropout = 0.1,
            InputDropout = 0,
            RecurrentDropout = 0,
        },
        Training = RecipeOptions.Tweets.Training with { BatchSize = 16, Epochs = 6, LearningRate = 0.02, Threads = 1 },
        TuneThreshold = ThresholdMetric.F1,
    };

    [Theory]
    [InlineData("trainable")]
    [InlineData("frozen")]
    [InlineData("thaw-embedding@best,patience=1")]
    [InlineData("thaw-all@best")]
    public void The_second_training_is_one_on_all_texts_for_as_many_epochs_as_the_first_chose(string schedule)
    {
        RecipeOptions options = Options with
        {
            Training = Options.Training with { Schedule = ThawSchedule.Parse(schedule) },
        };
        RecipeResult first = Train(options),
            again = Train(options with { Refit = true });
        RecipeResult all = Train(
            options with
            {
                ValidationShare = 0,
                TuneThreshold = null,
                Training = options.Training with
                {
                    Schedule = first.Training.Schedule,
                    Epochs = first.Training.KeptEpoch,
                    RestoreBest = false,
                },
            }
        );

        Assert.Null(first.Refit);
        Assert.Equal(
            (270, first.Training.KeptEpoch, all.Training.History[^1].Loss),
            (again.Refit!.Texts, again.Refit.Epochs, again.Refit.Loss)
        );
        Assert.Equal(
            first.Training.History.Select(e => e.ValidationLoss),
            again.Training.History.Select(e => e.ValidationLoss)
        );
        foreach (string name in new[] { "embedding.rows", "lstm.kernel", "lstm_backward.recurrent_kernel" })
            Assert.Equal(
                all.Predictor.Classifier[name].Values.ToArray(),
                again.Predictor.Classifier[name].Values.ToArray()
            );
        Assert.Equal(all.Predictor.Trace!.Counts, again.Predictor.Trace!.Counts);

        // Scales and threshold are the first's.
        Assert.Equal(first.Output, again.Output! with { Before = first.Output!.Before, After = first.Output.After });
        Assert.Equal(first.Predictor.Threshold, again.Predictor.Threshold);
        double scale = again.Output.EncoderScale / all.Output!.EncoderScale;
        Assert.All(
            again
                .Predictor.Classifier["dense.kernel"]
                .Values.ToArray()
                .Zip(all.Predictor.Classifier["dense.kernel"].Values.ToArray()),
            pair => Assert.Equal(pair.Second * scale, pair.First, 1e-5)
        );
        Assert.NotEqual(
            first.Predictor.Classifier["lstm.kernel"].Values.ToArray(),
            again.Predictor.Classifier["lstm.kernel"].Values.ToArray()
        );
    }

    [Fact]
    public void A_falling_learning_rate_falls_again_where_it_fell()
    {
        RecipeOptions options = Options with
        {
            Refit = true,
            Training = Options.Training with
            {
                ReduceLearningRate = new ReduceLearningRateOptions
                {
                    Monitor = Monitored.ValidationLoss,
                    Patience = 1,
                    MinDelta = 10,
                },
                RestoreBest = false,
            },
        };
        var observer = new Observer();
        RecipeResult result = Train(options, observer: observer);
        Assert.Equal(6, result.Refit!.Epochs);
        Assert.Equal(12, observer.Rates.Count);
        Assert.True(observer.Rates[5] < observer.Rates[0]);
        Assert.Equal(observer.Rates[..6], observer.Rates[6..]);
    }

    [Fact]
    public void Words_that_only_a_validation_file_has_train_too()
    {
        List<LabeledText> validation = [.. ToyCorpus.Make(60, 2).Select(r => r with { Text = "zzyzx " + r.Text })];
        Predictor plain = Train(Options, validation).Predictor,
            again = Train(Options with { Refit = true }, validation).Predictor;
        Assert.True(plain.Vocabulary.IdOf("zzyzx") < 0);
        int id = again.Vocabulary.IdOf("zzyzx");
        Assert.Equal(60, again.Trace!.Counts[id]);
        Assert.True(again.Classifier.Embedding.VectorOf(id).ContainsAnyExcept(0f));
    }

    [Fact]
    public void Cancelled_in_the_second_training_the_first_model_stays()
    {
        using var source = new CancellationTokenSource();
        RecipeResult first = Train(Options),
            cancelled = Train(
                Options with
                {
                    Refit = true,
                },
                observer: new Observer(source),
                cancellation: source.Token
            );
        Assert.Null(cancelled.Refit);
        foreach (Parameter parameter in first.Predictor.Classifier.Parameters)
            Assert.Equal(parameter.Values.ToArray(), cancelled.Predictor.Classifier[parameter.Name].Values.ToArray());
    }

    [Fact]
    public void Without_validation_texts_there_is_nothing_to_refit_on() =>
        Assert.Throws<InvalidDataException>(() =>
            Train(Options with { Refit = true, ValidationShare = 0, TuneThreshold = null })
        );

    [Fact]
    public void Its_memory_is_told()
    {
        MemoryForecast plain = Forecast(Options),
            again = Forecast(Options with { Refit = true });
        Assert.DoesNotContain(plain.Stages, s => s.Name == "refit");
        StageMemory refit = again.Stages.Single(s => s.Name == "refit"),
            epochs = again.Stages.Single(s => s.Name == "epochs 1 to 6");
        Assert.True(
            refit.Copies > epochs.Copies + epochs.Weights,
            $"{refit.Copies}: {epochs.Copies}, {epochs.Weights}"
        ); // the first model is held

        static MemoryForecast Forecast(RecipeOptions options) =>
            new Recipe(options).Forecast(ToyCorpus.Make(300), cancellation: TestContext.Current.CancellationToken);
    }

    private static RecipeResult Train(
        RecipeOptions options,
        IEnumerable<LabeledText>? validation = null,
        IRecipeObserver? observer = null,
        CancellationToken? cancellation = null
    ) =>
        new Recipe(options) { Validation = validation }.Train(
            ToyCorpus.Make(300),
            null,
            observer,
            cancellation ?? TestContext.Current.CancellationToken
        );

    private sealed class Observer(CancellationTokenSource? cancel = null) : IRecipeObserver
    {
        public List<double> Rates { get; } = [];

        public void OnStage(RecipeStage stage)
        {
            if (stage == RecipeStage.Refit)
                cancel?.Cancel();
        }

        public void OnProgress(RecipeProgress progress) { }

        public void OnStageDone(RecipeStage stage, string summary, double seconds) { }

        public void OnBatch(BatchProgress progress) { }

        public void OnEpoch(EpochRecord record) => Rates.Add(record.LearningRate);
    }
}
