using Firn.Data;
using Firn.Layers;
using Firn.Linear;
using Firn.Model;
using Firn.Recipes;
using Firn.Text;
using Firn.Training;

namespace Firn.Tests.Recipes;

public class MemoryForecastTests
{
    private static readonly RecipeOptions Small = RecipeOptions.Notebook with
    {
        MaxTokens = 20,
        Word2Vec = RecipeOptions.Notebook.Word2Vec with { VectorSize = 16, MinCount = 2, Epochs = 1, Threads = 1 },
        Classifier = new ClassifierOptions { HiddenSize = 8 },
        Training = new TrainingOptions
        {
            Epochs = 4,
            BatchSize = 64,
            Threads = 1,
        },
    };

    [Fact]
    public void The_notebooks_table_costs_what_freezing_it_saves()
    {
        var shape = TextShape.Of(new ClassifierOptions(), rows: 290_419, width: 300);
        Assert.Equal((87_125_700, 160_400, 101), (shape.TableWeights, shape.EncoderWeights, shape.DenseWeights));
        Assert.Equal(87_286_201, shape.TableWeights + shape.EncoderWeights + shape.DenseWeights);
        Assert.Equal(697_005_600, MemoryForecast.OptimizerBytes(shape.TableWeights));
    }

    [Theory]
    [InlineData(false, Pooling.LastState, 2)]
    [InlineData(true, Pooling.Attention, 3)]
    public void Shapes_count_the_weights_a_model_has(bool bidirectional, Pooling pooling, int classes)
    {
        var options = new ClassifierOptions
        {
            HiddenSize = 7,
            Bidirectional = bidirectional,
            Pooling = pooling,
            Classes = classes,
        };
        var model = new TextClassifier(options, EmbeddingTable.Random(20, 9, 1), 1);
        var shape = TextShape.Of(options, 20, 9);
        foreach (ParameterGroup group in Enum.GetValues<ParameterGroup>())
            Assert.Equal(
                model.Parameters.Where(p => p.Group == group).Sum(p => (long)p.Values.Length),
                shape.Of(group)
            );
    }

    [Theory]
    [InlineData("frozen", false, Pooling.LastState, 0.2)]
    [InlineData("trainable", false, Pooling.LastState, 0.2)]
    [InlineData("trainable", true, Pooling.Attention, 0)]
    [InlineData("frozen", true, Pooling.Max, 0)]
    public void Gradients_and_activations_are_what_the_engine_allocates(
        string schedule,
        bool bidirectional,
        Pooling pooling,
        double dropout
    )
    {
        IReadOnlySet<ParameterGroup> trains = ThawSchedule.Parse(schedule).TrainableIn(1);
        var options = new ClassifierOptions
        {
            HiddenSize = 64,
            Bidirectional = bidirectional,
            Pooling = pooling,
            EmbeddingDropout = dropout,
            InputDropout = dropout,
            RecurrentDropout = dropout,
        };
        var random = new Random(3);
        int[][] ids =
        [
            .. Enumerable
                .Range(0, 512)
                .Select(_ => Enumerable.Range(0, random.Next(5, 30)).Select(_ => random.Next(1, 2000)).ToArray()),
        ];
        RaggedIds texts = RaggedIds.From(ids);
        int[] batch = [.. Enumerable.Range(0, ids.Length)];
        var model = new TextClassifier(options, EmbeddingTable.Random(2000, 96, 1), 1);
        var plan = TrainingWorkspace.CreatePlan();
        plan.Build(texts, batch);
        int tokens = 0,
            most = 0;
        for (int shard = 0; shard < plan.Shards; shard++)
        {
            int inShard = plan.Length[plan.RangeOf(shard)].Sum();
            tokens = Math.Max(tokens, inShard);
            most = Math.Max(most, plan.RangeOf(shard).GetOffsetAndLength(plan.Count).Length);
        }
        var largest = new LargestBatch(
            plan.Shards,
            tokens,
            most,
            plan.Tokens,
            1 + ids.SelectMany(t => t).Distinct().Count()
        );
        bool lstm = trains.Contains(ParameterGroup.Encoder),
            dense = trains.Contains(ParameterGroup.Dense),
            table = trains.Contains(ParameterGroup.Embedding);
        var shape = TextShape.Of(options, 2000, 96);
        long expected =
            WorkspaceMemory.Gradients(shape, lstm, dense, table, largest)
            + WorkspaceMemory.Activations(shape, options, lstm, table, largest, threads: 1);

        long before = GC.GetAllocatedBytesForCurrentThread();
        var work = new TrainingWorkspace(model, trains, threads: 1);
        work.ForwardBackward(texts, batch, new int[ids.Length], [], seed: 1, step: 1);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(allocated, 0.85 * expected, 1.15 * expected);
    }

    [Fact]
    public void A_sample_of_n_grams_tells_about_how_many_there_are()
    {
        var random = new Random(5);
        RaggedIds texts = RaggedIds.From([
            .. Enumerable
                .Range(0, 20_000)
                .Select(_ =>
                    Enumerable.Range(0, 12).Select(_ => 1 + (int)(400 * Math.Pow(random.NextDouble(), 3))).ToArray()
                ),
        ]);
        NgramOptions options = new LinearBranchOptions().ToNgrams();
        (NgramVectorizer vectorizer, SparseMatrix rows) = NgramVectorizer.Fit(new IdSource(texts, options), options, 1);
        NgramSample sample = NgramSample.Of(new IdSource(texts, options), options.MinTexts);
        Assert.InRange(sample.Kept, 0.9 * vectorizer.ColumnCount, 1.1 * vectorizer.ColumnCount);
        Assert.InRange(sample.KeptValues, 0.9 * rows.Values.Length, 1.1 * rows.Values.Length);
        Assert.True(sample.Values > sample.KeptValues && sample.Distinct > sample.Kept);
    }

