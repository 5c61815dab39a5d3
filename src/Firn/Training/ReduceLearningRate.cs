namespace Firn.Training;

/// <summary>
/// Lowers the learning rate when a figure no longer improves (Keras' <c>ReduceLROnPlateau</c>, its defaults).
/// </summary>
public sealed record ReduceLearningRateOptions
{
    /// <summary>The figure to watch.</summary>
    public Monitored Monitor { get; init; } = Monitored.ValidationLoss;

    /// <summary>What the rate is multiplied by; in (0, 1).</summary>
    public double Factor { get; init; } = 0.1;

    /// <summary>Epochs without improvement before the rate falls; 0 or more.</summary>
    public int Patience { get; init; } = 10;

    /// <summary>Changes up to this size are no improvement; 0 or more.</summary>
    public double MinDelta { get; init; } = 1e-4;

    /// <summary>Epochs to wait after a fall before watching again; 0 or more.</summary>
    public int Cooldown { get; init; }

    /// <summary>The rate does not fall below this; 0 or more.</summary>
    public double MinRate { get; init; }

    internal void Validate()
    {
        Throw.IfOutside(Factor, 1e-9, 1 - 1e-9, "factor of the learning rate's fall");
        Throw.IfOutside(Patience, 0, int.MaxValue, "patience of the learning rate's fall");
        Throw.IfOutside(MinDelta, 0, double.MaxValue, "min_delta of the learning rate's fall");
        Throw.IfOutside(Cooldown, 0, int.MaxValue, "cooldown of the learning rate's fall");
        Throw.IfOutside(MinRate, 0, double.MaxValue, "least learning rate");
    }
}

/// <summary>Follows the watched figure and holds the rate of the next epoch.</summary>
internal sealed class ReduceLearningRate(ReduceLearningRateOptions options, double rate)
{
    private double _best = MonitoredNames.Worst(options.Monitor);
    private int _wait,
        _cooldown;

    /// <summary>What a checkpoint keeps.</summary>
    public (double Rate, double Best, int Wait, int Cooldown) State
    {
        get => (Rate, _best, _wait, _cooldown);
        set => (Rate, _best, _wait, _cooldown) = value;
    }

    /// <summary>The rate to train the next epoch with.</summary>
    public double Rate { get; private set; } = rate;

    /// <summary>Takes an epoch's figures.</summary>
    public void OnEpoch(EpochRecord record)
    {
        double value = record.ValueOf(options.Monitor);
        if (_cooldown > 0)
        {
            _cooldown--;
            _wait = 0;
        }
        if (MonitoredNames.Improves(options.Monitor, value, _best, options.MinDelta))
        {
            _best = value;
            _wait = 0;
        }
        else if (_cooldown == 0 && ++_wait >= options.Patience && Rate > options.MinRate)
        {
            Rate = Math.Max(Rate * options.Factor, options.MinRate);
            _cooldown = options.Cooldown;
            _wait = 0;
        }
    }
}
