using System.Buffers;

namespace Firn.Bundles;

/// <summary>The mapped files of a loaded bundle, which end together.</summary>
internal sealed class MappedParts : IDisposable
{
    private readonly List<IMemoryOwner<float>> _owners = [];

    /// <summary>Takes a part over; its memory may be used until this is disposed of.</summary>
    public Memory<float> Add(IMemoryOwner<float> owner)
    {
        _owners.Add(owner);
        return owner.Memory;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IMemoryOwner<float> owner in _owners)
            owner.Dispose();
    }
}
