using Firn.Kernels;

namespace Firn.Tests.Kernels;

public class WorkersTests
{
    [Fact]
    public void Each_shard_runs_once_and_a_worker_is_held_by_one_thread_at_a_time()
    {
        var random = new Random(1);
        for (int round = 0; round < 300; round++)
        {
            int shards = random.Next(40), threads = random.Next(1, 9);
            int[] runs = new int[shards], held = new int[threads];
            Workers.Run(shards, threads, (shard, worker) =>
            {
                Assert.Equal(1, Interlocked.Increment(ref held[worker]));
                Interlocked.Increment(ref runs[shard]);
                Thread.SpinWait(shard * 20);
                Interlocked.Decrement(ref held[worker]);
            });
            Assert.All(runs, n => Assert.Equal(1, n));
        }
    }

    [Fact]
    public void Work_within_work_and_from_many_threads_at_once_ends()
    {
        int done = 0;
        Parallel.For(0, 8, _ =>
        {
            for (int round = 0; round < 20; round++)
                Workers.Run(6, 3, (_, _) => Workers.Run(5, 2, (_, _) => Interlocked.Increment(ref done)));
        });
        Assert.Equal(8 * 20 * 6 * 5, done);
    }

    [Fact]
    public void A_failure_reaches_the_caller_and_the_next_work_runs()
    {
        var error = Assert.Throws<AggregateException>(() => Workers.Run(50, 4, (shard, _) =>
        {
            if (shard == 7)
                throw new InvalidOperationException("seven");
        }));
        Assert.Equal("seven", Assert.IsType<InvalidOperationException>(error.InnerException).Message);
        int done = 0;
        Workers.Run(50, 4, (_, _) => Interlocked.Increment(ref done));
        Assert.Equal(50, done);
    }
}
