using Firn.Evaluation;
using Firn.Model;
using Firn.Text;
using Firn.Training;

namespace Firn.Tests.Training;

public class TrainerTests
{
    private static readonly TrainingOptions Quick = new()
    {
        Epochs = 4,
        BatchSize = 32,
        LearningRate = 0.02,
        Threads = 1,
    };

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Learns_what_can_be_learnt(int classes)
    {
        (RaggedIds texts, int[] labels) = SmallTask.Make(600, 1, classes);
        (RaggedIds held, int[] heldLabels) = SmallTask.Make(200, 2, classes);
        TrainingResult result = Run(SmallTask.Model(classes), Quick, texts, labels, held, heldLabels);

        Assert.Equal(StopReason.Completed, result.StoppedBy);
        Assert.Equal([1, 2, 3, 4], result.History.Select(r => r.Epoch));
        Assert.True(
            result.History[^1].Loss < result.History[0].Loss * 0.8,
            $"loss {result.History[0].Loss} -> {result.History[^1].Loss}"
        );
        Assert.InRange(result.History[^1].ValidationAccuracy!.Value, 0.85, 1);
        Assert.All(result.History, r => Assert.True(r.TokensPerSecond > 0 && r.Seconds > 0 && r.LearningRate == 0.02));
    }

    [Fact]
    public void Validation_figures_are_those_of_the_evaluation()
    {
        (RaggedIds texts, int[] labels) = SmallTask.Make(200, 1);
        (RaggedIds held, int[] heldLabels) = SmallTask.Make(100, 2);
        TextClassifier model = SmallTask.Model();
        TrainingResult result = Run(model, Quick, texts, labels, held, heldLabels);

        var probabilities = new float[held.Count];
        model.Predict(held, probabilities);
        EvaluationReport report = SingleLabelEvaluation.Evaluate(probabilities, heldLabels, ["a", "b"]);
        Assert.Equal(report.Loss, result.History[^1].ValidationLoss!.Value, 1e-9);
        Assert.Equal(report.Accuracy, result.History[^1].ValidationAccuracy!.Value, 1e-9);
    }

    [Fact]
    public void Weights_are_the_same_bits_on_any_number_of_threads_and_depend_on_the_seed()
    {
        float[] Train(TrainingOptions options)
        {
            (RaggedIds texts, int[] labels) = SmallTask.Make(300, 1);
            TextClassifier model = SmallTask.Model();
            Run(model, options, texts, labels);
            return SmallTask.Weights(model);
        }
        TrainingOptions options = Quick with { Schedule = ThawSchedule.ThawAll(3) };
        float[] one = Train(options);
        Assert.Equal(one, Train(options with { Threads = 2 }));
        Assert.Equal(one, Train(options with { Threads = 3 }));
        Assert.NotEqual(one, Train(options with { Seed = 43 }));
    }

    [Theory]
    [InlineData("frozen", false, true)]
    [InlineData("trainable", true, true)]
    [InlineData("thaw-all@2", true, true)]
    [InlineData("thaw-embedding@2", true, true)]
    public void Only_the_groups_of_the_schedule_move(string schedule, bool embeddingMoves, bool bodyMoves)
    {
        (RaggedIds texts, int[] labels) = SmallTask.Make(100, 1);
        TextClassifier model = SmallTask.Model();
        float[] rows = model["embedding.rows"].Values.ToArray(),
            kernel = model["lstm.kernel"].Values.ToArray();
        Run(model, Quick with { Epochs = 2, Schedule = ThawSchedule.Parse(schedule) }, texts, labels);
        Assert.Equal(embeddingMoves, !rows.AsSpan().SequenceEqual(model["embedding.rows"].Values.Span));
        Assert.Equal(bodyMoves, !kernel.AsSpan().SequenceEqual(model["lstm.kernel"].Values.Span));
    }

    [Fact]
    public void Thawing_the_embedding_alone_fixes_the_body()
    {
        (RaggedIds texts, int[] labels) = SmallTask.Make(100, 1);
        float[] Kernel(TrainingOptions options)
        {
            TextClassifier model = SmallTask.Model();
            Run(model, options, texts, labels);
            return model["lstm.kernel"].Values.ToArray();
        }
        Assert.Equal(
            Kernel(Quick with { Epochs = 1 }),
            Kernel(Quick with { Epochs = 3, Schedule = ThawSchedule.ThawEmbedding(2) })
        );
    }

