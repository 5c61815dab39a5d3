using System.Diagnostics;
using Firn.Common;
using Firn.Server.Contracts;
using Firn.Server.Settings;
using Firn.Server.Telemetry;
using Firn.Text;

namespace Firn.Server.Batching;

/// <summary>
/// Lets requests share passes through a model. A request that finds a free worker is scored at once on its own thread:
/// it pays for nothing. While all workers are busy, requests queue, and each worker that comes free takes as many as
/// fit in one pass. So batches grow with the load and with nothing else. A queued job whose client leaves, or whose
/// time is up, gives up its place at once; a batch that runs holds the model itself, since its clients may leave
/// meanwhile.
/// </summary>
internal sealed class Batcher : IThreadPoolWorkItem, IDisposable
{
    // Most tokens in one pass, so that a pass ends soon and deadlines are looked at again; a longer text has one of its
    // own.
    private const int PassTokens = 1 << 16;
    private const int PassVectors = 1 << 12;

    private readonly IScorer _scorer;
    private readonly BatchingOptions _options;
    private readonly ModelMeters _meters;
    private readonly CountedHold? _hold;
    private readonly int _workers;
    private readonly long _batchTimeout;
    private readonly Lock _gate = new();
    private readonly LinkedList<ScoreJob> _queue = new();
    private readonly Timer? _timer;
    private int _queuedTexts;
    private int _running;
    private bool _disposed;

