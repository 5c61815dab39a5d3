namespace Firn.Training;

/// <summary>Where a run's callbacks stand.</summary>
internal sealed record CallbackState
{
    /// <summary>The rate of the next epoch.</summary>
    public double Rate { get; init; }

    /// <summary>The best figure that the rate's fall has seen.</summary>
    public double RateBest { get; init; }

    /// <summary>Epochs since.</summary>
    public int RateWait { get; init; }

    /// <summary>Epochs to go before it watches again.</summary>
    public int RateCooldown { get; init; }

    /// <summary>The best figure that early stopping has seen.</summary>
    public double StoppingBest { get; init; }

    /// <summary>Epochs since.</summary>
    public int StoppingWait { get; init; }
}
