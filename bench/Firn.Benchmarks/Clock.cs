using System.Diagnostics;

namespace Firn.Benchmarks;

/// <summary>
/// What comparisons count: the wall clock, or with <c>--cpu</c> the CPU time of the process at hand, which other work
/// on the machine disturbs less. CPU time is fair on one thread only: threads that spin while they wait burn it.
/// </summary>
internal static class Clock
{
    public static bool Cpu { get; set; }

    /// <summary>Seconds since some moment.</summary>
    public static double Now =>
        Cpu ? Environment.CpuUsage.TotalTime.TotalSeconds : Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;
}
