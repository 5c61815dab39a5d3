namespace Firn.Kernels;

/// <summary>
/// Gives large garbage back at known moments, so that a process needs little more than what it holds, and a forecast of
/// its memory can be kept. The collector alone waits until as much again has been allocated. Collecting is the host's
/// business: nothing is done unless its runtime configuration sets <see cref="Switch"/>, as the tool's does.
/// </summary>
internal static class Heap
{
    private const long Worth = 16 << 20; // below, a collection costs more than the memory is worth
    private const long Much = 64 << 20; // from here on it also pays to give the pages back, which takes some 50 ms
    private static long _collectedAt;

    /// <summary>
    /// The switch, a name of <see cref="AppContext"/>, by which a host lets the library collect between stages.
    /// </summary>
    public const string Switch = "Firn.CollectBetweenStages";

    /// <summary>Whether the host lets the library collect.</summary>
    public static readonly bool Collects = AppContext.TryGetSwitch(Switch, out bool on) && on;

    /// <summary>Where buffers were dropped: collects when much was allocated since the last time.</summary>
    public static void Compact()
    {
        if (!Collects)
            return;
        long allocated = GC.GetTotalAllocatedBytes(),
            since = allocated - Interlocked.Read(ref _collectedAt);
        if (since < Worth)
            return;
        Interlocked.Exchange(ref _collectedAt, allocated);
        GC.Collect(
            GC.MaxGeneration,
            since < Much ? GCCollectionMode.Forced : GCCollectionMode.Aggressive,
            blocking: true,
            compacting: since >= Much
        );
    }

    /// <summary>
    /// Between two stages of work: what the one before held goes back to the machine, where it was much.
    /// </summary>
    public static void Trim()
    {
        if (!Collects || GC.GetTotalMemory(forceFullCollection: false) < 2 * Worth)
            return;
        Interlocked.Exchange(ref _collectedAt, GC.GetTotalAllocatedBytes());
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
