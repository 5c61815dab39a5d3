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
        EarlyStopping = new() { Patience = 5 },
    };

    private static readonly string[] Schedules =
    [
        "frozen",
        "trainable",
        "thaw-all@3",
        "thaw-embedding@4",
        "gradual",
        "gradual@5,optimizer=reset",
        "thaw-all@2,rows=seen:20,anchor=0.05",
        "thaw-embedding@3,rows=top:9+without-vector,embedding-rate=0.3",
        """
            [ { "epochs": 1, "train": ["embedding"], "rows": { "top": 30 } },
              { "epochs": 2, "train": ["embedding", "dense"], "rows": { "seen": 20 }, "pull": 0.1 },
              { "epochs": 1, "train": ["lstm"], "optimizer": "reset" },
              { "epochs": 2, "train": ["embedding", "lstm", "dense"], "optimizer": "reset", "rates": { "lstm": 0.5 } } ]
            """,
    ];

    public static TheoryData<string, int, bool> Breaks
    {
        get
        {
            var breaks = new TheoryData<string, int, bool>();
            foreach (string schedule in Schedules)
            {
                for (int epoch = 1; epoch < Options.Epochs; epoch++)
                {
                    breaks.Add(schedule, epoch, false);
                    breaks.Add(schedule, epoch, true);
                }
            }
            return breaks;
        }
    }

    private readonly string _folder = Directory.CreateTempSubdirectory("firn-checkpoint-").FullName;

    private string File => Path.Combine(_folder, "run.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Breaks))]
    public void A_run_that_was_broken_off_in_any_phase_ends_as_if_it_had_not_been(
        string schedule,
        int epochsBefore,
        bool withinTheNext
    )
    {
        TrainingOptions options = Options with { Schedule = ThawSchedule.Parse(schedule) };
        (TrainingResult whole, float[] expected) = Train(null, options);
        (TrainingResult broken, _) = Train(new Checkpoint(File, "a"), options, epochsBefore, withinTheNext);
        Assert.Equal((StopReason.Cancelled, epochsBefore), (broken.StoppedBy, broken.History.Count));
        (TrainingResult resumed, float[] weights) = Train(new Checkpoint(File, "a"), options);

        Assert.True(expected.AsSpan().SequenceEqual(weights), "weights");
        Assert.Equal(Options.Epochs, whole.History.Count);
        Assert.Equal(
            (whole.StoppedBy, whole.BestEpoch, whole.KeptEpoch),
            (resumed.StoppedBy, resumed.BestEpoch, resumed.KeptEpoch)
        );
        Assert.Equal(whole.History.Select(Figures), resumed.History.Select(Figures));
        Assert.Equal(whole.StartRows?.ToArray(), resumed.StartRows?.ToArray());
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
        Assert.StartsWith(
            File,
            Assert.Throws<InvalidDataException>(() => Train(new Checkpoint(File, "a"))).Message,
            StringComparison.Ordinal
        );
    }

    private static (int, double, double, double?, double?, double) Figures(EpochRecord r) =>
        (r.Epoch, r.Loss, r.Accuracy, r.ValidationLoss, r.ValidationAccuracy, r.LearningRate);

    private static (TrainingResult Result, float[] Weights) Train(
        Checkpoint? checkpoint,
        TrainingOptions? options = null,
        int stopAfter = 0,
        bool withinTheNext = true,
        Action<BatchProgress>? onBatch = null
    )
    {
        (RaggedIds texts, int[] labels) = SmallTask.Make(150, 1);
        (RaggedIds held, int[] heldLabels) = SmallTask.Make(80, 2);
        TextClassifier model = SmallTask.Model();
        // words without a vector
        model.Embedding.Rows.Span.Slice(5 * model.Embedding.Dimension, 3 * model.Embedding.Dimension).Clear();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var watcher = new Watcher
        {
            Batch = progress =>
            {
                onBatch?.Invoke(progress);
                if (stopAfter > 0 && withinTheNext && progress.Epoch == stopAfter + 1 && progress.Batch == 2)
                    cancel.Cancel();
            },
            Epoch = record =>
            {
                if (record.Epoch == stopAfter && !withinTheNext)
                    cancel.Cancel();
            },
        };
        TrainingResult result = new Trainer(model, options ?? Options) { Checkpoint = checkpoint }.Run(
            texts,
            labels,
            held,
            heldLabels,
            watcher,
            cancel.Token
        );
        return (result, SmallTask.Weights(model));
    }

    private sealed class Watcher : ITrainingObserver
    {
        public required Action<BatchProgress> Batch { get; init; }

        public required Action<EpochRecord> Epoch { get; init; }

        public void OnBatch(BatchProgress progress) => Batch(progress);

        public void OnEpoch(EpochRecord record) => Epoch(record);
    }
}
