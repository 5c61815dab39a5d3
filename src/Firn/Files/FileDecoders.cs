using System.Collections.Concurrent;

namespace Firn.Files;

/// <summary>
/// Which kinds of packed files <see cref="InputFile.Open(string)"/> unpacks: gzip, zip and tar, and what is added here.
/// So a library for other kinds need not be known where files are read.
/// </summary>
public static class FileDecoders
{
    private static readonly ConcurrentDictionary<FileKind, Func<PackedInput, Stream>> Decoders = new(
        new Dictionary<FileKind, Func<PackedInput, Stream>>
        {
            [FileKind.Gzip] = input => new CheckedGzipStream(input.Path, input.Open()),
            [FileKind.Zip] = ZipEntries.Open,
            [FileKind.Tar] = TarEntries.Open,
        }
    );

    /// <summary>Adds a decoder, or replaces the one of that kind.</summary>
    /// <param name="kind">A kind for which <see cref="FileKinds.IsPacked"/> holds.</param>
    /// <param name="open">
    /// Opens the unpacked content; disposing of the stream ends what it opened. Damaged content throws
    /// <see cref="InvalidDataException"/> with a message that names the file, when it is opened or read.
    /// </param>
    public static void Add(FileKind kind, Func<PackedInput, Stream> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        if (!kind.IsPacked())
            throw new ArgumentException($"{kind} is no kind of packed file.", nameof(kind));
        Decoders[kind] = open;
    }

    internal static bool TryGet(FileKind kind, out Func<PackedInput, Stream> open) =>
        Decoders.TryGetValue(kind, out open!);
}
