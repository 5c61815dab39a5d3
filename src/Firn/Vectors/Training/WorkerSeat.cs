namespace Firn.Vectors.Training;

/// <summary>One thread's place among those that go through the same rounds.</summary>
/// <param name="Index">In [0, Count).</param>
/// <param name="Count">Threads.</param>
/// <param name="Barrier">Where they meet; null for one alone.</param>
internal readonly record struct WorkerSeat(int Index, int Count, SpinBarrier? Barrier)
{
    public static WorkerSeat Alone { get; } = new(0, 1, null);

    /// <summary>Whether a piece of work that only one may do is this one's.</summary>
    public bool Owns(int piece) => Count == 1 || piece % Count == Index;

    public void Wait() => Barrier?.Wait();
}
