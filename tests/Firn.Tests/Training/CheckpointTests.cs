using Firn.Model;
using Firn.Text;
using Firn.Training;

namespace Firn.Tests.Training;

public sealed class CheckpointTests : IDisposable
{
    private static readonly TrainingOptions Options = new()
    {
        Epochs = 6,
        BatchSize = 32,
        LearningRate = 0.05,
        Threads = 1,
        Schedule = ThawSchedule.ThawAll(3),
        RestoreBest = true,
        ReduceLearningRate = new() { Patience = 1 },
        EarlyStopping = new() { Patience = 3 },
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("firn-checkpoint-").FullName;

    private string File => Path.Combine(_folder, "run.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_run_that_was_broken_off_ends_as_if_it_had_not_been(int epochsBefore)
    {
        (TrainingResult whole, float[] expected) = Train(null);
        (TrainingResult broken, _) = Train(new Checkpoint(File, "a"), stopAfter: epochsBefore);
        Assert.Equal(StopReason.Cancelled, broken.StoppedBy);
        (TrainingResult resumed, float[] weights) = Train(new Checkpoint(File, "a"));

        Assert.Equal(expected, weights);
        Assert.Equal((whole.StoppedBy, whole.BestEpoch, whole.KeptEpoch), (resumed.StoppedBy, resumed.BestEpoch, resumed.KeptEpoch));
        Assert.Equal(whole.History.Select(Figures), resumed.History.Select(Figures));
    }

    [Fact]
    public void A_finished_run_is_not_trained_again()
    {
        (TrainingResult whole, float[] weights) = Train(new Checkpoint(File, "a"));
        int batches = 0;
        (TrainingResult again, float[] same) = Train(new Checkpoint(File, "a"), onBatch: _ => batches++);
        Assert.Equal(0, batches);
        Assert.Equal(weights, same);
        Assert.Equal(whole.History.Count, again.History.Count);
    }

    [Fact]
    public void A_file_of_another_run_or_none_at_all_is_refused_by_name()
    {
        Train(new Checkpoint(File, "a"), stopAfter: 1);
        var other = Assert.Throws<InvalidDataException>(() => Train(new Checkpoint(File, "b")));
        Assert.Contains("other data or options", other.Message, StringComparison.Ordinal);
        System.IO.File.WriteAllText(File, "not a checkpoint");
        Assert.StartsWith(File, Assert.Throws<InvalidDataException>(() => Train(new Checkpoint(File, "a"))).Message, StringComparison.Ordinal);
    }

    private static (int, double, double, double?, double?, double) Figures(EpochRecord r) =>
        (r.Epoch, r.Loss, r.Accuracy, r.ValidationLoss, r.ValidationAccuracy, r.LearningRate);

    private static (TrainingResult Result, float[] Weights) Train(Checkpoint? checkpoint, int stopAfter = 0, Action<BatchProgress>? onBatch = null)
    {
        (RaggedIds texts, int[] labels) = SmallTask.Make(150, 1);
        (RaggedIds held, int[] heldLabels) = SmallTask.Make(80, 2);
        TextClassifier model = SmallTask.Model();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var watcher = new Watcher
        {
            Batch = progress =>
            {
                onBatch?.Invoke(progress);
                if (stopAfter > 0 && progress.Epoch == stopAfter + 1 && progress.Batch == 2)
                    cancel.Cancel();
            },
        };
        TrainingResult result = new Trainer(model, Options) { Checkpoint = checkpoint }.Run(texts, labels, held, heldLabels, watcher, cancel.Token);
        return (result, SmallTask.Weights(model));
    }

    private sealed class Watcher : ITrainingObserver
    {
        public required Action<BatchProgress> Batch { get; init; }

        public void OnBatch(BatchProgress progress) => Batch(progress);

        public void OnEpoch(EpochRecord record)
        {
        }
    }
}
