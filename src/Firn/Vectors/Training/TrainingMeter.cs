using System.Diagnostics;

namespace Firn.Vectors.Training;

/// <summary>The learning rate of each block, and progress reports now and then.</summary>
/// <param name="options">The schedule.</param>
/// <param name="tokens">Words an epoch.</param>
/// <param name="loss">What kernels measured.</param>
/// <param name="progress">Who is told; null for nobody.</param>
/// <param name="interval">The least time between two reports.</param>
internal sealed class TrainingMeter(
    Word2VecOptions options,
    long tokens,
    LossTally loss,
    IProgress<Word2VecProgress>? progress,
    TimeSpan interval
)
{
    private readonly long _interval = (long)(interval.TotalSeconds * Stopwatch.Frequency);

    private readonly long _start = Stopwatch.GetTimestamp();
    private long _before;
    private long _done;
    private long _next = Stopwatch.GetTimestamp() + (long)(interval.TotalSeconds * Stopwatch.Frequency);

    /// <summary>
    /// Falls linearly from Alpha to MinAlpha with the part of the epoch whose blocks come before, however many threads
    /// there are and however far each has come: so one seed gives one result.
    /// </summary>
    public float AlphaAt(int epoch, double before)
    {
        double fraction = (epoch + before) / options.Epochs;
        return (float)(options.Alpha - (options.Alpha - options.MinAlpha) * fraction);
    }

    /// <summary>Words that an earlier run has read: part of what is done, not of this run's rate.</summary>
    public void Resume(long words)
    {
        _before += words;
        _done += words;
    }

    /// <summary>Counts words as read and reports if it is time.</summary>
    public void Add(int epoch, int words)
    {
        Interlocked.Add(ref _done, words);
        if (progress is null)
            return;
        long now = Stopwatch.GetTimestamp();
        long due = Volatile.Read(ref _next);
        if (now >= due && Interlocked.CompareExchange(ref _next, now + _interval, due) == due)
            Report(epoch);
    }

    public void Finish() => Report(options.Epochs - 1);

    private void Report(int epoch)
    {
        long done = Volatile.Read(ref _done);
        double seconds = Math.Max(Stopwatch.GetElapsedTime(_start).TotalSeconds, 1e-9);
        double fraction = tokens == 0 ? 1 : (double)done / tokens / options.Epochs;
        double alpha = options.Alpha - (options.Alpha - options.MinAlpha) * fraction;
        progress?.Report(
            new Word2VecProgress(epoch + 1, options.Epochs, fraction, (done - _before) / seconds, alpha, loss.Take())
        );
    }
}
