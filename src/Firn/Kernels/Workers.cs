namespace Firn.Kernels;

/// <summary>Runs the shards of a piece of work on a number of threads.</summary>
internal static class Workers
{
    /// <summary>
    /// Calls <paramref name="body"/>(shard, worker) once for each shard in [0, <paramref name="shards"/>), on at most
    /// <paramref name="threads"/> threads, the caller's among them. A worker number in [0, threads) is held by one
    /// thread at a time, so it can own scratch memory. Which worker runs which shard is not fixed: a result that must
    /// not depend on the number of threads is written per shard and reduced in shard order.
    /// </summary>
    /// <exception cref="AggregateException">A shard failed; the others may not have run.</exception>
    public static void Run(int shards, int threads, Action<int, int> body)
    {
        int workers = Math.Min(Math.Max(threads, 1), shards);
        if (workers <= 1)
        {
            for (int shard = 0; shard < shards; shard++)
                body(shard, 0);
            return;
        }
        RunParallel(shards, workers, body);
    }

    // Apart, so that a call on one thread allocates no closure.
    private static void RunParallel(int shards, int workers, Action<int, int> body)
    {
        int next = -1;
        Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, worker =>
        {
            for (int shard = Interlocked.Increment(ref next); shard < shards; shard = Interlocked.Increment(ref next))
                body(shard, worker);
        });
    }
}
