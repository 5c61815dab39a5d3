using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Firn.Files;

/// <summary>
/// A file mapped into memory, and the count of those who use it. It is unmapped when its owners have disposed of it and
/// the last call in flight has let go; a later call gets <see cref="ObjectDisposedException"/>. What nobody disposes of
/// is unmapped when nobody can reach it any more: the view's own handle has the finalizer, and every hold keeps it
/// reachable. The map is copy-on-write: a thawed table changes its own pages, never the file.
/// </summary>
internal sealed unsafe class MappedRegion : IDisposable
{
    /// <summary>
    /// Regions of which a caller took a bare span: a span knows no owner, so these stay until the process ends.
    /// </summary>
    private static readonly ConcurrentDictionary<MappedRegion, byte> _pinned = new();

    private readonly SafeMemoryMappedViewHandle _view;
    private readonly byte* _start;
    private readonly CountedHold _hold;
    private int _disposed,
        _isPinned;

    private MappedRegion(string path, SafeMemoryMappedViewHandle view, byte* start, long length)
    {
        Path = path;
        _view = view;
        _hold = new CountedHold(view.Dispose);
        _start = start;
        Length = length;
    }

    /// <summary>The file's path, for messages.</summary>
    public string Path { get; }

    /// <summary>Bytes of the file.</summary>
    public long Length { get; }

    /// <summary>The first byte; only for those who hold the region.</summary>
    public byte* Start => _start;

    /// <summary>Maps a file that is not empty; its handle is closed at once, the pages stay.</summary>
    public static MappedRegion Open(string path, FileStream stream)
    {
        long length = stream.Length;
        using MemoryMappedFile map = MemoryMappedFile.CreateFromFile(
            stream,
            null,
            0,
            MemoryMappedFileAccess.CopyOnWrite,
            HandleInheritability.None,
            leaveOpen: true
        );
        MemoryMappedViewAccessor accessor = map.CreateViewAccessor(0, length, MemoryMappedFileAccess.CopyOnWrite);
        SafeMemoryMappedViewHandle view = accessor.SafeMemoryMappedViewHandle;
        // Not AcquirePointer: its count would keep the finalizer from unmapping what nobody disposes of.
        byte* start = (byte*)view.DangerousGetHandle() + accessor.PointerOffset;
        return new MappedRegion(path, view, start, length);
    }

    /// <summary>Takes hold; false when the region is unmapped.</summary>
    public bool TryTake() => _hold.TryTake();

    /// <summary>Takes hold for good, until <see cref="LetGo"/>.</summary>
    /// <exception cref="ObjectDisposedException">The region is unmapped.</exception>
    public void Take()
    {
        if (!TryTake())
            ThrowDisposed();
    }

    /// <summary>Refuses what nobody holds any more.</summary>
    /// <exception cref="ObjectDisposedException">The region is unmapped.</exception>
    public void ThrowIfUnmapped()
    {
        if (_hold.IsFree)
            ThrowDisposed();
    }

    /// <summary>Lets go; the last one out unmaps.</summary>
    public void LetGo() => _hold.LetGo();

    /// <summary>Keeps the region mapped until the process ends, for a bare span that leaves the library.</summary>
    /// <exception cref="ObjectDisposedException">The region is unmapped.</exception>
    public void PinForever()
    {
        if (Volatile.Read(ref _isPinned) != 0)
            return;
        Take();
        if (!_pinned.TryAdd(this, 0))
            LetGo();
        Volatile.Write(ref _isPinned, 1);
    }

    /// <summary>What a call gets after its object was disposed of.</summary>
    [DoesNotReturn]
    public void ThrowDisposed() =>
        throw new ObjectDisposedException(
            Path,
            "It was disposed of, and its memory is let go; load the model or the vectors again."
        );

    /// <summary>Gives up the opener's own hold, once.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            LetGo();
    }
}
