using System.Diagnostics;
using Firn.Server.Batching;
using Firn.Server.Contracts;
using Firn.Server.Models;
using Firn.Server.Settings;
using Firn.Server.Telemetry;
using Grpc.Core;

namespace Firn.Server.Tests.Batching;

public class BatcherTests
{
    private readonly GatedScorer _scorer = new();

    [Fact]
    public void ALoneRequestIsScoredAtOnceOnItsOwnThread()
    {
        using Batcher batcher = Make(new BatchingOptions { BatchTimeoutMicros = 1_000_000 });
        var job = Job([1, 2]);
        ValueTask scored = batcher.ScoreAsync(job);
        Assert.True(scored.IsCompletedSuccessfully);
        Assert.Equal(0.003f, job.Probabilities[0]);
    }

    [Fact]
    public async Task RequestsThatFindAllWorkersBusyShareOnePassAndGetTheirOwnScores()
    {
        using Batcher batcher = Make(new BatchingOptions { Workers = 1, MaxBatchSize = 8 });
        using IDisposable gate = _scorer.Close();
        Task first = Task.Run(() => batcher.ScoreAsync(Job([9])).AsTask(), TestContext.Current.CancellationToken);
        await RunningServer.UntilAsync(() => _scorer.Waiting == 1, "the first pass");
        ScoreJob[] jobs = [.. Enumerable.Range(1, 11).Select(i => Job([i, i], [i]))];
        Task[] waiting = [.. jobs.Select(j => batcher.ScoreAsync(j).AsTask())];
        Assert.Equal(22, batcher.QueuedTexts);
        _scorer.Open();
        await Task.WhenAll([first, .. waiting]);
        for (int i = 0; i < jobs.Length; i++)
            Assert.Equal([(i + 1) * 2 / 1000f, (i + 1) / 1000f], jobs[i].Probabilities);
        Assert.Equal([1, 8, 8, 6], _scorer.BatchSizes);
        Assert.Equal(0, batcher.QueuedTexts);
    }

    [Fact]
    public async Task AFullQueueRefusesAtOnce()
    {
        using Batcher batcher = Make(new BatchingOptions { Workers = 1, QueueLimit = 3 });
        using IDisposable gate = _scorer.Close();
        Task first = Task.Run(() => batcher.ScoreAsync(Job([1])).AsTask(), TestContext.Current.CancellationToken);
        await RunningServer.UntilAsync(() => _scorer.Waiting == 1, "the first pass");
        Task second = batcher.ScoreAsync(Job([1], [2])).AsTask();
        var refused = await Assert.ThrowsAsync<ServingException>(async () => await batcher.ScoreAsync(Job([1], [2])));
        Assert.Equal(StatusCode.ResourceExhausted, refused.Code);
        _scorer.Open();
        await Task.WhenAll(first, second);
    }

