using Firn.Model;
using Firn.Text;

namespace Firn.Training;

/// <summary>All that changes while a model trains: its epochs, the callbacks, the best weights, the history.</summary>
internal sealed class TrainingRun
{
    public TrainingRun(TextClassifier model, TrainingOptions options, RaggedIds texts, int[] labels, LabelSets? sets, bool validates, ITrainingObserver? observer)
    {
        Model = model;
        Options = options;
        if (options.Schedule.EverTrains(ParameterGroup.Embedding))
        {
            Start = new TableStart(model.Embedding, texts);
            Start.Check(options.Schedule);
        }
        Epochs = new EpochRunner(model, options, texts, labels, sets, Start, observer);
        Rate = new ReduceLearningRate(options.ReduceLearningRate ?? new(), options.LearningRate);
        Stopping = options.EarlyStopping is { } asked ? new EarlyStopping(asked) : null;
        Best = new BestEpoch(options.BestBy(validates), new WeightSnapshot(model, options.Schedule));
    }

    public TextClassifier Model { get; }

    public TrainingOptions Options { get; }

    /// <summary>The table before training; null when no phase trains it.</summary>
    public TableStart? Start { get; }

    public EpochRunner Epochs { get; }

    public ReduceLearningRate Rate { get; }

    public EarlyStopping? Stopping { get; }

    public BestEpoch Best { get; }

    public List<EpochRecord> History { get; } = [];

    /// <summary>Why the run is over; null while it goes on.</summary>
    public StopReason? Stopped { get; set; }

    /// <summary>Takes a finished epoch: history, best weights, callbacks.</summary>
    public void Finish(EpochRecord record)
    {
        History.Add(record);
        Best.OnEpoch(record);
        if (Options.ReduceLearningRate is not null)
            Rate.OnEpoch(record);
        if (Stopping?.OnEpoch(record) == true)
            Stopped = StopReason.EarlyStopping;
        else if (record.Epoch == Options.Epochs)
            Stopped = StopReason.Completed;
    }

    /// <summary>Leaves the model with the weights asked for.</summary>
    public TrainingResult End()
    {
        bool restore = Stopped == StopReason.Cancelled || Options.RestoreBest;
        int kept = restore ? Best.Restore() : History.Count;
        Model.WeightsChanged();
        return new TrainingResult(History, Stopped ?? StopReason.Completed, Best.Epoch, kept) { StartRows = Start?.Rows };
    }
}
