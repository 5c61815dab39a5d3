using System.Buffers.Binary;
using System.Text.Json;
using Firn.Files;

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
    private readonly MappedRegion _region;
    private readonly Dictionary<string, TensorEntry> _entries = new(StringComparer.Ordinal);

    private SafetensorsFile(MappedRegion region)
    {
        _region = region;
        ReadHeader(region.Length);
    }

    /// <summary>The file's path, for messages.</summary>
    public string Path => _region.Path;

    /// <summary>The mapped file, for those who use it longer than this reader.</summary>
    public MappedRegion Region => _region;

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
        MappedRegion region = MappedRegion.Open(path, stream);
        try
        {
            return new SafetensorsFile(region);
        }
        catch
        {
            region.Dispose();
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
        {
            using var hold = new MappedHold(_region);
            new ReadOnlySpan<T>(_region.Start + entry.Offset, values.Length).CopyTo(values);
        }
        return values;
    }

    /// <summary>
    /// A stretch of the tensor's values where they lie in the map: pages are read when touched and shared between
    /// processes. Whoever reads them holds <see cref="Region"/> meanwhile.
    /// </summary>
    public MappedValues<T> Map<T>(TensorEntry entry, long first, int count)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + count, entry.Count);
        return new MappedValues<T>(_region, entry.Offset + first * sizeof(T), count);
    }

    /// <summary>All of the tensor's values where they lie.</summary>
    public MappedValues<float> MapFloats(TensorEntry entry) => Map<float>(entry, 0, checked((int)entry.Count));

    /// <summary>Gives up the file, which is unmapped when those who hold it are done.</summary>
    public void Dispose() => _region.Dispose();

    private void ReadHeader(long length)
    {
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(_region.Start, 8));
        if (headerLength > MaxHeader || (long)headerLength > length - 8)
            Throw.BadFile(
                Path,
                "byte 0",
                $"the header is said to have {headerLength} bytes and the file holds {length - 8} after the length",
                Remedy
            );
        byte[] header = new ReadOnlySpan<byte>(_region.Start + 8, (int)headerLength).ToArray();
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
}
