using Grpc.Core;

namespace Firn.Server.Telemetry;

/// <summary>Counts and times of one version since it was loaded, as Triton's statistics give them.</summary>
internal sealed class ModelStatistics
{
    private long _lastRequest;
    private long _texts;
    private long _passes;
    private long _succeeded;
    private long _succeededTicks;
    private long _failed;
    private long _failedTicks;
    private long _queued;
    private long _queuedTicks;

    /// <summary>When the last request ended, in milliseconds since 1970; 0 before the first.</summary>
    public long LastRequest => Volatile.Read(ref _lastRequest);

    /// <summary>Texts of requests that were answered.</summary>
    public long Texts => Volatile.Read(ref _texts);

    /// <summary>Passes through the model.</summary>
    public long Passes => Volatile.Read(ref _passes);

    /// <summary>Requests that were answered, and their time.</summary>
    public Duration Succeeded => new(Volatile.Read(ref _succeeded), Volatile.Read(ref _succeededTicks));

    /// <summary>Requests that failed, and their time.</summary>
    public Duration Failed => new(Volatile.Read(ref _failed), Volatile.Read(ref _failedTicks));

    /// <summary>Requests that waited for a worker, and how long.</summary>
    public Duration Waited => new(Volatile.Read(ref _queued), Volatile.Read(ref _queuedTicks));

    public void Request(Outcome outcome, TimeSpan time)
    {
        if (outcome.Texts == 0 && outcome.Code == StatusCode.OK)
            return; // metadata and the like
        Volatile.Write(ref _lastRequest, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        if (outcome.Code == StatusCode.OK)
        {
            Interlocked.Add(ref _texts, outcome.Texts);
            Interlocked.Increment(ref _succeeded);
            Interlocked.Add(ref _succeededTicks, time.Ticks);
        }
        else
        {
            Interlocked.Increment(ref _failed);
            Interlocked.Add(ref _failedTicks, time.Ticks);
        }
    }

    public void Pass() => Interlocked.Increment(ref _passes);

    public void Queued(TimeSpan time)
    {
        Interlocked.Increment(ref _queued);
        Interlocked.Add(ref _queuedTicks, time.Ticks);
    }

    /// <summary>How often, and how long in all.</summary>
    public readonly record struct Duration(long Count, long Ticks)
    {
        /// <summary>The time in nanoseconds.</summary>
        public long Nanoseconds => Ticks * TimeSpan.NanosecondsPerTick;
    }
}