    [Fact]
    public void Cancellation_keeps_the_best_epoch()
    {
        (RaggedIds texts, int[] labels) = SmallTask.Make(300, 1);
        (RaggedIds held, int[] heldLabels) = SmallTask.Make(100, 2);
        using var cancel = new CancellationTokenSource();
        TextClassifier model = SmallTask.Model();
        var watcher = new Watcher(b =>
        {
            if (b is { Epoch: 3, Batch: 2 })
                cancel.Cancel();
        });
        TrainingResult result = Run(model, Quick, texts, labels, held, heldLabels, watcher, cancel.Token);

        Assert.Equal(StopReason.Cancelled, result.StoppedBy);
        Assert.Equal(2, result.History.Count);
        Assert.Equal(result.BestEpoch, result.KeptEpoch);
        var probabilities = new float[held.Count];
        model.Predict(held, probabilities);
        double loss = SingleLabelEvaluation.Evaluate(probabilities, heldLabels, ["a", "b"]).Loss;
        Assert.Equal(result.History.Min(r => r.ValidationLoss!.Value), loss, 1e-9);
        Assert.Equal(2 * 10 + 2, watcher.Batches);
    }

    [Fact]
    public void Early_stopping_ends_the_run_and_the_best_weights_come_back()
    {
        (RaggedIds texts, int[] labels) = SmallTask.Make(60, 1);
        (RaggedIds held, int[] heldLabels) = SmallTask.Make(200, 2);
        TextClassifier model = SmallTask.Model();
        TrainingOptions options = Quick with
        {
            Epochs = 60,
            LearningRate = 0.05,
            RestoreBest = true,
            EarlyStopping = new() { Monitor = Monitored.ValidationLoss, Patience = 3 },
        };
        TrainingResult result = Run(model, options, texts, labels, held, heldLabels);

        Assert.Equal(StopReason.EarlyStopping, result.StoppedBy);
        Assert.Equal(result.BestEpoch + 3, result.History.Count);
        Assert.Equal(result.BestEpoch, result.KeptEpoch);
        var probabilities = new float[held.Count];
        model.Predict(held, probabilities);
        Assert.Equal(
            result.History[result.BestEpoch - 1].ValidationLoss!.Value,
            SingleLabelEvaluation.Evaluate(probabilities, heldLabels, ["a", "b"]).Loss,
            1e-9
        );
    }

    [Fact]
    public void A_loss_that_is_not_finite_stops_and_names_the_step()
    {
        (RaggedIds texts, int[] labels) = SmallTask.Make(64, 1);
        TextClassifier model = SmallTask.Model();
        var watcher = new Watcher(b =>
        {
            if (b is { Epoch: 2, Batch: 1 })
                model["dense.bias"].Values.Span[0] = float.NaN;
        });
        var error = Assert.Throws<NotFiniteNumberException>(() =>
            Run(model, Quick, texts, labels, null, null, watcher)
        );
        Assert.Contains("epoch 2, batch 2 (step 4)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_out_of_range_are_refused_before_any_work()
    {
        (RaggedIds texts, int[] labels) = SmallTask.Make(10, 1);
        labels[7] = 2;
        TextClassifier model = SmallTask.Model();
        float[] before = SmallTask.Weights(model);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Run(model, Quick, texts, labels));
        Assert.Contains("training labels[7]", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, SmallTask.Weights(model));
    }

    [Fact]
    public void Progress_counts_batches_and_time_left_falls_to_nothing()
    {
        (RaggedIds texts, int[] labels) = SmallTask.Make(100, 1);
        var seen = new List<BatchProgress>();
        Run(SmallTask.Model(), Quick with { Epochs = 2 }, texts, labels, null, null, new Watcher(seen.Add));
        Assert.Equal([1, 2, 3, 4, 1, 2, 3, 4], seen.Select(p => p.Batch));
        Assert.All(seen, p => Assert.Equal(4, p.Batches));
        Assert.True(seen[0].Remaining > TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, seen[^1].Remaining);
    }

    private static TrainingResult Run(
        TextClassifier model,
        TrainingOptions options,
        RaggedIds train,
        int[] labels,
        RaggedIds? held = null,
        int[]? heldLabels = null,
        ITrainingObserver? observer = null,
        CancellationToken? cancellation = null
    ) =>
        new Trainer(model, options).Run(
            train,
            labels,
            held,
            heldLabels,
            observer,
            cancellation ?? TestContext.Current.CancellationToken
        );

    private sealed class Watcher(Action<BatchProgress> onBatch) : ITrainingObserver
    {
        public int Batches { get; private set; }

        public void OnBatch(BatchProgress progress)
        {
            Batches++;
            onBatch(progress);
        }

        public void OnEpoch(EpochRecord record) { }
    }
}
