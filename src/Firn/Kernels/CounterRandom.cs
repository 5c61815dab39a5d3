using System.Runtime.CompilerServices;

namespace Firn.Kernels;

/// <summary>
/// A counter-based random generator: the n-th number of a stream is a pure function of (key, n), so dropout masks,
/// shuffles and initial weights are the same whatever the number of threads and in whatever order they are drawn.
/// </summary>
/// <remarks>
/// The function is the finalizer of SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number
/// generators", figure 17) over key + n * golden ratio. Keys for separate uses are derived with <see cref="Derive"/>.
/// </remarks>
internal readonly struct CounterRandom(ulong key)
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    /// <summary>The key that names this stream.</summary>
    public ulong Key { get; } = key;

    /// <summary>A stream of its own for part <paramref name="part"/> of this one (an epoch, a batch, a text).</summary>
    public CounterRandom Derive(ulong part) => new(Mix(Mix(Key ^ 0xD1B54A32D192ED03) + (part + 1) * Golden));

    /// <summary>64 random bits, the <paramref name="counter"/>-th of the stream.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Bits(ulong counter) => Mix(Key + (counter + 1) * Golden);

    /// <summary>A float in [0, 1) with 24 random bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Uniform(ulong counter) => (Bits(counter) >> 40) * (1f / (1 << 24));

    /// <summary>A double in [0, 1) with 53 random bits.</summary>
    public double UniformDouble(ulong counter) => (Bits(counter) >> 11) * (1.0 / (1UL << 53));

    /// <summary>
    /// An integer in [0, <paramref name="bound"/>), by multiplication (Lemire 2019; bias below bound / 2^64).
    /// </summary>
    public int Below(ulong counter, int bound) => (int)Math.BigMul(Bits(counter), (ulong)bound, out _);

    /// <summary>Shuffles in place by Fisher and Yates' algorithm.</summary>
    public void Shuffle<T>(Span<T> values)
    {
        for (int i = values.Length - 1; i > 0; i--)
        {
            int j = Below((ulong)i, i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
