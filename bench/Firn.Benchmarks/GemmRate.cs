using System.Diagnostics;
using Firn.Kernels;

namespace Firn.Benchmarks;

/// <summary>
/// The machine's own matrix rate: Firn's kernel on the shapes of a training step, each thread on its own data.
/// </summary>
internal static unsafe class GemmRate
{
    public static void Run(int threads)
    {
        foreach (
            (int m, int k, int n, bool transposed) in new[]
            {
                (1024, 300, 400, false),
                (64, 100, 400, false),
                (64, 400, 100, false),
                (300, 1024, 400, true),
                (100, 1024, 400, true),
            }
        )
        {
            double rate = Measure(threads, m, k, n, transposed, 0.5);
            Console.WriteLine(
                $"[{m}x{k}]x[{k}x{n}]{(transposed ? " A^T" : "")}: {rate:F1} GFLOP/s on {threads} threads; "
                    + $"{Measure(1, m, k, n, transposed, 0.5):F1} on one"
            );
        }
    }

    /// <summary>The product of a dropped-out left side beside the dense one, on one thread.</summary>
    public static void RunSparse()
    {
        foreach ((int m, int k, bool transposed) in new[] { (450, 300, false), (300, 450, true) })
        {
            foreach (double keep in new[] { 0.2, 0.4, 0.5, 0.6, 0.8, 1.0 })
            {
                const int n = 400;
                var a = new AlignedBuffer(m * k);
                var b = new AlignedBuffer(k * n);
                var c = new AlignedBuffer(m * n);
                var random = new CounterRandom(1);
                for (int i = 0; i < m * k; i++)
                    a.Pointer[i] = random.Uniform((ulong)i) < keep ? random.Uniform((ulong)(i + m * k)) + 0.1f : 0;
                for (int i = 0; i < k * n; i++)
                    b.Pointer[i] = random.Uniform((ulong)i) - 0.5f;
                var packed = new PackedMatrix();
                packed.Pack(b.Pointer, k, n);
                double dense = Best(() =>
                {
                    if (transposed)
                        Gemm.MultiplyTransposed(a.Pointer, m, packed, false, c.Pointer);
                    else
                        Gemm.Multiply(a.Pointer, k, m, packed, null, 0, c.Pointer);
                });
                double sparse = Best(() =>
                {
                    if (transposed)
                        SparseGemm.MultiplyTransposed(a.Pointer, m, k, b.Pointer, n, c.Pointer);
                    else
                        SparseGemm.Multiply(a.Pointer, m, k, b.Pointer, n, null, 0, c.Pointer);
                });
                Console.WriteLine(
                    $"[{m}x{k}]x[{k}x{n}]{(transposed ? " A^T" : "")}, {keep:P0} kept: dense {dense * 1e6:F0} us, "
                        + $"sparse {sparse * 1e6:F0} us, {dense / sparse:F2}"
                );
            }
        }
    }

    private static double Best(Action work)
    {
        double best = double.MaxValue;
        for (long begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin).TotalSeconds < 0.3; )
        {
            long t = Stopwatch.GetTimestamp();
            work();
            best = Math.Min(best, Stopwatch.GetElapsedTime(t).TotalSeconds);
        }
        return best;
    }

    /// <summary>GFLOP/s, summed over threads: the best moment, or the average of the clock's time.</summary>
    public static double Measure(
        int threads,
        int m,
        int k,
        int n,
        bool transposed,
        double seconds,
        bool sustained = false
    )
    {
        double total = 0;
        var gate = new Lock();
        Parallel.For(
            0,
            threads,
            new ParallelOptions { MaxDegreeOfParallelism = threads },
            _ =>
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
                double best = 0,
                    done = 0;
                int repeats = Math.Max(1, (int)(2e8 / (2.0 * m * k * n)));
                double start = Clock.Now;
                for (long begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds; )
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
            }
        );
        return total;
    }
}
