using System.Diagnostics;

namespace Firn.Benchmarks;

/// <summary>
/// How long a cache line takes from one processor to the other. Processors that share a cache need 20 to 40 ns, those
/// that do not, more than 100; a virtual machine's processors can be moved from one case to the other while a benchmark
/// runs.
/// </summary>
internal static class HandOver
{
    private const int Batches = 20,
        Turns = 2000;

    /// <summary>
    /// Nanoseconds one way: the least of some batches, for other work only adds to it. NaN with one processor.
    /// </summary>
    public static double Nanoseconds()
    {
        if (Environment.ProcessorCount < 2)
            return double.NaN;
        int[] turn = new int[64]; // the middle of it has its lines to itself
        var other = new Thread(() =>
        {
            for (int i = 0; i < Batches * Turns; i++)
            {
                while (Volatile.Read(ref turn[32]) == 0)
                    ;
                Volatile.Write(ref turn[32], 0);
            }
        });
        other.Start();
        double best = double.PositiveInfinity;
        for (int batch = 0; batch < Batches; batch++)
        {
            long began = Stopwatch.GetTimestamp();
            for (int i = 0; i < Turns; i++)
            {
                Volatile.Write(ref turn[32], 1);
                while (Volatile.Read(ref turn[32]) == 1)
                    ;
            }
            best = Math.Min(best, Stopwatch.GetElapsedTime(began).TotalNanoseconds / (2 * Turns));
        }
        other.Join();
        return best;
    }
}