    /// <summary>
    /// A batcher in front of a scorer that stays as long as there are jobs, or as long as it is held.
    /// </summary>
    public Batcher(IScorer scorer, BatchingOptions options, ModelMeters meters, CountedHold? hold = null)
    {
        options.Validate();
        _scorer = scorer;
        _options = options;
        _meters = meters;
        _hold = hold;
        _workers = options.Workers > 0 ? options.Workers : Environment.ProcessorCount;
        _batchTimeout = options.BatchTimeoutMicros * (Stopwatch.Frequency / 1_000_000);
        if (_batchTimeout > 0)
            _timer = new Timer(_ => StartWorker(), null, Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>Where its passes and waits are counted.</summary>
    public ModelMeters Meters => _meters;

    /// <summary>Texts that wait for a worker.</summary>
    public int QueuedTexts => Volatile.Read(ref _queuedTexts);

    /// <summary>Scores a job, now or when a worker is free.</summary>
    /// <exception cref="ServingException">
    /// The queue is full, the deadline has passed or the client has gone.
    /// </exception>
    public ValueTask ScoreAsync(ScoreJob job)
    {
        lock (_gate)
        {
            if (_running < _workers && _queue.Count == 0)
            {
                _running++;
            }
            else
            {
                if (_queuedTexts + job.Count > _options.QueueLimit)
                {
                    _meters.Rejected();
                    throw ServingException.Overloaded(
                        $"{_queuedTexts} texts are waiting and at most {_options.QueueLimit} may; try again in a "
                            + $"moment, or send fewer at a time"
                    );
                }
                job.QueuedAt = Stopwatch.GetTimestamp();
                job.Place = _queue.AddLast(job);
                _queuedTexts += job.Count;
                StartTimer();
                return new ValueTask(WaitAsync(job));
            }
        }
        try
        {
            job.ThrowIfUseless();
            RunAlone(job);
        }
        finally
        {
            Finish();
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>One worker's turn on a thread of the pool: batches until the queue is empty.</summary>
    public void Execute()
    {
        var batch = new List<ScoreJob>();
        while (true)
        {
            lock (_gate)
            {
                if (_queue.Count == 0 || MustWait())
                {
                    _running--;
                    return;
                }
                Take(batch);
                // Nobody in the queue has left, so each still holds the model, and it can be taken hold of.
                _hold?.Take();
            }
            try
            {
                Run(batch);
            }
            finally
            {
                batch.Clear();
                _hold?.LetGo();
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _timer?.Dispose();
        }
    }

    private async Task WaitAsync(ScoreJob job)
    {
        if (job.Deadline == long.MaxValue)
        {
            await using CancellationTokenRegistration gone = job.Aborted.UnsafeRegister(_ => Leave(job), null);
            await job.Done.ConfigureAwait(false);
            return;
        }
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(job.Aborted);
        await using CancellationTokenRegistration registration = abort.Token.UnsafeRegister(_ => Leave(job), null);
        TimeSpan left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), job.Deadline);
        abort.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        await job.Done.ConfigureAwait(false);
    }

    /// <summary>Takes a job that nobody waits for any more out of the queue, and ends it.</summary>
    private void Leave(ScoreJob job)
    {
        lock (_gate)
        {
            if (job.Place is { } place)
                Remove(place);
        }
        job.Fail(job.Aborted.IsCancellationRequested ? ScoreJob.Gone() : ScoreJob.PastDeadline());
    }

    private void Remove(LinkedListNode<ScoreJob> place)
    {
        _queue.Remove(place);
        place.Value.Place = null;
        _queuedTexts -= place.Value.Count;
    }

    /// <summary>
    /// Hands the worker's place to a thread of the pool when jobs wait, so that the caller can answer its client.
    /// </summary>
    private void Finish()
    {
        lock (_gate)
        {
            if (_queue.Count == 0)
            {
                _running--;
                return;
            }
        }
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private void StartWorker()
    {
        lock (_gate)
        {
            // A tick may still be on its way when the timer is disposed of, and must not touch it then.
            if (_queue.Count == 0 && !_disposed)
                _timer?.Change(Timeout.Infinite, Timeout.Infinite);
            if (_running >= _workers || _queue.Count == 0)
                return;
            _running++;
        }
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>True while another batch runs and this one is neither full nor old enough.</summary>
    private bool MustWait()
    {
        if (_batchTimeout == 0 || _running <= 1 || _queuedTexts >= _options.MaxBatchSize)
            return false;
        return Stopwatch.GetTimestamp() - _queue.First!.Value.QueuedAt < _batchTimeout;
    }

    private void StartTimer()
    {
        if (_timer is not null && _queue.Count == 1)
            _timer.Change(
                Math.Max(1, _options.BatchTimeoutMicros / 1000),
                Math.Max(1, _options.BatchTimeoutMicros / 1000)
            );
    }

    private void Take(List<ScoreJob> batch)
    {
        int texts = 0,
            tokens = 0;
        while (_queue.First is { Value: var job } place)
        {
            bool alone = job.Vectors is not null || job.Count > _options.MaxBatchSize || job.Ids.Length > PassTokens;
            if (
                batch.Count > 0
                && (alone || texts + job.Count > _options.MaxBatchSize || tokens + job.Ids.Length > PassTokens)
            )
                break;
            Remove(place);
            batch.Add(job);
            texts += job.Count;
            tokens += job.Ids.Length;
            if (alone)
                break;
        }
    }

    private void Run(List<ScoreJob> batch)
    {
        long now = Stopwatch.GetTimestamp();
        int texts = 0;
        foreach (ScoreJob job in batch)
        {
            _meters.Queued(Stopwatch.GetElapsedTime(job.QueuedAt, now));
            texts += job.Count;
        }
        try
        {
            if (batch.Count == 1)
            {
                batch[0].ThrowIfUseless();
                RunAlone(batch[0]);
            }
            else
            {
                RunTogether(batch, texts);
            }
            foreach (ScoreJob job in batch)
                job.Complete();
        }
        catch (Exception error)
        {
            foreach (ScoreJob job in batch)
                job.Fail(error);
        }
    }

    private void RunAlone(ScoreJob job)
    {
        int width = _scorer.OutputSize;
        int row = job.Vectors is null ? 1 : _scorer.Dimension;
        for (int first = 0, end; first < job.Count; first = end)
        {
            if (first > 0)
                job.ThrowIfUseless();
            end = EndOfPass(job, first);
            _meters.Batch(end - first);
            (int[] ids, float[]? vectors, int[] offsets, float[]? unseen) = (
                job.Ids,
                job.Vectors,
                job.Offsets,
                job.Unseen
            );
            if (first > 0 || end < job.Count)
            {
                int start = offsets[first];
                offsets = [.. offsets[first..(end + 1)].Select(offset => offset - start)];
                ids = vectors is null ? ids[start..(start + offsets[^1])] : ids;
                unseen = unseen?[(first * (width + 1))..(end * (width + 1))];
            }
            Span<float> probabilities = job.Probabilities.AsSpan(first * width, (end - first) * width);
            if (vectors is null)
                _scorer.Score(new RaggedIds(ids, offsets) { Unseen = unseen }, probabilities);
            else
                _scorer.ScoreVectors(
                    vectors.AsSpan(job.Offsets[first] * row, offsets[^1] * row),
                    offsets,
                    probabilities
                );
        }
    }

    /// <summary>The first text after a pass that begins with <paramref name="first"/>.</summary>
    private int EndOfPass(ScoreJob job, int first)
    {
        int most = job.Vectors is null ? PassTokens : PassVectors;
        int end = Math.Min(job.Count, first + _options.MaxBatchSize);
        while (end > first + 1 && job.Offsets[end] - job.Offsets[first] > most)
            end--;
        return end;
    }

    /// <summary>
    /// What the model reads in words without an id, of all texts of a batch; null where no request has any.
    /// </summary>
    private float[]? UnseenOf(List<ScoreJob> batch, int texts)
    {
        if (!batch.Exists(job => job.Unseen is not null))
            return null;
        int row = _scorer.OutputSize + 1,
            text = 0;
        float[] unseen = new float[texts * row];
        foreach (ScoreJob job in batch)
        {
            job.Unseen?.CopyTo(unseen.AsSpan(text * row));
            text += job.Count;
        }
        return unseen;
    }

    private void RunTogether(List<ScoreJob> batch, int texts)
    {
        _meters.Batch(texts);
        int tokens = 0;
        foreach (ScoreJob job in batch)
            tokens += job.Ids.Length;
        int[] ids = new int[tokens];
        int[] offsets = new int[texts + 1];
        int token = 0,
            text = 0;
        foreach (ScoreJob job in batch)
        {
            job.Ids.CopyTo(ids.AsSpan(token));
            for (int i = 1; i < job.Offsets.Length; i++)
                offsets[++text] = token + job.Offsets[i];
            token += job.Ids.Length;
        }
        float[] probabilities = new float[texts * _scorer.OutputSize];
        _scorer.Score(new RaggedIds(ids, offsets) { Unseen = UnseenOf(batch, texts) }, probabilities);
        int at = 0;
        foreach (ScoreJob job in batch)
        {
            probabilities.AsSpan(at, job.Probabilities.Length).CopyTo(job.Probabilities);
            at += job.Probabilities.Length;
        }
    }
}
