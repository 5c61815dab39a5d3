using System.Buffers;

namespace Firn.Files;

/// <summary>Values of a mapped file as <see cref="Memory{T}"/>.</summary>
/// <param name="region">The file.</param>
/// <param name="offset">Bytes before the first value.</param>
/// <param name="count">How many.</param>
internal sealed unsafe class MappedValues<T>(MappedRegion region, long offset, int count) : MemoryManager<T>
    where T : unmanaged
{
    /// <summary>The file.</summary>
    public MappedRegion Region => region;

    /// <summary>
    /// The same values for callers outside the library, whose spans may outlive everything: a span of these pins the
    /// file.
    /// </summary>
    public Memory<T> Lasting => new Pinning(this, count).Memory;

    /// <summary>The values; valid while the caller holds the region.</summary>
    /// <exception cref="ObjectDisposedException">The region is unmapped.</exception>
    public override Span<T> GetSpan()
    {
        region.ThrowIfUnmapped();
        return new Span<T>(region.Start + offset, count);
    }

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        region.Take();
        return new MemoryHandle(region.Start + offset + (long)elementIndex * sizeof(T), default, this);
    }

    public override void Unpin() => region.LetGo();

    protected override void Dispose(bool disposing) { }

    private sealed class Pinning(MappedValues<T> values, int count) : MemoryManager<T>
    {
        public override Memory<T> Memory => CreateMemory(count); // without asking for the span, which would pin

        public override Span<T> GetSpan()
        {
            values.Region.PinForever();
            return values.GetSpan();
        }

        public override MemoryHandle Pin(int elementIndex = 0) => values.Pin(elementIndex);

        public override void Unpin() => values.Unpin();

        protected override void Dispose(bool disposing) { }
    }
}
