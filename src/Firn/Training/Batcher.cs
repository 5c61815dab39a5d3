using Firn.Kernels;

namespace Firn.Training;

/// <summary>Deals texts into batches, in a new order each epoch that follows from seed and epoch alone.</summary>
internal sealed class Batcher(int texts, int batchSize, ulong seed)
{
    private readonly int[] _order = new int[texts];

    /// <summary>Batches an epoch has; the last may be smaller than the others.</summary>
    public int Batches { get; } = (int)(((long)texts + batchSize - 1) / batchSize);

    /// <summary>Shuffles for an epoch.</summary>
    public void Begin(int epoch)
    {
        for (int i = 0; i < _order.Length; i++)
            _order[i] = i;
        new CounterRandom(seed).Derive((ulong)epoch).Shuffle<int>(_order);
    }

    /// <summary>The texts of a batch, in [0, <see cref="Batches"/>).</summary>
    public ReadOnlySpan<int> this[int batch] =>
        _order.AsSpan(batch * batchSize, Math.Min(batchSize, _order.Length - batch * batchSize));
}
