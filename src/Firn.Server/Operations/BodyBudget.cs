namespace Firn.Server.Operations;

/// <summary>The memory that all bodies in flight may take together, in bytes.</summary>
internal sealed class BodyBudget(long bytes)
{
    /// <summary>
    /// What each body may take without asking, so that small requests are never refused for the large ones of others.
    /// </summary>
    public const int Free = 64 << 10;

    private long _used;

    /// <summary>What is taken now.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>Takes memory; false, and nothing taken, when that much is not left.</summary>
    public bool TryTake(long count)
    {
        if (Interlocked.Add(ref _used, count) <= bytes)
            return true;
        Interlocked.Add(ref _used, -count);
        return false;
    }

    /// <summary>Gives back what was taken.</summary>
    public void Give(long count) => Interlocked.Add(ref _used, -count);
}
