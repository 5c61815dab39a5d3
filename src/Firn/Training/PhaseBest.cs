using Firn.Model;

namespace Firn.Training;

/// <summary>
/// The best epoch so far of a phase that lasts until it (<see cref="ThawPhase.Patience"/>), and all that training needs
/// to go on from there: the weights that train, the optimizer's state, and where the callbacks stood.
/// </summary>
internal sealed class PhaseBest
{
    private readonly int _patience,
        _lastEpoch;
    private readonly BestEpoch _best;
    private readonly Moments[] _moments;

    /// <param name="model">The weights.</param>
    /// <param name="phase">The phase, with a patience.</param>
    /// <param name="lastEpoch">The epoch after which it is over in any case.</param>
    /// <param name="figure">What says which epoch is best.</param>
    /// <param name="optimizer">The phase's.</param>
    public PhaseBest(TextClassifier model, ThawPhase phase, int lastEpoch, Monitored figure, Adam optimizer)
    {
        (_patience, _lastEpoch) = (phase.Patience!.Value, lastEpoch);
        _best = new BestEpoch(figure, new WeightSnapshot(model, phase.Trains));
        _moments = [.. optimizer.State.Select(m => new Moments(m.Parameter, m.Rows, m.Begin))];
    }

    /// <summary>The epoch; 0 before any.</summary>
    public int Epoch => _best.Epoch;

    /// <summary>The weights, the epoch and its figure.</summary>
    public BestEpoch Best => _best;

    /// <summary>Adam's moments.</summary>
    public IReadOnlyList<Moments> Moments => _moments;

    /// <summary>Steps done.</summary>
    public long Steps { get; private set; }

    /// <summary>Where the callbacks stood.</summary>
    public CallbackState Callbacks { get; private set; } = new();

    /// <summary>Takes an epoch at whose end the run stands; true when the phase is over.</summary>
    public bool OnEpoch(EpochRecord record, TrainingRun run)
    {
        _best.OnEpoch(record);
        if (Epoch == record.Epoch)
        {
            Resume(run.Epochs.Steps, run.Callbacks);
            foreach ((Moments kept, Moments now) in _moments.Zip(run.Epochs.Optimizer!.State))
                kept.Set(now.First, now.Second, now.Begin);
        }
        return record.Epoch - Epoch >= _patience || record.Epoch == _lastEpoch;
    }

    /// <summary>Goes on from a checkpoint, weights and moments being here already.</summary>
    public void Resume(long steps, CallbackState callbacks) => (Steps, Callbacks) = (steps, callbacks);

    /// <summary>Puts the run back to the end of the epoch.</summary>
    public void Restore(TrainingRun run)
    {
        _best.Restore();
        run.Model.WeightsChanged();
        run.Epochs.Resume(Epoch, Steps)
            .Restore(
                Steps,
                now =>
                {
                    Moments kept = _moments.First(m => m.Parameter == now.Parameter);
                    return (kept.First, kept.Second, kept.Begin);
                }
            );
        run.Callbacks = Callbacks;
    }
}
