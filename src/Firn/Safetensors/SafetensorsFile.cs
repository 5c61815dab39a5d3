using System.Buffers;
using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Text.Json;

namespace Firn.Safetensors;

/// <summary>
/// Reads a safetensors file through a memory map: eight bytes of header length (little endian), a JSON header that
/// names type, shape and byte range of each tensor, then the bytes. Nothing is trusted: ranges must lie inside the
/// file, fit the shapes, and cover the data without gap or overlap.
/// </summary>
internal sealed unsafe class SafetensorsFile : IDisposable
{
    private const long MaxHeader = 100_000_000; // the reference implementation's limit
    private const string Remedy = "The file is damaged or is no safetensors file; restore it or train again.";
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly Dictionary<string, TensorEntry> _entries = new(StringComparer.Ordinal);
    private byte* _start; // null once disposed

    private SafetensorsFile(string path, MemoryMappedFile map, MemoryMappedViewAccessor view, long length)
    {
        Path = path;
        _map = map;
        _view = view;
        ReadHeader(length);
        byte* pointer = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        _start = pointer + view.PointerOffset;
    }

    /// <summary>The file's path, for messages.</summary>
    public string Path { get; }

    /// <summary>The tensors, in the order of the header.</summary>
    public IReadOnlyCollection<TensorEntry> Entries => _entries.Values;

    /// <summary>Texts of the header's <c>__metadata__</c>, by name.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; private set; } = new Dictionary<string, string>();

    /// <summary>Maps and checks a file.</summary>
    /// <exception cref="InvalidDataException">
    /// The content is wrong; the message names file, place and remedy.
    /// </exception>
    public static SafetensorsFile Open(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        long length = stream.Length;
        if (length < 8)
            Throw.BadFile(
                path,
                "byte 0",
                $"the file has {length} bytes and needs at least 8 for the header's length",
                Remedy
            );
        MemoryMappedFile map = MemoryMappedFile.CreateFromFile(
            stream,
            null,
            0,
            MemoryMappedFileAccess.CopyOnWrite,
            HandleInheritability.None,
            leaveOpen: false
        );
        MemoryMappedViewAccessor? view = null;
        try
        {
            view = map.CreateViewAccessor(0, length, MemoryMappedFileAccess.CopyOnWrite);
            return new SafetensorsFile(path, map, view, length);
        }
        catch
        {
            view?.Dispose();
            map.Dispose();
            throw;
        }
    }

    /// <summary>The tensor of this name, if the file has it.</summary>
    public bool TryGet(string name, out TensorEntry entry) => _entries.TryGetValue(name, out entry!);

    /// <summary>The tensor of this name, which must have this type and shape (-1 allows any size).</summary>
    /// <exception cref="InvalidDataException">It is absent or differs.</exception>
    public TensorEntry Require(string name, TensorType type, params ReadOnlySpan<int> shape)
    {
        if (!TryGet(name, out TensorEntry entry))
            Throw.BadFile(
                Path,
                "header",
                $"there is no tensor '{name}' (there are {string.Join(", ", _entries.Keys)})",
                Remedy
            );
        bool fits = entry.Type == type && entry.Shape.Count == shape.Length;
        for (int i = 0; fits && i < shape.Length; i++)
            fits = shape[i] < 0 || shape[i] == entry.Shape[i];
        if (!fits)
        {
            Throw.BadFile(
                Path,
                $"tensor '{name}'",
                $"it is {entry.Type} [{string.Join(", ", entry.Shape)}] where {type} "
                    + $"[{string.Join(", ", shape.ToArray().Select(s => s < 0 ? "any" : $"{s}"))}] is expected",
                Remedy
            );
        }
        return entry;
    }

    /// <summary>A copy of a tensor's values.</summary>
    public T[] ReadArray<T>(TensorEntry entry)
        where T : unmanaged
    {
        if (entry.Count > Array.MaxLength)
            Throw.BadFile(
                Path,
                $"tensor '{entry.Name}'",
                $"it has {entry.Count} values, more than an array can hold",
                Remedy
            );
        var values = new T[entry.Count];
        if (values.Length > 0) // an empty tensor at the end of the file has no place in it
            _view.ReadArray(entry.Offset, values, 0, values.Length);
        return values;
    }

    /// <summary>
    /// The tensor's values where they lie in the map: pages are read when touched and shared between processes. The
    /// owner takes this file over: disposing of it unmaps, and no memory or span of it may be used after that.
    /// </summary>
    public IMemoryOwner<float> MapFloats(TensorEntry entry) =>
        new MappedValues<float>(this, entry.Offset, checked((int)entry.Count), ownsFile: true);

    /// <summary>A stretch of the tensor's values where they lie in the map, until this file is disposed of.</summary>
    public ReadOnlyMemory<T> Map<T>(TensorEntry entry, long first, int count)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + count, entry.Count);
        return new MappedValues<T>(this, entry.Offset + first * sizeof(T), count, ownsFile: false).Memory;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_start != null)
        {
            _start = null;
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
        _view.Dispose();
        _map.Dispose();
    }

    private void ReadHeader(long length)
    {
        Span<byte> prefix = stackalloc byte[8];
        for (int i = 0; i < 8; i++)
            prefix[i] = _view.ReadByte(i);
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerLength > MaxHeader || (long)headerLength > length - 8)
            Throw.BadFile(
                Path,
                "byte 0",
                $"the header is said to have {headerLength} bytes and the file holds {length - 8} after the length",
                Remedy
            );
        var header = new byte[headerLength];
        _view.ReadArray(8, header, 0, header.Length);
        long start = 8 + header.Length,
            end = start;
        try
        {
            SafetensorsHeader read = SafetensorsHeader.Read(header, start);
            Metadata = read.Metadata;
            List<TensorEntry> entries = read.Entries;
            entries.Sort((a, b) => a.Offset != b.Offset ? a.Offset.CompareTo(b.Offset) : a.Count.CompareTo(b.Count));
            foreach (TensorEntry entry in entries)
            {
                if (entry.Offset != end)
                    throw new FormatException(
                        $"tensor '{entry.Name}' begins at data byte {entry.Offset - start} where {end - start} is "
                            + $"expected (no gap, no overlap)"
                    );
                end += entry.Count * TensorEntry.SizeOf(entry.Type);
                _entries.Add(entry.Name, entry);
            }
        }
        catch (Exception e)
            when (e
                    is JsonException
                        or InvalidOperationException
                        or KeyNotFoundException
                        or FormatException
                        or OverflowException
            )
        {
            Throw.BadFile(Path, "header", e.Message.TrimEnd('.'), Remedy);
        }
        if (end != length)
            Throw.BadFile(Path, $"byte {end}", $"the tensors end there and the file has {length} bytes", Remedy);
    }

    /// <summary>
    /// Mapped values as <see cref="Memory{T}"/>. No finalizer unmaps them, for a span may outlive its owner's last use.
    /// The map is copy-on-write: a thawed table changes its own pages, never the file.
    /// </summary>
    private sealed class MappedValues<T>(SafetensorsFile file, long offset, int count, bool ownsFile) : MemoryManager<T>
        where T : unmanaged
    {
        public override Span<T> GetSpan()
        {
            ObjectDisposedException.ThrowIf(file._start == null, file);
            return new Span<T>(file._start + offset, count);
        }

        public override MemoryHandle Pin(int elementIndex = 0) =>
            new(file._start + offset + (long)elementIndex * sizeof(T));

        public override void Unpin() { }

        protected override void Dispose(bool disposing)
        {
            if (ownsFile)
                file.Dispose();
        }
    }
}
