using System.Diagnostics;

namespace Firn.Bundles;

/// <summary>
/// A version that did not load, and when to try again: after a pause that doubles with each failure, or, once its files
/// have changed, when they are the same at two looks (a folder that is still being copied changes from look to look).
/// </summary>
internal sealed class FailedLoad
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly string _fingerprint;
    private readonly int _failures;
    private readonly long _retryAt;
    private string _seen;

    /// <summary>
    /// A load of this content failed; <paramref name="before"/> is the failure before it, if there was one.
    /// </summary>
    public FailedLoad(string fingerprint, FailedLoad? before, TimeSpan pause)
    {
        _fingerprint = _seen = fingerprint;
        _failures = before?._fingerprint == fingerprint ? before._failures + 1 : 1;
        TimeSpan wait = pause * Math.Pow(2, Math.Min(_failures - 1, 30));
        wait = wait < LongestPause ? wait : LongestPause;
        _retryAt = Stopwatch.GetTimestamp() + (long)(wait.TotalSeconds * Stopwatch.Frequency);
    }

    /// <summary>Whether to try now, at a look that finds this content.</summary>
    public bool IsDue(string fingerprint)
    {
        if (fingerprint == _fingerprint)
            return Stopwatch.GetTimestamp() >= _retryAt;
        bool settled = fingerprint == _seen;
        _seen = fingerprint;
        return settled;
    }
}
