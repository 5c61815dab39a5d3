using System.Diagnostics;
using Firn.Kernels;

namespace Firn.Recipes;

/// <summary>What this process holds now, as the operating system counts it.</summary>
internal static class ProcessMemory
{
    /// <summary>
    /// Code that later stages still have to compile, and the part of the heap that is allocated and not yet used.
    /// </summary>
    private const long Slack = 12 << 20;

    /// <summary>
    /// The peak so far; the runtime, which is what is resident beside the managed heap, with an allowance for what is
    /// still to come; and the managed heap.
    /// </summary>
    public static MemoryUse Measure()
    {
        if (Heap.Collects) // else what is garbage counts too, and the forecast is on the safe side
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var process = Process.GetCurrentProcess();
        long managed = GC.GetTotalMemory(forceFullCollection: false),
            resident = process.WorkingSet64;
        return new(process.PeakWorkingSet64, Math.Max(resident - managed, 0) + Slack, managed);
    }
}
