namespace Firn.Training;

/// <summary>Stops training when a figure no longer improves (Keras' <c>EarlyStopping</c>).</summary>
public sealed record EarlyStoppingOptions
{
    /// <summary>The figure to watch.</summary>
    public Monitored Monitor { get; init; } = Monitored.ValidationLoss;

    /// <summary>Changes up to this size are no improvement; 0 or more.</summary>
    public double MinDelta { get; init; }

    /// <summary>Epochs without improvement after which training stops; 0 (the first such epoch) or more.</summary>
    public int Patience { get; init; }

    internal void Validate()
    {
        Throw.IfOutside(MinDelta, 0, double.MaxValue, "min_delta of early stopping");
        Throw.IfOutside(Patience, 0, int.MaxValue, "patience of early stopping");
    }
}

/// <summary>Counts epochs without improvement.</summary>
internal sealed class EarlyStopping(EarlyStoppingOptions options)
{
    private double _best = MonitoredNames.Worst(options.Monitor);
    private int _wait;

    /// <summary>Takes an epoch's figures; true when training shall stop (never after the first epoch, as in Keras).</summary>
    public bool OnEpoch(EpochRecord record)
    {
        double value = record.ValueOf(options.Monitor);
        if (MonitoredNames.Improves(options.Monitor, value, _best, options.MinDelta))
        {
            _best = value;
            _wait = 0;
            return false;
        }
        return ++_wait >= options.Patience && record.Epoch > 1;
    }
}
