using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Firn.Interop.Hdf5;
using Firn.Interop.Keras.Architecture;
using Firn.Interop.Keras.Layers;
using Firn.Interop.Keras.Weights;

namespace Firn.Interop.Keras;

/// <summary>
/// A <c>.keras</c> archive: a zip file with the architecture, the version, the weights in HDF5 and the vocabularies of
/// layers. Weights that are stored as they are, as Keras does, are read from their place in the archive.
/// </summary>
internal sealed class KerasArchive : IDisposable
{
    private const string Config = "config.json",
        Metadata = "metadata.json",
        Weights = "model.weights.h5";
    private const int MaxText = 256 << 20,
        MaxExpansion = 1032;
    private readonly Stream _stream;
    private readonly ZipArchive _zip;
    private readonly string _path;

    private KerasArchive(Stream stream, ZipArchive zip, string path)
    {
        (_stream, _zip, _path) = (stream, zip, path);
    }

    /// <summary>Opens an archive; null where the stream is none of Keras. It stands at its start then.</summary>
    public static KerasArchive? TryOpen(Stream stream, string path)
    {
        Span<byte> head = stackalloc byte[4];
        stream.Position = 0;
        bool zipped =
            stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length
            && head.SequenceEqual("PK\u0003\u0004"u8);
        stream.Position = 0;
        if (!zipped)
            return null;
        ZipArchive zip = Guarded(path, () => new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true));
        if (Guarded(path, () => zip.GetEntry(Config)) is not null)
            return new KerasArchive(stream, zip, path);
        zip.Dispose();
        stream.Position = 0;
        return null;
    }

    public KerasFile Read()
    {
        byte[] config = ReadEntry(_zip.GetEntry(Config)!);
        string? version = null;
        if (_zip.GetEntry(Metadata) is { } metadata)
        {
            version = Json.Guarded(
                _path,
                () =>
                {
                    using JsonDocument about = Json.Parse(_path, ReadEntry(metadata));
                    return KerasFileReader.Text(about.RootElement, "keras_version");
                }
            );
        }
        return Json.Guarded(
            _path,
            () =>
            {
                using JsonDocument whole = Json.Parse(_path, config);
                ModelGraph graph = new ModelReader(_path, KerasVersion.Parse(version)).Read(whole.RootElement);
                return ReadWeights(graph, version);
            }
        );
    }

    public void Dispose() => _zip.Dispose();

    private KerasFile ReadWeights(ModelGraph graph, string? version)
    {
        ZipArchiveEntry entry = _zip.GetEntry(Weights) ?? throw Bad($"the archive has no '{Weights}'");
        Stream weights = OpenWeights(entry, out long start);
        var input = new Hdf5Input(weights, start, entry.Length, _path, leaveOpen: weights == _stream);
        using Hdf5File file = Hdf5File.Open(input);
        var assignment = new WeightAssignment(_path, backend: null);
        ArchiveWeights.Assign(
            new Hdf5WeightTree(file.Root),
            graph,
            assignment,
            (node, group) =>
            {
                if (
                    node.Layer is TextVectorizationLayer { Vectorization: { Vocabulary: null } rules }
                    && Vocabulary(group) is { } words
                )
                    assignment.Replace(node, () => new TextVectorizationLayer(rules.WithVocabulary(words)));
            }
        );
        return KerasFile.Of(KerasFileKind.Archive, version, null, graph, assignment);
    }

    /// <summary>
    /// The words that a layer keeps in a file of its own, a line each; Windows writes them with carriage returns.
    /// </summary>
    private string[]? Vocabulary(string group)
    {
        string[] names = [$"assets/{group}/vocabulary.txt", $"assets/{group}/_lookup_layer/vocabulary.txt"];
        ZipArchiveEntry? entry = _zip.Entries.FirstOrDefault(e => names.Contains(e.FullName.Replace('\\', '/')));
        return entry is null ? null : Encoding.UTF8.GetString(ReadEntry(entry)).ReplaceLineEndings("\n").Split('\n');
    }

    /// <summary>
    /// The part of the archive's own stream where the weights are stored as they are; else a temporary copy, unpacked.
    /// </summary>
    private Stream OpenWeights(ZipArchiveEntry entry, out long start)
    {
        long length = entry.Length;
        using Stream stream = Guarded(_path, entry.Open);
        if (entry.CompressedLength == entry.Length)
        {
            // A stored entry is read straight from the stream, which then stands behind what was read.
            Span<byte> head = stackalloc byte[8];
            int read = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            start = _stream.Position - read;
            Span<byte> raw = stackalloc byte[8];
            _stream.Position = start;
            _stream.ReadAtLeast(raw, raw.Length, throwOnEndOfStream: false);
            if (raw.SequenceEqual(Hdf5File.Signature) && length <= _stream.Length - start)
                return _stream;
        }
        if (length > MaxExpansion * entry.CompressedLength)
            throw Bad($"'{Weights}' would unpack to {length} bytes from {entry.CompressedLength}");
        start = 0;
        var copy = new FileStream(
            Path.GetTempFileName(),
            new FileStreamOptions
            {
                Access = FileAccess.ReadWrite,
                Mode = FileMode.Open,
                Options = FileOptions.DeleteOnClose,
            }
        );
        try
        {
            using Stream packed = Guarded(_path, entry.Open);
            Guarded(_path, () => Copy(packed, copy, length));
            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    private byte[] ReadEntry(ZipArchiveEntry entry)
    {
        if (entry.Length > MaxText || entry.Length > MaxExpansion * entry.CompressedLength)
            throw Bad($"'{entry.FullName}' would unpack to {entry.Length} bytes from {entry.CompressedLength}");
        var text = new MemoryStream((int)entry.Length);
        using Stream packed = Guarded(_path, entry.Open);
        Guarded(_path, () => Copy(packed, text, entry.Length));
        return text.ToArray();
    }

    private bool Copy(Stream from, Stream to, long length)
    {
        var buffer = new byte[Math.Clamp(length, 1, 1 << 16)];
        long copied = 0;
        for (int read; (read = from.Read(buffer)) > 0; copied += read)
        {
            if (copied + read > length)
                throw Bad($"an entry has more than the {length} bytes that it promises");
            to.Write(buffer, 0, read);
        }
        return copied == length ? true : throw Bad($"an entry has {copied} of its {length} bytes");
    }

    private InvalidDataException Bad(string problem) =>
        new($"{_path}: {problem}. The archive is damaged or not of Keras; fetch or save it again.");

    /// <summary>Words what the zip reader throws at a damaged archive.</summary>
    private static T Guarded<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error)
            when (error
                    is InvalidDataException
                        or EndOfStreamException
                        or ArgumentException
                        or NotSupportedException
                        or OverflowException
                        or InvalidOperationException
            )
        {
            if (error is InvalidDataException && error.Message.StartsWith(path, StringComparison.Ordinal))
                throw;
            throw new InvalidDataException(
                $"{path}: the zip archive is damaged ({error.Message.TrimEnd('.')}). Fetch or save it again.",
                error
            );
        }
    }
}
