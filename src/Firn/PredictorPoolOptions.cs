namespace Firn;

/// <summary>How a <see cref="PredictorPool"/> watches and loads.</summary>
public sealed record PredictorPoolOptions
{
    /// <summary>
    /// Time between two looks at the folder; zero looks only when asked to (<see cref="PredictorPool.Look"/>). Default
    /// a second.
    /// </summary>
    public TimeSpan PollInterval
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            field = value;
        }
    } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Loads a version's folder; what it makes is the pool's to dispose of. Default <see cref="Predictor.Load"/>.
    /// </summary>
    public Func<string, Predictor> Load { get; init; } = Predictor.Load;
}
