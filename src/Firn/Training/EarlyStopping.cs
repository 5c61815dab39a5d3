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
    /// <summary>What a checkpoint keeps: the best value so far, and epochs since.</summary>
    public (double Best, int Wait) State { get; set; } = (MonitoredNames.Worst(options.Monitor), 0);

    /// <summary>
    /// Takes an epoch's figures; true when training shall stop (never after the first epoch, as in Keras).
    /// </summary>
    public bool OnEpoch(EpochRecord record)
    {
        double value = record.ValueOf(options.Monitor);
        if (MonitoredNames.Improves(options.Monitor, value, State.Best, options.MinDelta))
        {
            State = (value, 0);
            return false;
        }
        State = (State.Best, State.Wait + 1);
        return State.Wait >= options.Patience && record.Epoch > 1;
    }
}
