using Firn.Layers;
using Firn.Model;
using Firn.Text;
using Firn.Training;

namespace Firn.Tests.Training;

public sealed class ThawAtBestTests : IDisposable
{
    private static readonly TrainingOptions Options = new()
    {
        Epochs = 12,
        BatchSize = 32,
        LearningRate = 0.1,
        Threads = 1,
        RestoreBest = true,
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("firn-best-").FullName;

    private string File => Path.Combine(_folder, "run.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("thaw-all@best", "thaw-all@", 1, true)]
    [InlineData("thaw-all@best", "thaw-all@", 2, false)]
    [InlineData("thaw-embedding@best", "thaw-embedding@", 2, true)]
    [InlineData("thaw-embedding@best", "thaw-embedding@", 3, false)]
    [InlineData("gradual@best", "gradual@", 1, true)]
    [InlineData("gradual@best", "gradual@", 2, false)]
    public void It_is_training_frozen_and_then_again_with_a_thaw_after_the_best_epoch(
        string name,
        string by,
        int patience,
        bool callbacks
    )
    {
        TrainingOptions options = Options with
        {
            RestoreBest = !callbacks,
            ReduceLearningRate = callbacks ? new() { Patience = 1, Factor = 0.8 } : null,
            EarlyStopping = callbacks ? new() { Patience = 3, Monitor = Monitored.ValidationAccuracy } : null,
        };
        // By hand: train without the last phase, look for the best epoch, then train anew with the thaw after it.
        bool gradual = name.StartsWith("gradual", StringComparison.Ordinal);
        ThawSchedule frozen = gradual
            ? new ThawSchedule([
                .. ThawSchedule.Gradual().Phases.Take(1),
                ThawSchedule.Gradual().Phases[1] with
                {
                    Epochs = null,
                },
            ])
            : ThawSchedule.Frozen;
        (int best, int end) = BestOf(
            Train(options with { Schedule = frozen, EarlyStopping = null }).Result,
            callbacks,
            patience,
            first: gradual ? 2 : 1
        );
        (TrainingResult fixedThaw, float[] expected) = Train(
            options with
            {
                Schedule = ThawSchedule.Parse($"{by}{best + 1}"),
                Epochs = options.Epochs - (end - best),
            }
        );

        (TrainingResult found, float[] weights) = Train(
            options with
            {
                Schedule = ThawSchedule.Parse(name).WithPatience(patience),
            }
        );
        Assert.Equal(expected, weights);
        Assert.Equal(ThawSchedule.Parse($"{by}{best + 1}"), found.Schedule);
        Assert.Equal(fixedThaw.History.Select(Figures), found.History.Select(Figures));
        Assert.Equal(
            (fixedThaw.StoppedBy, fixedThaw.BestEpoch, fixedThaw.KeptEpoch),
            (found.StoppedBy, found.BestEpoch, found.KeptEpoch)
        );
        Assert.Equal(Enumerable.Range(best + 1, end - best), found.RolledBack.Select(r => r.Epoch));
        Assert.Equal(fixedThaw.StartRows?.ToArray(), found.StartRows?.ToArray());

        Assert.Equal(
            weights,
            Train(options with { Schedule = ThawSchedule.Parse(name).WithPatience(patience), Threads = 2 }).Weights
        );
    }

    [Theory]
    [InlineData("thaw-all@best,patience=1")]
    [InlineData("thaw-embedding@best,patience=1,optimizer=reset")]
    [InlineData("gradual@best,rows=top:20,anchor=0.1,patience=1")]
    [InlineData(
        """[{ "until": "best", "train": ["encoder", "dense"] }, { "until": "best", "patience": 1, "train": ["embedding"], "rows": "top:9" }, { "train": ["embedding", "encoder", "dense"] }]"""
    )]
    public void Broken_off_after_any_epoch_it_ends_as_if_it_had_not_been(string text)
    {
        TrainingOptions options = Options with
        {
            Schedule = ThawSchedule.Parse(text),
            ReduceLearningRate = new() { Patience = 1, Factor = 0.8 },
            EarlyStopping = new() { Patience = 9 },
        };
        (TrainingResult whole, float[] expected) = Train(options);
        Assert.True(whole.RolledBack.Count > 0, "the case says little");
        Assert.False(whole.Schedule.LastsUntilBest);
        Assert.Equal(options.Schedule.Phases.Count, whole.Schedule.Phases.Count);
        Assert.Equal(options.Epochs, whole.History.Count + whole.RolledBack.Count);
        for (int epochs = 1; epochs < options.Epochs; epochs++)
        {
            Train(options, new Checkpoint(File, "a"), stopAfter: epochs);
            (TrainingResult resumed, float[] weights) = Train(options, new Checkpoint(File, "a"));
            Assert.True(expected.AsSpan().SequenceEqual(weights), $"broken off after {epochs}");
            Assert.Equal(whole.Schedule, resumed.Schedule);
            Assert.Equal(whole.History.Select(Figures), resumed.History.Select(Figures));
            Assert.Equal(whole.RolledBack.Select(Figures), resumed.RolledBack.Select(Figures));
            Assert.Equal(
                (whole.StoppedBy, whole.BestEpoch, whole.KeptEpoch),
                (resumed.StoppedBy, resumed.BestEpoch, resumed.KeptEpoch)
            );
            System.IO.File.Delete(File);
        }
    }

    [Fact]
    public void A_frozen_model_that_gets_better_and_better_thaws_at_half_of_the_epochs()
    {
        TrainingOptions options = Options with { LearningRate = 0.001, Epochs = 5 };
        Assert.Equal(5, Train(options with { Schedule = ThawSchedule.Frozen }).Result.BestEpoch);
        (TrainingResult found, float[] weights) = Train(options with { Schedule = ThawSchedule.ThawAllAtBest });
        Assert.Equal(("thaw-all@3", 0), (found.Schedule.Name, found.RolledBack.Count));
        Assert.Equal(Train(options with { Schedule = ThawSchedule.ThawAll(3) }).Weights, weights);
    }

    [Fact]
    public void Cancelled_before_it_thaws_it_says_what_was_trained()
    {
        ThawSchedule schedule = Train(
            Options with
            {
                Schedule = ThawSchedule.ThawAllAtBest,
            },
            stopAfter: 1
        ).Result.Schedule;
        Assert.False(schedule.EverTrains(ParameterGroup.Embedding));
        Assert.Equal((1, false), (schedule.Phases.Count, schedule.LastsUntilBest));
    }

    [Fact]
    public void It_tells_when_a_phase_is_over()
    {
        var watcher = new Watcher();
        (TrainingResult result, _) = Train(
            Options with
            {
                Schedule = ThawSchedule.ThawEmbeddingAtBest,
            },
            watcher: watcher
        );
        PhaseEnd told = Assert.Single(watcher.Ends);
        Assert.Equal(
            (result.Schedule.FirstEpochOf(1)!.Value - 1, result.RolledBack.Count),
            (told.BestEpoch, told.RolledBack)
        );
        Assert.Equal([ParameterGroup.Embedding], told.Next.Trainable);
        Assert.Equal(Options.Epochs, watcher.Epochs.Count);
        Assert.Equal(told.BestEpoch + 1, watcher.Epochs[told.BestEpoch + told.RolledBack].Epoch);
        Assert.Equal(Options.Epochs - told.RolledBack, watcher.LastOf);
    }

    [Theory]
    [InlineData(4, false, null, "there are none; keep some apart, or give the phase a number of epochs")]
    [InlineData(
        4,
        true,
        Monitored.Accuracy,
        "early stopping says that accuracy tells the best; watch val_loss or val_accuracy"
    )]
    [InlineData(1, true, null, "thaws in epoch 2 and training has 1; train longer.")]
    public void What_cannot_be_is_refused(int epochs, bool validation, Monitored? watched, string said)
    {
        var options = new TrainingOptions
        {
            Epochs = epochs,
            Schedule = ThawSchedule.ThawAllAtBest,
            EarlyStopping = watched is { } figure ? new() { Monitor = figure } : null,
        };
        Assert.Contains(
            said,
            Assert.Throws<ArgumentException>(() => options.Validate(2, validation)).Message,
            StringComparison.Ordinal
        );
        new TrainingOptions { Epochs = 2, Schedule = ThawSchedule.ThawAllAtBest }.Validate(2, hasValidation: true);
    }

    /// <summary>
    /// The best epoch of a frozen run and the one that ends the phase: so many after it, or half of the epochs from the
    /// first on.
    /// </summary>
    private static (int Best, int End) BestOf(TrainingResult frozen, bool accuracy, int patience, int first)
    {
        int best = first,
            last = first - 1 + (frozen.History.Count - first + 1) / 2;
        foreach (EpochRecord now in frozen.History.Skip(first).Take(last - first))
        {
            EpochRecord before = frozen.History[best - 1];
            if (
                accuracy
                    ? now.ValidationAccuracy > before.ValidationAccuracy
                    : now.ValidationLoss < before.ValidationLoss
            )
                best = now.Epoch;
            else if (now.Epoch - best == patience)
                return (best, now.Epoch);
        }
        return (best, last);
    }

    private static (int, double, double, double?, double?, double) Figures(EpochRecord r) =>
        (r.Epoch, r.Loss, r.Accuracy, r.ValidationLoss, r.ValidationAccuracy, r.LearningRate);

    private static (TrainingResult Result, float[] Weights) Train(
        TrainingOptions options,
        Checkpoint? checkpoint = null,
        int stopAfter = 0,
        Watcher? watcher = null
    )
    {
        (RaggedIds texts, int[] labels) = SmallTask.Make(100, 1);
        for (int i = 0; i < labels.Length; i += 3)
            labels[i] = i % 2; // to be learnt by heart, so that a model is soon past its best
        (RaggedIds held, int[] heldLabels) = SmallTask.Make(80, 2);
        TextClassifier model = SmallTask.Model();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        watcher ??= new Watcher();
        watcher.StopAfter = (stopAfter, cancel);
        TrainingResult result = new Trainer(model, options) { Checkpoint = checkpoint }.Run(
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
        public (int Epochs, CancellationTokenSource Cancel) StopAfter { get; set; }

        public List<EpochRecord> Epochs { get; } = [];

        public List<PhaseEnd> Ends { get; } = [];

        public int LastOf { get; private set; }

        public void OnBatch(BatchProgress progress) => LastOf = progress.Epochs;

        public void OnEpoch(EpochRecord record)
        {
            Epochs.Add(record);
            if (Epochs.Count == StopAfter.Epochs)
                StopAfter.Cancel.Cancel();
        }

        public void OnPhaseEnd(PhaseEnd phase) => Ends.Add(phase);
    }
}
