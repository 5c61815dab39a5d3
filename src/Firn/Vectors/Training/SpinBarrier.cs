namespace Firn.Vectors.Training;

/// <summary>
/// Where the threads of a team wait for each other some thousand times a second: spins, then yields, and never sleeps,
/// because a sleep takes longer than what lies between two meetings.
/// </summary>
internal sealed class SpinBarrier(int threads)
{
    private readonly Lock _gate = new();
    private int _expected = threads;
    private int _arrived;
    private int _phase;

    /// <summary>Returns when all threads of the team have called it.</summary>
    public void Wait()
    {
        int phase;
        lock (_gate)
        {
            phase = _phase;
            if (++_arrived == _expected)
            {
                Open();
                return;
            }
        }
        var spin = new SpinWait();
        while (Volatile.Read(ref _phase) == phase)
            spin.SpinOnce(sleep1Threshold: -1);
    }

    /// <summary>A thread that failed leaves, so that the others come to their end.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (--_expected == _arrived && _expected > 0)
                Open();
        }
    }

    private void Open()
    {
        _arrived = 0;
        Volatile.Write(ref _phase, _phase + 1);
    }
}
