using System.Collections.Concurrent;

namespace Firn.Files;

/// <summary>
/// Opens what a user names as input: a regular file, plain or packed; one file of an archive
/// (<c>data.zip:train.csv</c>); a named pipe; a process substitution (<c>/dev/fd/63</c>); standard input (<c>-</c> or
/// <c>/dev/stdin</c>).
/// </summary>
/// <remarks>
/// What can be read only once is copied into a temporary file when it is first opened, and read from there as often as
/// asked: within one process a pipe of one name has one content.
/// </remarks>
public static class InputFile
{
    /// <summary>The name of standard input.</summary>
    public const string StandardInput = "-";

    private const int MaxLayers = 4;

    /// <summary>
    /// No packing expands by more than this in files that people have; it bounds what a header may promise.
    /// </summary>
    private const int MaxExpansion = 1 << 16;

    private static readonly ConcurrentDictionary<string, Lazy<Spool>> Spools = new(StringComparer.Ordinal);

    /// <summary>Whether there is something to open under this name; false for folders.</summary>
    public static bool Exists(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return path == StandardInput || File.Exists(Split(path).File);
    }

    /// <summary>Whether a name is of standard input, a pipe or a device, which can be read only once.</summary>
    public static bool IsPipe(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path == StandardInput)
            return true;
        if (Directory.Exists(path) || !File.Exists(path))
            return false;
        if (FileIdentity.Of(path) is { } identity)
            return !identity.IsRegular;
        using FileStream stream = OpenFile(path);
        return !stream.CanSeek;
    }

    /// <summary>Opens the content, unpacked, from the start.</summary>
    /// <param name="path">The name.</param>
    /// <exception cref="FileNotFoundException">There is nothing of this name.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="InvalidDataException">
    /// It is packed in a way that cannot be unpacked here, damaged, or an archive of several files; the message is one
    /// line with the file and the remedy.
    /// </exception>
    public static Stream Open(string path) => Open(path, out _);

    /// <summary>What the content is, once unpacked.</summary>
    /// <inheritdoc cref="Open(string)" path="/param|/exception"/>
    public static FileKind KindOf(string path)
    {
        using Stream stream = Open(path, out Content content);
        return content.Kind;
    }

    /// <summary>
    /// How the content is packed, from the file itself inward (a .tar.gz: gzip, tar); empty for a plain file.
    /// </summary>
    /// <inheritdoc cref="Open(string)" path="/param|/exception"/>
    public static IReadOnlyList<FileKind> PackingOf(string path)
    {
        using Stream stream = Open(path, out Content content);
        return content.Packing;
    }

    /// <summary>Opens the bytes as they are stored, from the start.</summary>
    /// <inheritdoc cref="Open(string)" path="/param|/exception"/>
    public static Stream OpenPacked(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string file = Split(path).File;
        return file == StandardInput || !File.Exists(file) || !IsPipe(file) ? OpenOnce(file) : Kept(file).Open();
    }

    /// <summary>
    /// Opens the content as a stream that can be read at any place, by a temporary copy where it must be.
    /// </summary>
    /// <inheritdoc cref="Open(string)" path="/param|/exception"/>
    internal static Stream OpenSeekable(string path) => new PackedInput(path, null, () => Open(path)).OpenSeekable();

    /// <summary>What the file is as it is stored, packed or not.</summary>
    /// <inheritdoc cref="Open(string)" path="/param|/exception"/>
    internal static FileKind StoredKindOf(string path)
    {
        Stream stream = OpenPacked(path);
        try
        {
            return Recognize(ref stream);
        }
        finally
        {
            stream.Dispose();
        }
    }

    /// <summary>Opens the content and tells what it is.</summary>
    internal static Stream Open(string path, out Content content)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        (string file, string? entry) = Split(path);
        Func<Stream> open = () => OpenPacked(file);
        var packing = new List<FileKind>();
        for (int layer = 0; ; layer++)
        {
            Stream stream = open();
            try
            {
                FileKind kind = Recognize(ref stream);
                if (!kind.IsPacked())
                {
                    if (entry is not null)
                        throw new InvalidDataException(
                            $"{file}: this is {kind.InWords()}, not an archive with a file '{entry}'. Leave ':{entry}' "
                                + $"out."
                        );
                    long packed = layer == 0 ? 0 : PackedLength(file);
                    bool onlyGzip = packing.TrueForAll(packer => packer == FileKind.Gzip);
                    content = new Content(
                        kind,
                        packing,
                        layer == 0 ? stream.Length : packed * (onlyGzip ? CheckedGzipStream.MaxExpansion : MaxExpansion)
                    );
                    return stream;
                }
                packing.Add(kind);
                if (layer == MaxLayers || !FileDecoders.TryGet(kind, out Func<PackedInput, Stream> decode))
                    throw new InvalidDataException(
                        $"{path}: this is {kind.InWords()}, which cannot be read here. {kind.Remedy(file)}"
                    );
                Func<Stream> inner = open;
                var input = new PackedInput(file, entry, inner);
                open = () => decode(input);
                if (kind.IsArchive())
                    entry = null; // it is asked for in the outer archive alone
            }
            catch
            {
                stream.Dispose();
                throw;
            }
            stream.Dispose();
        }
    }

    /// <summary>
    /// Takes <c>archive.zip:inner/name.csv</c> apart where that is no file and the part before the colon is one.
    /// </summary>
    internal static ArchivePath Split(string path)
    {
        if (path == StandardInput || File.Exists(path) || Directory.Exists(path))
            return new(path, null);
        for (int colon = path.LastIndexOf(':'); colon > 0; colon = path.LastIndexOf(':', colon - 1))
        {
            if (colon < path.Length - 1 && File.Exists(path[..colon]))
                return new(path[..colon], path[(colon + 1)..]);
        }
        return new(path, null);
    }

    private static Stream OpenOnce(string file)
    {
        if (file == StandardInput)
            return Kept(file).Open();
        if (Directory.Exists(file))
            throw new IOException($"{file}: this is a folder; give a file");
        if (!File.Exists(file))
            throw new FileNotFoundException($"{file}: there is no such file; check the path", file);
        return OpenFile(file);
    }

    private static FileStream OpenFile(string file)
    {
        try
        {
            return new FileStream(
                file,
                new FileStreamOptions
                {
                    Share = FileShare.ReadWrite | FileShare.Delete,
                    Options = FileOptions.SequentialScan,
                    BufferSize = 1 << 16,
                }
            );
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"{file}: the file may not be read; change its permissions", error);
        }
    }

    private static Spool Kept(string file)
    {
        string key = file == StandardInput ? file : Path.GetFullPath(file);
        return Spools
            .GetOrAdd(
                key,
                _ => new Lazy<Spool>(() =>
                {
                    using Stream source = file == StandardInput ? Console.OpenStandardInput() : OpenFile(file);
                    return Spool.Of(file, source);
                })
            )
            .Value;
    }

    private static long PackedLength(string file)
    {
        using Stream stream = OpenPacked(file);
        return stream.Length;
    }

    private static FileKind Recognize(ref Stream stream)
    {
        if (!stream.CanSeek)
        {
            var headed = HeadedStream.Of(stream);
            stream = headed;
            return FileKinds.Recognize(headed.Head);
        }
        var head = new byte[FileKinds.HeadLength];
        int length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        return FileKinds.Recognize(head.AsSpan(0, length));
    }

    /// <summary>What was opened.</summary>
    /// <param name="Kind">The kind of the unpacked content.</param>
    /// <param name="Packing">How it was packed, from outside inward.</param>
    /// <param name="MaxBytes">The content has no more bytes than this.</param>
    internal readonly record struct Content(FileKind Kind, IReadOnlyList<FileKind> Packing, long MaxBytes)
    {
        /// <summary>It was unpacked on the way.</summary>
        public bool IsPacked => Packing.Count > 0;
    }
}
