namespace Firn.Server.Settings;

/// <summary>How texts of several requests share one pass through the model.</summary>
public sealed record BatchingOptions
{
    /// <summary>Most texts in one pass; a request with more is scored in passes of this size. Default 256.</summary>
    public int MaxBatchSize { get; init; } = 256;

    /// <summary>
    /// How long a batch that is not full may wait for more texts while another batch runs, in microseconds. 0 (the
    /// default) takes what is there as soon as a worker is free. A request that finds the model idle never waits.
    /// </summary>
    public int BatchTimeoutMicros { get; init; }

    /// <summary>Batches that run at the same time, each on one thread; 0 (the default) for one a core.</summary>
    public int Workers { get; init; }

    /// <summary>
    /// Texts that may wait for a worker; beyond it requests are refused at once with 429. Default 4096.
    /// </summary>
    public int QueueLimit { get; init; } = 4096;

    /// <summary>Throws where a value cannot work.</summary>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(BatchTimeoutMicros);
        ArgumentOutOfRangeException.ThrowIfNegative(Workers);
        ArgumentOutOfRangeException.ThrowIfNegative(QueueLimit);
    }
}