    [Fact]
    public async Task AQueuedRequestEndsAtItsDeadlineAndWhenItsClientGoes()
    {
        using Batcher batcher = Make(new BatchingOptions { Workers = 1 });
        using IDisposable gate = _scorer.Close();
        Task first = Task.Run(() => batcher.ScoreAsync(Job([1])).AsTask(), TestContext.Current.CancellationToken);
        await RunningServer.UntilAsync(() => _scorer.Waiting == 1, "the first pass");
        var late = new ScoreJob([5], [0, 1], 1) { Deadline = Stopwatch.GetTimestamp() + Stopwatch.Frequency / 20 };
        using var client = new CancellationTokenSource();
        var left = new ScoreJob([5], [0, 1], 1) { Aborted = client.Token };
        Task leftTask = batcher.ScoreAsync(left).AsTask();
        var error = await Assert.ThrowsAsync<ServingException>(async () => await batcher.ScoreAsync(late));
        Assert.Equal(StatusCode.DeadlineExceeded, error.Code);
        await client.CancelAsync();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<ServingException>(() => leftTask)).Code);
        _scorer.Open();
        await first;
        await RunningServer.UntilAsync(() => batcher.QueuedTexts == 0, "an empty queue");
        Assert.Equal(1, _scorer.Passes);
    }

    [Fact]
    public async Task WhoLeavesGivesUpTheirPlaceAtOnce()
    {
        using Batcher batcher = Make(new BatchingOptions { Workers = 1, QueueLimit = 2 });
        using IDisposable gate = _scorer.Close();
        Task first = Task.Run(() => batcher.ScoreAsync(Job([1])).AsTask(), TestContext.Current.CancellationToken);
        await RunningServer.UntilAsync(() => _scorer.Waiting == 1, "the first pass");
        using var client = new CancellationTokenSource();
        Task left = batcher.ScoreAsync(new ScoreJob([5, 6], [0, 1, 2], 1) { Aborted = client.Token }).AsTask();
        Assert.Equal(2, batcher.QueuedTexts);
        await Assert.ThrowsAsync<ServingException>(async () => await batcher.ScoreAsync(Job([7])));
        await client.CancelAsync();
        await Assert.ThrowsAsync<ServingException>(() => left);
        Assert.Equal(0, batcher.QueuedTexts);
        Task late = batcher
            .ScoreAsync(
                new ScoreJob([5, 6], [0, 1, 2], 1) { Deadline = Stopwatch.GetTimestamp() + Stopwatch.Frequency / 50 }
            )
            .AsTask();
        await Assert.ThrowsAsync<ServingException>(() => late);
        Assert.Equal(0, batcher.QueuedTexts);
        Task next = batcher.ScoreAsync(Job([7], [8])).AsTask();
        _scorer.Open();
        await Task.WhenAll(first, next);
    }

    [Fact]
    public async Task ABatchHoldsTheModelThoughItsClientsHaveLeft()
    {
        var version = new ModelVersion(
            "m",
            1,
            "",
            _scorer,
            new BatchingOptions { Workers = 1 },
            new ServerMeters().For("m")
        );
        using IDisposable gate = _scorer.Close();
        Task first = Task.Run(() => HoldAsync(Job([1])), TestContext.Current.CancellationToken);
        await RunningServer.UntilAsync(() => _scorer.Waiting == 1, "the first pass");
        using var client = new CancellationTokenSource();
        Task[] left =
        [
            .. Enumerable.Range(0, 2).Select(_ => HoldAsync(new ScoreJob([5], [0, 1], 1) { Aborted = client.Token })),
        ];
        _scorer.Step();
        await first;
        await RunningServer.UntilAsync(
            () => _scorer.Waiting == 1 && _scorer.Passes == 2,
            "the pass of those who will leave"
        );
        await client.CancelAsync();
        await Assert.ThrowsAsync<ServingException>(() => left[0]);
        await Assert.ThrowsAsync<ServingException>(() => left[1]);
        version.Retire();
        Assert.False(_scorer.Disposed);
        _scorer.Open();
        await version.Drained.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.True(_scorer.Disposed);

        async Task HoldAsync(ScoreJob job)
        {
            Assert.True(version.TryHold());
            using var lease = new Lease(version);
            await version.Batcher.ScoreAsync(job);
        }
    }

    [Fact]
    public async Task ALargeRequestEndsBetweenItsPassesWhenItsClientGoes()
    {
        using Batcher batcher = Make(new BatchingOptions { MaxBatchSize = 2 });
        using IDisposable gate = _scorer.Close();
        using var client = new CancellationTokenSource();
        var job = new ScoreJob([1, 2, 3, 4, 5, 6], [0, 1, 2, 3, 4, 5, 6], 1) { Aborted = client.Token };
        Task scored = Task.Run(() => batcher.ScoreAsync(job).AsTask(), TestContext.Current.CancellationToken);
        await RunningServer.UntilAsync(() => _scorer.Waiting == 1, "the first pass");
        await client.CancelAsync();
        _scorer.Open();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<ServingException>(() => scored)).Code);
        Assert.Equal(1, _scorer.Passes);
    }

    [Fact]
    public async Task VectorsOfALargeRequestRunInPassesToo()
    {
        using Batcher batcher = Make(new BatchingOptions { MaxBatchSize = 3 });
        float[] vectors = [.. Enumerable.Range(0, 14).Select(i => (float)i)];
        var job = new ScoreJob(vectors, [0, 1, 3, 3, 4, 7], 1);
        await batcher.ScoreAsync(job);
        Assert.Equal([0f, 2f, 0f, 6f, 8f], job.Probabilities);
        Assert.Equal([3, 2], _scorer.BatchSizes);
    }

    [Fact]
    public async Task ABatchWaitsForItsTimeoutOnlyWhileAnotherRuns()
    {
        using Batcher batcher = Make(
            new BatchingOptions
            {
                Workers = 2,
                BatchTimeoutMicros = 100_000,
                MaxBatchSize = 4,
            }
        );
        using IDisposable gate = _scorer.Close();
        Task[] running =
        [
            .. Enumerable
                .Range(0, 2)
                .Select(_ =>
                    Task.Run(() => batcher.ScoreAsync(Job([1])).AsTask(), TestContext.Current.CancellationToken)
                ),
        ];
        await RunningServer.UntilAsync(() => _scorer.Waiting == 2, "two passes");
        Task waiting = batcher.ScoreAsync(Job([3])).AsTask();
        _scorer.Open();
        await Task.WhenAll([.. running, waiting])
            .WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task AFailedPassFailsItsRequestsAndNoOther()
    {
        using Batcher batcher = Make(new BatchingOptions());
        _scorer.Failure = new InvalidOperationException("broken");
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await batcher.ScoreAsync(Job([1])));
        _scorer.Failure = null;
        var job = Job([1]);
        await batcher.ScoreAsync(job);
        Assert.Equal(0.001f, job.Probabilities[0]);
    }

    [Fact]
    public async Task ALargeRequestRunsInPassesOfTheBatchSize()
    {
        using Batcher batcher = Make(new BatchingOptions { MaxBatchSize = 3 });
        var job = Job([1], [2, 2], [], [3], [4], [5, 5], [6]);
        await batcher.ScoreAsync(job);
        Assert.Equal([.001f, .004f, 0f, .003f, .004f, .010f, .006f], job.Probabilities);
        Assert.Equal([3, 3, 1], _scorer.BatchSizes);
    }

    private Batcher Make(BatchingOptions options) => new(_scorer, options, new ServerMeters().For("m"));

    private static ScoreJob Job(params int[][] texts)
    {
        var offsets = new List<int> { 0 };
        foreach (int[] text in texts)
            offsets.Add(offsets[^1] + text.Length);
        return new ScoreJob([.. texts.SelectMany(t => t)], [.. offsets], 1);
    }
}
