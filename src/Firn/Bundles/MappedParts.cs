using Firn.Files;

namespace Firn.Bundles;

/// <summary>
/// The mapped files of a loaded bundle, which end together. A predictor and those made from it share them: each takes
/// them once and lets them go once, and the last one unmaps.
/// </summary>
internal sealed class MappedParts : IDisposable
{
    private readonly List<MappedRegion> _regions = [];

    /// <summary>Takes a file over: the hold that it was opened with.</summary>
    public void Add(MappedRegion region) => _regions.Add(region);

    /// <summary>Takes hold of all files, for one more predictor.</summary>
    /// <exception cref="ObjectDisposedException">They are let go already.</exception>
    public MappedParts Take()
    {
        for (int i = 0; i < _regions.Count; i++)
        {
            if (_regions[i].TryTake())
                continue;
            for (int taken = 0; taken < i; taken++)
                _regions[taken].LetGo();
            _regions[i].Take(); // throws
        }
        return this;
    }

    /// <summary>Lets go once.</summary>
    public void Dispose()
    {
        foreach (MappedRegion region in _regions)
            region.LetGo();
    }
}