    [Fact]
    public void Each_phase_pays_for_what_it_trains()
    {
        MemoryForecast forecast = new Recipe(
            Small with
            {
                Training = Small.Training with { Schedule = ThawSchedule.Parse("thaw-all@3,rows=top:5") },
            }
        ).Forecast(ToyCorpus.Make(300), cancellation: TestContext.Current.CancellationToken);
        StageMemory frozen = forecast.Stages.Single(s => s.Name == "epochs 1 to 2"),
            thawed = forecast.Stages.Single(s => s.Name == "epochs 3 to 4");
        long body = 4 * 8 * (16 + 8 + 1) + 8 + 1;
        Assert.Equal([body, body + 5 * 16], forecast.Trained);
        Assert.Equal(8 * body, frozen.OptimizerState);
        Assert.InRange(thawed.OptimizerState, 8 * (body + 5 * 16), 8 * (body + 5 * 16) + 4 * 200);
        Assert.True(thawed.Gradients > frozen.Gradients);
        Assert.All(forecast.Stages, s => Assert.True(s.Total > 0 && s.InputData >= 0 && s.Workspace >= 0));
        Assert.Equal(forecast.Stages.Max(s => s.Total), forecast.Peak);
    }

    [Fact]
    public void A_phase_that_lasts_until_its_best_epoch_pays_for_a_copy_of_it()
    {
        MemoryForecast plain = Of("thaw-all@3,rows=top:5"),
            best = Of("thaw-all@best,rows=top:5");
        StageMemory frozen = best.Stages.Single(s => s.Name == "epochs 1 to the best, 2 at most"),
            thawed = best.Stages.Single(s => s.Name == "phase 2, after the best epoch");
        StageMemory same = plain.Stages.Single(s => s.Name == "epochs 1 to 2"),
            then = plain.Stages.Single(s => s.Name == "epochs 3 to 4");
        long body = 4 * 8 * (16 + 8 + 1) + 8 + 1;
        Assert.Equal(same.Copies + 12 * body, frozen.Copies);
        Assert.Equal(plain.Trained, best.Trained);
        Assert.Equal(
            (then.Copies, then.Gradients, then.OptimizerState, then.Workspace),
            (thawed.Copies, thawed.Gradients, thawed.OptimizerState, thawed.Workspace)
        );

        MemoryForecast Of(string schedule) =>
            new Recipe(
                Small with
                {
                    Training = Small.Training with { Schedule = ThawSchedule.Parse(schedule) },
                }
            ).Forecast(ToyCorpus.Make(300), cancellation: TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_limit_is_kept_before_anything_is_trained_and_the_remedy_is_told()
    {
        var stages = new List<RecipeStage>();
        var recipe = new Recipe(Small) { MemoryLimit = 1_000_000 };
        var error = Assert.Throws<MemoryLimitException>(() =>
            recipe.Train(ToyCorpus.Make(200), null, new StageWatcher(stages), TestContext.Current.CancellationToken)
        );
        Assert.Equal([RecipeStage.Read, RecipeStage.Vocabulary], stages);
        Assert.Contains("and the limit is 1 MB", error.Message, StringComparison.Ordinal);
        Assert.Contains("use fewer texts", error.Message, StringComparison.Ordinal);
        Assert.True(error.Forecast.Peak > 1_000_000);
    }

    [Fact]
    public void What_fits_is_told_by_schedule_and_by_batch()
    {
        RecipeOptions wide = Small with
        {
            Word2Vec = Small.Word2Vec with { VectorSize = 1024, MinCount = 1 },
            Classifier = new ClassifierOptions { HiddenSize = 256 },
            Training = Small.Training with { Schedule = ThawSchedule.Trainable, BatchSize = 1024 },
        };
        List<LabeledText> corpus = ToyCorpus.Make(1200);
        CancellationToken token = TestContext.Current.CancellationToken;
        long need = Training(wide, corpus, token);
        long frozen = Training(
            wide with
            {
                Training = wide.Training with { Schedule = ThawSchedule.Frozen },
            },
            corpus,
            token
        );
        long small = Training(wide with { Training = wide.Training with { BatchSize = 32 } }, corpus, token);
        Assert.True(small < need && frozen < need, $"{need}: frozen {frozen}, batches of 32 {small}");
    }

    /// <summary>What the epochs hold beside what was measured of this process, which holds other tests too.</summary>
    private static long Training(RecipeOptions options, List<LabeledText> corpus, CancellationToken token) =>
        new Recipe(options)
            .Forecast(corpus, cancellation: token)
            .Stages.Where(s => s.Name.StartsWith("epoch", StringComparison.Ordinal))
            .Max(s => s.Total - s.Runtime - s.InputData);

    private sealed class StageWatcher(List<RecipeStage> stages) : IRecipeObserver
    {
        public void OnStage(RecipeStage stage) => stages.Add(stage);

        public void OnProgress(RecipeProgress progress) { }

        public void OnStageDone(RecipeStage stage, string summary, double seconds) { }

        public void OnBatch(BatchProgress progress) => Assert.Fail("something was trained");

        public void OnEpoch(EpochRecord record) => Assert.Fail("something was trained");
    }
}
