using System.Runtime.ExceptionServices;

namespace Firn.Vectors.Training;

/// <summary>
/// Threads that go through one piece of work side by side and meet at a barrier. They are threads of their own: a pool
/// may start fewer than asked for, and then nobody would ever pass.
/// </summary>
internal static class WorkerTeam
{
    /// <summary>
    /// Calls body(thread, barrier) on each of the threads, the caller's among them, and waits for all.
    /// </summary>
    public static void Run(int threads, Action<int, SpinBarrier> body)
    {
        var barrier = new SpinBarrier(threads);
        Exception? failure = null;
        void Guarded(int thread)
        {
            try
            {
                body(thread, barrier);
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref failure, e, null);
                barrier.Leave();
            }
        }
        var others = new Thread[threads - 1];
        for (int i = 0; i < others.Length; i++)
        {
            int thread = i + 1;
            others[i] = new Thread(() => Guarded(thread)) { IsBackground = true, Name = "firn word vectors" };
            others[i].Start();
        }
        Guarded(0);
        foreach (Thread other in others)
            other.Join();
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
    }
}
