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
            int shards = random.Next(40),
                threads = random.Next(1, 9);
            int[] runs = new int[shards],
                held = new int[threads];
            Workers.Run(
                shards,
                threads,
                (shard, worker) =>
                {
                    Assert.Equal(1, Interlocked.Increment(ref held[worker]));
                    Interlocked.Increment(ref runs[shard]);
                    Thread.SpinWait(shard * 20);
                    Interlocked.Decrement(ref held[worker]);
                }
            );
            Assert.All(runs, n => Assert.Equal(1, n));
        }
    }

    [Fact]
    public void Work_within_work_and_from_many_threads_at_once_ends()
    {
        int done = 0;
        Parallel.For(
            0,
            8,
            _ =>
            {
                for (int round = 0; round < 20; round++)
                    Workers.Run(6, 3, (_, _) => Workers.Run(5, 2, (_, _) => Interlocked.Increment(ref done)));
            }
        );
        Assert.Equal(8 * 20 * 6 * 5, done);
    }

    [Fact]
    public void A_failure_reaches_the_caller_and_the_next_work_runs()
    {
        var error = Assert.Throws<AggregateException>(() =>
            Workers.Run(
                50,
                4,
                (shard, _) =>
                {
                    if (shard == 7)
                        throw new InvalidOperationException("seven");
                }
            )
        );
        Assert.Equal("seven", Assert.IsType<InvalidOperationException>(error.InnerException).Message);
        int done = 0;
        Workers.Run(50, 4, (_, _) => Interlocked.Increment(ref done));
        Assert.Equal(50, done);
    }

    [Fact]
    public void A_thread_that_comes_late_never_works_after_the_caller_has_left()
    {
        int[] held = new int[8];
        int twice = 0,
            foreign = 0;
        for (int round = 0; round < 100_000; round++)
        {
            int threads = 2 + round % 3;
            // A worker of a piece before would bring a number that is too high, or one that somebody else holds.
            Workers.Run(
                3,
                threads,
                (_, worker) =>
                {
                    if (worker >= threads)
                        Interlocked.Increment(ref foreign);
                    if (Interlocked.Exchange(ref held[worker], 1) != 0)
                        Interlocked.Increment(ref twice);
                    Volatile.Write(ref held[worker], 0);
                }
            );
        }
        Assert.Equal((0, 0), (twice, foreign));
    }

    /// <summary>
    /// The race is too rare to meet by chance, so every order of steps is tried on a model of x64's memory: a store
    /// waits in its thread's buffer until it drains, loads pass it, counting and fences wait for it. Without the fence
    /// between closing the work and counting who is present the caller can leave while a thread is inside; with it no
    /// order of steps leads there.
    /// </summary>
    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Closing_needs_a_full_fence_before_those_present_are_counted(bool fenced, bool canGoWrong)
    {
        var seen = new HashSet<CloseRace>();
        var open = new Stack<CloseRace>([new CloseRace(Open: true, Buffered: false, Present: 0, Caller: 0, Thread: 0)]);
        bool wrong = false;
        while (open.TryPop(out CloseRace state))
        {
            if (!seen.Add(state))
                continue;
            wrong |= state is { Caller: CloseRace.Left, Thread: CloseRace.Inside };
            foreach (CloseRace next in state.Next(fenced))
                open.Push(next);
        }
        Assert.Equal(canGoWrong, wrong);
    }

    /// <param name="Open">What memory says of the work.</param>
    /// <param name="Buffered">Whether the caller's closing waits in its buffer.</param>
    /// <param name="Present">How many threads have counted themselves.</param>
    /// <param name="Caller">0 closes, 1 fences, 2 looks who is present, 3 has left.</param>
    /// <param name="Thread">
    /// 0 counts itself, 1 looks whether the work is open, 2 is inside, 3 uncounts itself, 4 has gone.
    /// </param>
    private readonly record struct CloseRace(bool Open, bool Buffered, int Present, int Caller, int Thread)
    {
        public const int Left = 3;
        public const int Inside = 2;

        public IEnumerable<CloseRace> Next(bool fenced)
        {
            if (Buffered)
                yield return this with
                {
                    Open = false,
                    Buffered = false,
                };
            if (Caller == 0)
                yield return this with
                {
                    Buffered = true,
                    Caller = 1,
                };
            if (Caller == 1 && !(fenced && Buffered))
                yield return this with
                {
                    Caller = 2,
                };
            if (Caller == 2 && Present == 0)
                yield return this with
                {
                    Caller = Left,
                };
            if (Thread == 0)
                yield return this with
                {
                    Present = Present + 1,
                    Thread = 1,
                };
            if (Thread == 1)
                yield return this with
                {
                    Thread = Open ? Inside : 3,
                };
            if (Thread == Inside)
                yield return this with
                {
                    Thread = 3,
                };
            if (Thread == 3)
                yield return this with
                {
                    Present = Present - 1,
                    Thread = 4,
                };
        }
    }
}
