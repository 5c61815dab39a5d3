namespace Firn.Common;

/// <summary>Counts who uses a thing, and frees it when the last one has let go. Made with one holder.</summary>
internal sealed class CountedHold(Action free)
{
    private int _holders = 1;

    /// <summary>Whether it is free already.</summary>
    public bool IsFree => Volatile.Read(ref _holders) == 0;

    /// <summary>Takes hold; false when it is free already.</summary>
    public bool TryTake()
    {
        int now = Volatile.Read(ref _holders);
        while (now > 0)
        {
            int seen = Interlocked.CompareExchange(ref _holders, now + 1, now);
            if (seen == now)
                return true;
            now = seen;
        }
        return false;
    }

    /// <summary>Takes hold where somebody else is known to hold it too.</summary>
    public void Take()
    {
        if (!TryTake())
            throw new InvalidOperationException("It was freed while calls waited for it.");
    }

    /// <summary>Lets go; the last one out frees it.</summary>
    public void LetGo()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
            free();
    }
}
