using System.Buffers;
using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Text.Json;

namespace Firn.Bundles;

/// <summary>The element types that Firn stores.</summary>
internal enum TensorType
{
    /// <summary>32-bit float, <c>F32</c>.</summary>
    Float32,

    /// <summary>32-bit signed integer, <c>I32</c>.</summary>
    Int32,
}

/// <summary>What a safetensors header says about one tensor.</summary>
/// <param name="Name">Its name, unique in the file.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Sizes, outermost first.</param>
/// <param name="Offset">First byte, counted from the start of the file.</param>
/// <param name="Count">Number of elements.</param>
internal sealed record TensorEntry(string Name, TensorType Type, IReadOnlyList<int> Shape, long Offset, int Count);

/// <summary>
/// Reads a safetensors file through a memory map: eight bytes of header length (little endian), a JSON header that
/// names type, shape and byte range of each tensor, then the bytes. Nothing is trusted: ranges must lie inside the
/// file, fit the shapes, and cover the data without gap or overlap.
/// </summary>
internal sealed class SafetensorsFile : IDisposable
{
    private const long MaxHeader = 100_000_000; // the reference implementation's limit
    private const string Remedy = "The file is damaged or is no safetensors file; restore it or train again.";
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly Dictionary<string, TensorEntry> _entries = new(StringComparer.Ordinal);

    private SafetensorsFile(string path, MemoryMappedFile map, MemoryMappedViewAccessor view, long length)
    {
        Path = path;
        _map = map;
        _view = view;
        ReadHeader(length);
    }

    /// <summary>The file's path, for messages.</summary>
    public string Path { get; }

    /// <summary>The tensors, in the order of the header.</summary>
    public IReadOnlyCollection<TensorEntry> Entries => _entries.Values;

    /// <summary>Texts of the header's <c>__metadata__</c>, by name.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; private set; } = new Dictionary<string, string>();

    /// <summary>Maps and checks a file.</summary>
    /// <exception cref="InvalidDataException">The content is wrong; the message names file, place and remedy.</exception>
    public static SafetensorsFile Open(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        long length = stream.Length;
        if (length < 8)
            Throw.BadFile(path, "byte 0", $"the file has {length} bytes and needs at least 8 for the header's length", Remedy);
        MemoryMappedFile map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.CopyOnWrite, HandleInheritability.None, leaveOpen: false);
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
            Throw.BadFile(Path, "header", $"there is no tensor '{name}' (there are {string.Join(", ", _entries.Keys)})", Remedy);
        bool fits = entry.Type == type && entry.Shape.Count == shape.Length;
        for (int i = 0; fits && i < shape.Length; i++)
            fits = shape[i] < 0 || shape[i] == entry.Shape[i];
        if (!fits)
        {
            Throw.BadFile(Path, $"tensor '{name}'", $"it is {entry.Type} [{string.Join(", ", entry.Shape)}] where {type} " +
                $"[{string.Join(", ", shape.ToArray().Select(s => s < 0 ? "any" : $"{s}"))}] is expected", Remedy);
        }
        return entry;
    }

    /// <summary>A copy of a tensor's values.</summary>
    public T[] ReadArray<T>(TensorEntry entry) where T : unmanaged
    {
        var values = new T[entry.Count];
        _view.ReadArray(entry.Offset, values, 0, values.Length);
        return values;
    }

    /// <summary>
    /// The tensor's values where they lie in the map: pages are read when touched and shared between processes. The
    /// owner takes this file over: disposing of it unmaps, and no memory or span of it may be used after that.
    /// </summary>
    public IMemoryOwner<float> MapFloats(TensorEntry entry) => new MappedFloats(this, entry);

    /// <inheritdoc/>
    public void Dispose()
    {
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
            Throw.BadFile(Path, "byte 0", $"the header is said to have {headerLength} bytes and the file holds {length - 8} after the length", Remedy);
        var header = new byte[headerLength];
        _view.ReadArray(8, header, 0, header.Length);
        long start = 8 + header.Length, end = start;
        try
        {
            using JsonDocument document = JsonDocument.Parse(header, new JsonDocumentOptions { AllowDuplicateProperties = false });
            foreach (JsonProperty property in document.RootElement.EnumerateObject().OrderBy(BeginOf))
            {
                if (property.NameEquals("__metadata__"))
                {
                    Metadata = property.Value.EnumerateObject().ToDictionary(m => m.Name, m => m.Value.GetString() ?? "");
                    continue;
                }
                TensorEntry entry = ReadEntry(property, start, ref end);
                _entries.Add(entry.Name, entry);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or OverflowException)
        {
            Throw.BadFile(Path, "header", e.Message.TrimEnd('.'), Remedy);
        }
        if (end != length)
            Throw.BadFile(Path, $"byte {end}", $"the tensors end there and the file has {length} bytes", Remedy);
    }

    private static long BeginOf(JsonProperty property) =>
        property.NameEquals("__metadata__") ? -1 : property.Value.GetProperty("data_offsets")[0].GetInt64();

    private static TensorEntry ReadEntry(JsonProperty property, long start, ref long end)
    {
        TensorType type = property.Value.GetProperty("dtype").GetString() switch
        {
            "F32" => TensorType.Float32,
            "I32" => TensorType.Int32,
            var other => throw new FormatException($"tensor '{property.Name}' has type {other}; F32 and I32 are known"),
        };
        int[] shape = [.. property.Value.GetProperty("shape").EnumerateArray().Select(v => v.GetInt32())];
        if (shape.Any(s => s < 0))
            throw new FormatException($"tensor '{property.Name}' has a negative size");
        int count = 1;
        foreach (int size in shape)
            count = checked(count * size);
        JsonElement offsets = property.Value.GetProperty("data_offsets");
        long begin = checked(start + offsets[0].GetInt64()), stop = checked(start + offsets[1].GetInt64());
        if (offsets.GetArrayLength() != 2 || begin != end)
            throw new FormatException($"tensor '{property.Name}' begins at data byte {begin - start} where {end - start} is expected (no gap, no overlap)");
        if (stop - begin != 4L * count)
            throw new FormatException($"tensor '{property.Name}' has {stop - begin} bytes and its shape [{string.Join(", ", shape)}] needs {4L * count}");
        end = stop;
        return new TensorEntry(property.Name, type, shape, begin, count);
    }

    /// <summary>
    /// Mapped floats as <see cref="Memory{T}"/>. No finalizer unmaps them, for a span may outlive its owner's last use.
    /// The map is copy-on-write: a thawed table changes its own pages, never the file.
    /// </summary>
    private sealed unsafe class MappedFloats : MemoryManager<float>
    {
        private readonly SafetensorsFile _file;
        private readonly float* _start;
        private readonly int _count;
        private bool _disposed;

        public MappedFloats(SafetensorsFile file, TensorEntry entry)
        {
            _file = file;
            _count = entry.Count;
            byte* pointer = null;
            file._view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
            _start = (float*)(pointer + file._view.PointerOffset + entry.Offset);
        }

        public override Span<float> GetSpan()
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return new Span<float>(_start, _count);
        }

        public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
            if (_disposed)
                return;
            _disposed = true;
            _file._view.SafeMemoryMappedViewHandle.ReleasePointer();
            _file.Dispose();
        }
    }
}
