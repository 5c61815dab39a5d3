using System.Diagnostics;
using Firn.Server.Models;
using Firn.Server.Operations;
using Firn.Text;

namespace Firn.Server.Batching;

/// <summary>
/// Lets requests share passes through a model. A request that finds a free worker is scored at once on its own thread:
/// it pays for nothing. While all workers are busy, requests queue, and each worker that comes free takes as many as
/// fit in one pass. So batches grow with the load and with nothing else.
/// </summary>
internal sealed class Batcher : IThreadPoolWorkItem, IDisposable
{
    private readonly IScorer scorer;
    private readonly BatchingOptions options;
    private readonly ModelMeters meters;
    private readonly int workers;
    private readonly long batchTimeout;
    private readonly Lock gate = new();
    private readonly Queue<ScoreJob> queue = new();
    private readonly Timer? timer;
    private int queuedTexts;
    private int running;

    public Batcher(IScorer scorer, BatchingOptions options, ModelMeters meters)
    {
        options.Validate();
        this.scorer = scorer;
        this.options = options;
        this.meters = meters;
        workers = options.Workers > 0 ? options.Workers : Environment.ProcessorCount;
        batchTimeout = options.BatchTimeoutMicros * (Stopwatch.Frequency / 1_000_000);
        if (batchTimeout > 0)
            timer = new Timer(_ => StartWorker(), null, Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>Where its passes and waits are counted.</summary>
    public ModelMeters Meters => meters;

    /// <summary>Texts that wait for a worker.</summary>
    public int QueuedTexts => Volatile.Read(ref queuedTexts);

    /// <summary>Scores a job, now or when a worker is free.</summary>
    /// <exception cref="ServingException">The queue is full, the deadline has passed or the client has gone.</exception>
    public ValueTask ScoreAsync(ScoreJob job)
    {
        lock (gate)
        {
            if (running < workers && queue.Count == 0)
            {
                running++;
            }
            else
            {
                if (queuedTexts + job.Count > options.QueueLimit)
                {
                    meters.Rejected();
                    throw ServingException.Overloaded(
                        $"{queuedTexts} texts are waiting and at most {options.QueueLimit} may; try again in a moment, or send fewer at a time");
                }
                job.QueuedAt = Stopwatch.GetTimestamp();
                queue.Enqueue(job);
                queuedTexts += job.Count;
                StartTimer();
                return new ValueTask(WaitAsync(job));
            }
        }
        try
        {
            job.ThrowIfUseless();
            meters.Batch(job.Count);
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
            lock (gate)
            {
                if (queue.Count == 0 || MustWait())
                {
                    running--;
                    return;
                }
                Take(batch);
            }
            Run(batch);
            batch.Clear();
        }
    }

    public void Dispose() => timer?.Dispose();

    private static async Task WaitAsync(ScoreJob job)
    {
        if (job.Deadline == long.MaxValue)
        {
            await using CancellationTokenRegistration gone = job.Aborted.UnsafeRegister(static j => ((ScoreJob)j!).Fail(ScoreJob.Gone()), job);
            await job.Done.ConfigureAwait(false);
            return;
        }
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(job.Aborted);
        await using CancellationTokenRegistration registration = abort.Token.UnsafeRegister(
            static j => ((ScoreJob)j!).Fail(((ScoreJob)j).Aborted.IsCancellationRequested ? ScoreJob.Gone() : ScoreJob.PastDeadline()), job);
        TimeSpan left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), job.Deadline);
        abort.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        await job.Done.ConfigureAwait(false);
    }

    /// <summary>Hands the worker's place to a thread of the pool when jobs wait, so that the caller can answer its client.</summary>
    private void Finish()
    {
        lock (gate)
        {
            if (queue.Count == 0)
            {
                running--;
                return;
            }
        }
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private void StartWorker()
    {
        lock (gate)
        {
            if (queue.Count == 0)
                timer?.Change(Timeout.Infinite, Timeout.Infinite);
            if (running >= workers || queue.Count == 0)
                return;
            running++;
        }
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>True while another batch runs and this one is neither full nor old enough.</summary>
    private bool MustWait()
    {
        if (batchTimeout == 0 || running <= 1 || queuedTexts >= options.MaxBatchSize)
            return false;
        return Stopwatch.GetTimestamp() - queue.Peek().QueuedAt < batchTimeout;
    }

    private void StartTimer()
    {
        if (timer is not null && queue.Count == 1)
            timer.Change(Math.Max(1, options.BatchTimeoutMicros / 1000), Math.Max(1, options.BatchTimeoutMicros / 1000));
    }

    private void Take(List<ScoreJob> batch)
    {
        int texts = 0;
        while (queue.TryPeek(out ScoreJob? job))
        {
            bool alone = job.Vectors is not null || job.Count > options.MaxBatchSize;
            if (batch.Count > 0 && (alone || texts + job.Count > options.MaxBatchSize))
                break;
            queue.Dequeue();
            queuedTexts -= job.Count;
            if (job.Done.IsCompleted)
                continue;
            batch.Add(job);
            texts += job.Count;
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
            meters.Queued(Stopwatch.GetElapsedTime(job.QueuedAt, now));
            texts += job.Count;
        }
        if (texts == 0)
            return;
        meters.Batch(texts);
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
        if (job.Vectors is not null)
        {
            scorer.ScoreVectors(job.Vectors, job.Offsets, job.Probabilities);
            return;
        }
        if (job.Count <= options.MaxBatchSize)
        {
            scorer.Score(new RaggedIds(job.Ids, job.Offsets), job.Probabilities);
            return;
        }
        int width = scorer.OutputSize;
        for (int first = 0; first < job.Count; first += options.MaxBatchSize)
        {
            job.ThrowIfUseless();
            int count = Math.Min(options.MaxBatchSize, job.Count - first);
            int start = job.Offsets[first];
            int[] offsets = new int[count + 1];
            for (int i = 0; i <= count; i++)
                offsets[i] = job.Offsets[first + i] - start;
            var part = new RaggedIds(job.Ids.AsSpan(start, offsets[count]).ToArray(), offsets);
            scorer.Score(part, job.Probabilities.AsSpan(first * width, count * width));
        }
    }

    private void RunTogether(List<ScoreJob> batch, int texts)
    {
        int tokens = 0;
        foreach (ScoreJob job in batch)
            tokens += job.Ids.Length;
        int[] ids = new int[tokens];
        int[] offsets = new int[texts + 1];
        int token = 0, text = 0;
        foreach (ScoreJob job in batch)
        {
            job.Ids.CopyTo(ids.AsSpan(token));
            for (int i = 1; i < job.Offsets.Length; i++)
                offsets[++text] = token + job.Offsets[i];
            token += job.Ids.Length;
        }
        float[] probabilities = new float[texts * scorer.OutputSize];
        scorer.Score(new RaggedIds(ids, offsets), probabilities);
        int at = 0;
        foreach (ScoreJob job in batch)
        {
            probabilities.AsSpan(at, job.Probabilities.Length).CopyTo(job.Probabilities);
            at += job.Probabilities.Length;
        }
    }
}
