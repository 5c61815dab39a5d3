namespace Firn.Tests;

/// <summary>What code allocates on this thread.</summary>
internal static class Allocations
{
    /// <summary>
    /// The least of five runs: a collection that another test's thread begins ends this thread's stretch of the heap,
    /// and counts what was left of it as allocated. What the code allocates itself it allocates each time.
    /// </summary>
    public static long Of(Action action)
    {
        long least = long.MaxValue;
        for (int run = 0; run < 5 && least > 0; run++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
