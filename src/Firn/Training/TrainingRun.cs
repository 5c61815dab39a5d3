using Firn.Data;
using Firn.Layers;
using Firn.Model;
using Firn.Text;

namespace Firn.Training;

/// <summary>All that changes while a model trains: its epochs, the callbacks, the best weights, the history.</summary>
internal sealed class TrainingRun
{
    private readonly Monitored _figure;

    public TrainingRun(
        TextClassifier model,
        TrainingOptions options,
        RaggedIds texts,
        int[] labels,
        LabelSets? sets,
        bool validates,
        ITrainingObserver? observer
    )
    {
        Model = model;
        if (options.Schedule.EverTrains(ParameterGroup.Embedding))
        {
            Start = new TableStart(model.Embedding, texts);
            Start.Check(options.Schedule);
        }
        Epochs = new EpochRunner(model, options, texts, labels, sets, Start, observer);
        Rate = new ReduceLearningRate(options.ReduceLearningRate ?? new(), options.LearningRate);
        Stopping = options.EarlyStopping is { } asked ? new EarlyStopping(asked) : null;
        _figure = options.BestBy(validates);
        Best = new BestEpoch(_figure, new WeightSnapshot(model, options.Schedule.EverTrains));
    }

    public TextClassifier Model { get; }

    /// <summary>
    /// The options as far as training has found them: once a phase that lasts until its best epoch is over, those of
    /// the run that would have gone straight on from there, its length in the schedule and the epochs that were taken
    /// back off their number.
    /// </summary>
    public TrainingOptions Options
    {
        get => Epochs.Options;
        private set => Epochs.Options = value;
    }

    /// <summary>The table before training; null when no phase trains it.</summary>
    public TableStart? Start { get; }

    public EpochRunner Epochs { get; }

    public ReduceLearningRate Rate { get; }

    public EarlyStopping? Stopping { get; }

    public BestEpoch Best { get; }

    public List<EpochRecord> History { get; } = [];

    /// <summary>Epochs that were rolled back.</summary>
    public List<EpochRecord> RolledBack { get; } = [];

    /// <summary>
    /// The best epoch of the phase under way, where that lasts until it; null before its first epoch is done, and else.
    /// </summary>
    public PhaseBest? PhaseBest { get; private set; }

    /// <summary>Where the callbacks stand.</summary>
    public CallbackState Callbacks
    {
        get
        {
            (double rate, double best, int wait, int cooldown) = Rate.State;
            (double stoppingBest, int stoppingWait) = Stopping?.State ?? default;
            return new CallbackState
            {
                Rate = rate,
                RateBest = best,
                RateWait = wait,
                RateCooldown = cooldown,
                StoppingBest = stoppingBest,
                StoppingWait = stoppingWait,
            };
        }
        set
        {
            Rate.State = (value.Rate, value.RateBest, value.RateWait, value.RateCooldown);
            if (Stopping is { } stopping)
                stopping.State = (value.StoppingBest, value.StoppingWait);
        }
    }

    /// <summary>Why the run is over; null while it goes on.</summary>
    public StopReason? Stopped { get; set; }

    /// <summary>
    /// Takes a finished epoch: history, best weights, callbacks. Tells of a phase that is over by it, and whose epochs
    /// after its best one were rolled back.
    /// </summary>
    public PhaseEnd? Finish(EpochRecord record)
    {
        History.Add(record);
        Best.OnEpoch(record);
        if (Options.ReduceLearningRate is not null)
            Rate.OnEpoch(record);
        bool stop = Stopping?.OnEpoch(record) == true;
        int phase = Options.Schedule.PhaseOf(record.Epoch);
        bool untilBest = Options.Schedule.Phases[phase].Patience is not null;
        bool over = untilBest && PhaseBestOf(phase).OnEpoch(record, this);
        if (stop && !untilBest) // a phase that lasts until its best epoch sees to its end itself
            Stopped = StopReason.EarlyStopping;
        else if (record.Epoch == Options.Epochs)
            Stopped = StopReason.Completed;
        else if (over)
            return EndPhase(phase);
        return null;
    }

    /// <summary>
    /// What follows the best epoch of a phase; made when its first epoch is done, or taken from a checkpoint.
    /// </summary>
    public PhaseBest PhaseBestOf(int phase) =>
        PhaseBest ??= new PhaseBest(
            Model,
            Options.Schedule.Phases[phase],
            Options.Schedule.LastEpochOf(phase, Options.Epochs)!.Value,
            _figure,
            Epochs.Optimizer!
        );

    /// <summary>Goes on from a checkpoint that knows the lengths of phases.</summary>
    public void Resume(ThawSchedule schedule, IReadOnlyList<EpochRecord> history, IReadOnlyList<EpochRecord> rolledBack)
    {
        History.AddRange(history);
        RolledBack.AddRange(rolledBack);
        Options = Options with { Schedule = schedule, Epochs = Options.Epochs - rolledBack.Count };
    }

    private PhaseEnd EndPhase(int phase)
    {
        PhaseBest best = PhaseBest!;
        int after = History.Count - best.Epoch;
        best.Restore(this);
        RolledBack.AddRange(History[best.Epoch..]);
        History.RemoveRange(best.Epoch, after);
        ThawSchedule found = Options.Schedule.WithLength(
            phase,
            best.Epoch + 1 - Options.Schedule.FirstEpochOf(phase)!.Value
        );
        Options = Options with { Schedule = found, Epochs = Options.Epochs - after };
        PhaseBest = null;
        return new PhaseEnd(best.Epoch, after, found.Phases[phase + 1]);
    }

    /// <summary>Leaves the model with the weights asked for.</summary>
    public TrainingResult End()
    {
        bool restore = Stopped == StopReason.Cancelled || Options.RestoreBest;
        int kept = restore ? Best.Restore() : History.Count;
        Model.WeightsChanged();
        return new TrainingResult(History, Stopped ?? StopReason.Completed, Best.Epoch, kept)
        {
            Schedule = Options.Schedule.EndedIn(Options.Schedule.PhaseOf(Math.Max(1, History.Count))),
            RolledBack = RolledBack,
            StartRows = Start?.Rows,
        };
    }
}
