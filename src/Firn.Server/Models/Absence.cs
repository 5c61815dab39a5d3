using System.Diagnostics;

namespace Firn.Server.Models;

/// <summary>
/// Tells a folder that was removed from one that is being replaced: it counts as gone when three looks in a row missed
/// it, spread over more than one interval, since requests to reload look too.
/// </summary>
internal sealed class Absence(TimeSpan interval)
{
    private const int Looks = 3;
    private int _missed;
    private long _since;

    /// <summary>The folder is there.</summary>
    public void Seen() => _missed = 0;

    /// <summary>
    /// The folder is not there; true when that means it is gone. Without an interval each look is a request, and
    /// counts.
    /// </summary>
    public bool Missed()
    {
        if (_missed++ == 0)
            _since = Stopwatch.GetTimestamp();
        return interval == TimeSpan.Zero || (_missed >= Looks && Stopwatch.GetElapsedTime(_since) > 1.5 * interval);
    }
}
