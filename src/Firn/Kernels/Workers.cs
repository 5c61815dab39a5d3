namespace Firn.Kernels;

/// <summary>Runs the shards of a piece of work on a number of threads.</summary>
internal static class Workers
{
    [ThreadStatic]
    private static WorkerPool? _idle; // a thread's own, while it runs nothing

    /// <summary>
    /// Calls <paramref name="body"/>(shard, worker) once for each shard in [0, <paramref name="shards"/>), on at most
    /// <paramref name="threads"/> threads, the caller's among them. A worker number in [0, threads) is held by one
    /// thread at a time, so it can own scratch memory. Which worker runs which shard is not fixed: a result that must
    /// not depend on the number of threads is written per shard and reduced in shard order. Allocates nothing once a
    /// thread has called it before.
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
        WorkerPool pool = _idle ?? new WorkerPool();
        _idle = null; // a body may call in turn, and then needs another
        try
        {
            pool.Run(shards, workers, body);
        }
        finally
        {
            _idle = pool;
        }
    }

    /// <summary>
    /// A piece of work that threads of the pool join. One that comes late finds the work closed and leaves, or joins
    /// the next piece of the same pool; both are right, since it takes its number and its shards from the piece at
    /// hand.
    /// </summary>
    private sealed class WorkerPool : IThreadPoolWorkItem
    {
        private const int Spins = 50; // some microseconds: shards that end together need no sleep

        private readonly object _last = new(); // a monitor that the last to leave pulses
        private Action<int, int>? _body;
        private Exception? _failure;
        private int _shards,
            _workers,
            _nextShard,
            _nextWorker,
            _present;
        private volatile bool _open;

        public void Run(int shards, int workers, Action<int, int> body)
        {
            (_shards, _workers, _body, _failure) = (shards, workers, body, null);
            (_nextShard, _nextWorker) = (-1, 0); // the caller is worker 0
            _open = true;
            for (int i = 1; i < workers; i++)
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            Work(0);
            _open = false;
            // A store and a later load of another place may change their order, on x64 too: without the fence a thread
            // could count itself and still find the work open after the caller has seen nobody. Counting is a full
            // fence itself.
            Interlocked.MemoryBarrier();
            for (int i = 0; i < Spins && Volatile.Read(ref _present) != 0; i++)
                Thread.SpinWait(20);
            if (Volatile.Read(ref _present) != 0)
            {
                lock (_last)
                {
                    while (Volatile.Read(ref _present) != 0)
                        Monitor.Wait(_last);
                }
            }
            _body = null;
            if (_failure is { } thrown)
                throw new AggregateException(thrown);
        }

        void IThreadPoolWorkItem.Execute()
        {
            Interlocked.Increment(ref _present);
            if (_open && Interlocked.Increment(ref _nextWorker) is int worker && worker < _workers)
                Work(worker);
            if (Interlocked.Decrement(ref _present) == 0)
            {
                lock (_last)
                    Monitor.Pulse(_last);
            }
        }

        private void Work(int worker)
        {
            try
            {
                for (
                    int shard = Interlocked.Increment(ref _nextShard);
                    shard < _shards;
                    shard = Interlocked.Increment(ref _nextShard)
                )
                    _body!(shard, worker);
            }
            catch (Exception thrown)
            {
                Interlocked.CompareExchange(ref _failure, thrown, null);
                Volatile.Write(ref _nextShard, int.MaxValue / 2); // the others stop
            }
        }
    }
}
