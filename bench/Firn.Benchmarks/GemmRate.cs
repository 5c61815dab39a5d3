using System.Diagnostics;
using Firn.Kernels;

namespace Firn.Benchmarks;

/// <summary>The machine's own matrix rate: Firn's kernel on the shapes of a training step, each thread on its own data.</summary>
internal static unsafe class GemmRate
{
    public static void Run(int threads)
    {
        foreach ((int m, int k, int n, bool transposed) in new[] { (1024, 300, 400, false), (64, 100, 400, false), (64, 400, 100, false), (300, 1024, 400, true), (100, 1024, 400, true) })
        {
            double rate = Measure(threads, m, k, n, transposed, 0.5);
            Console.WriteLine($"[{m}x{k}]x[{k}x{n}]{(transposed ? " A^T" : "")}: {rate:F1} GFLOP/s on {threads} threads; {Measure(1, m, k, n, transposed, 0.5):F1} on one");
        }
    }

    /// <summary>GFLOP/s, summed over threads: the best moment, or the average of the clock's time.</summary>
    public static double Measure(int threads, int m, int k, int n, bool transposed, double seconds, bool sustained = false)
    {
        double total = 0;
        var gate = new Lock();
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, _ =>
        {
            var a = new AlignedBuffer(m * k);
            var c = new AlignedBuffer(m * n);
            var random = new CounterRandom(1);
            for (int i = 0; i < m * k; i++)
                a.Pointer[i] = random.Uniform((ulong)i) - 0.5f;
            var source = new float[k * n];
            for (int i = 0; i < k * n; i++)
                source[i] = random.Uniform((ulong)i) - 0.5f;
            var b = new PackedMatrix();
            b.Pack(source, k, n);
            double best = 0, done = 0;
            int repeats = Math.Max(1, (int)(2e8 / (2.0 * m * k * n)));
            double start = Clock.Now;
            for (long begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds;)
            {
                long t = Stopwatch.GetTimestamp();
                for (int r = 0; r < repeats; r++)
                {
                    if (transposed)
                        Gemm.MultiplyTransposed(a.Pointer, m, b, false, c.Pointer);
                    else
                        Gemm.Multiply(a.Pointer, k, m, b, null, 0, c.Pointer);
                }
                best = Math.Max(best, 2.0 * m * k * n * repeats / Stopwatch.GetElapsedTime(t).TotalSeconds / 1e9);
                done += 2.0 * m * k * n * repeats;
            }
            lock (gate)
                total += sustained ? done / (Clock.Now - start) / 1e9 : best;
        });
        return total;
    }
}
