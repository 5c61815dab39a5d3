using System.Diagnostics;
using Firn.Data;
using Firn.Kernels;
using Firn.Layers;
using Firn.Model;
using Firn.Text;

namespace Firn.Training;

/// <summary>
/// Runs the batches of an epoch; holds the engine and the optimizer of the groups that train at present.
/// </summary>
internal sealed class EpochRunner
{
    private readonly TextClassifier _model;
    private readonly RaggedIds _texts;
    private readonly int[] _labels;
    private readonly LabelSets? _sets;
    private readonly float[] _classWeights;
    private readonly ITrainingObserver? _observer;
    private readonly Batcher _batcher;
    private readonly TableStart? _start;
    private TrainingWorkspace? _workspace;
    private Adam? _adam;
    private MovableRows? _movable; // of the workspace
    private int _phase = -1;

    public EpochRunner(
        TextClassifier model,
        TrainingOptions options,
        RaggedIds texts,
        int[] labels,
        LabelSets? sets,
        TableStart? start,
        ITrainingObserver? observer
    )
    {
        _sets = sets;
        _start = start;
        _model = model;
        Options = options;
        _texts = texts;
        _labels = labels;
        _classWeights = options.ClassWeights is { Count: > 0 } weights ? [.. weights] : [];
        _observer = observer;
        _batcher = new Batcher(texts.Count, options.BatchSize, options.Seed);
    }

    /// <summary>
    /// How the epochs are trained; the schedule and the number of epochs may change between two of them.
    /// </summary>
    public TrainingOptions Options { get; set; }

    /// <summary>Steps done; dropout masks follow from their number.</summary>
    public long Steps { get; private set; }

    /// <summary>The optimizer; null before the first epoch.</summary>
    public Adam? Optimizer => _adam;

    /// <summary>Goes on after <paramref name="epoch"/>, with an optimizer of the groups that trained in it.</summary>
    public Adam Resume(int epoch, long steps)
    {
        Steps = steps;
        return Engine(Options.Schedule.PhaseOf(epoch)).Adam;
    }

    /// <summary>Trains one epoch; null when it was cancelled before its end.</summary>
    public EpochRecord? Run(int epoch, double learningRate, CancellationToken cancellation)
    {
        (TrainingWorkspace workspace, Adam adam) = Engine(Options.Schedule.PhaseOf(epoch));
        adam.LearningRate = learningRate;
        _batcher.Begin(epoch);
        long start = Stopwatch.GetTimestamp(),
            tokens = 0,
            texts = 0,
            correct = 0;
        double loss = 0;
        for (int b = 0; b < _batcher.Batches; b++)
        {
            if (cancellation.IsCancellationRequested)
                return null;
            ReadOnlySpan<int> batch = _batcher[b];
            BatchResult result = workspace.ForwardBackward(
                _texts,
                batch,
                _labels,
                _classWeights,
                Options.Seed,
                ++Steps
            );
            if (!double.IsFinite(result.LossSum))
                throw NotFinite(result.LossSum, epoch, b + 1);
            if (Options.ClipNorm is { } limit)
                workspace.ClipByGlobalNorm(limit);
            adam.Step(workspace);
            (loss, correct, tokens, texts) = (
                loss + result.LossSum,
                correct + result.Correct,
                tokens + result.Tokens,
                texts + batch.Length
            );
            _observer?.OnBatch(
                Progress(epoch, b + 1, loss / texts, (double)correct / texts, tokens, Stopwatch.GetElapsedTime(start))
            );
        }
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new EpochRecord(
            epoch,
            loss / texts,
            (double)correct / texts,
            null,
            null,
            learningRate,
            seconds,
            tokens / seconds
        );
    }

    /// <summary>The engine of a phase; what the phase before had and this one has not is let go.</summary>
    private (TrainingWorkspace Workspace, Adam Adam) Engine(int number)
    {
        if (_workspace is null || _adam is null || _phase != number)
        {
            ThawPhase phase = Options.Schedule.Phases[number];
            MovableRows? movable = phase.Trains(ParameterGroup.Embedding) ? _start!.Movable(phase.Rows) : null;
            if (_workspace is null || _movable != movable || !_workspace.Trainable.SetEquals(phase.Trainable))
            {
                _workspace = null;
                Heap.Compact();
                _workspace = new TrainingWorkspace(_model, phase.Trainable, Options.Threads, movable: movable)
                {
                    Sets = _sets,
                };
            }
            _adam = new Adam(_model, phase.Trainable, _adam, movable, reset: phase.Optimizer == OptimizerStart.Reset)
            {
                RateOf = phase.RateOf,
                Pull = phase.AnchorStrength > 0 ? new RowAnchor((float)phase.AnchorStrength, _start!.Rows) : null,
            };
            (_movable, _phase) = (movable, number);
        }
        return (_workspace, _adam);
    }

    private BatchProgress Progress(int epoch, int batch, double loss, double accuracy, long tokens, TimeSpan elapsed)
    {
        double rate = tokens / Math.Max(elapsed.TotalSeconds, 1e-9);
        double left = (Options.Epochs - epoch + 1.0) * _texts.TotalTokens - tokens;
        var remaining = TimeSpan.FromSeconds(rate > 0 ? Math.Min(left / rate, 1e9) : 0);
        return new BatchProgress(epoch, Options.Epochs, batch, _batcher.Batches, loss, accuracy, rate, remaining);
    }

    private NotFiniteNumberException NotFinite(double loss, int epoch, int batch) =>
        new(
            $"The loss is {loss} in epoch {epoch}, batch {batch} (step {Steps}); "
                + $"try a learning rate below {Options.LearningRate:g3}, or limit the gradients' norm to 1.",
            loss
        );
}
