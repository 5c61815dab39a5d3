namespace Firn.Files;

/// <summary>A call's hold on a mapped file; of what lies in ordinary memory, nothing. Not to be copied.</summary>
internal readonly ref struct MappedHold
{
    private readonly MappedRegion? _region;

    /// <summary>Takes hold of a region, if there is one.</summary>
    /// <exception cref="ObjectDisposedException">It is unmapped.</exception>
    public MappedHold(MappedRegion? region)
    {
        region?.Take();
        _region = region;
    }

    /// <summary>Lets go.</summary>
    public void Dispose() => _region?.LetGo();
}
