using System.IO.Compression;
using Firn.Files;

namespace Firn.Interop.Pickle;

/// <summary>
/// Opens pickles as they lie on disk: plain, packed by gzip or what else the library unpacks, or as joblib writes them
/// with <c>compress</c> (a bare zlib stream).
/// </summary>
internal static class PickleFile
{
    private const int MaxNodes = 1 << 20;

    /// <summary>
    /// Whether bytes begin a pickle, or a zlib stream that may hold one; text is told apart by the caller.
    /// </summary>
    public static bool MayBegin(ReadOnlySpan<byte> head) =>
        PickleReader.Begins(head)
        || IsZlib(head)
        || (head.Length > 1 && "(c}]IJKLMNSTUVXF\u0085\u0086\u0087".Contains((char)head[0], StringComparison.Ordinal));

    /// <summary>Reads the pickle.</summary>
    /// <exception cref="InvalidDataException">It is none, or damaged; the message names the byte.</exception>
    public static object? Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using Stream stream = InputFile.OpenSeekable(path);
        Span<byte> head = stackalloc byte[2];
        int length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        if (!IsZlib(head[..length]))
            return PickleReader.Read(stream, path);
        try
        {
            using var plain = new ZLibStream(stream, CompressionMode.Decompress);
            return PickleReader.Read(plain, path);
        }
        catch (InvalidDataException error) when (!error.Message.StartsWith(path, StringComparison.Ordinal))
        {
            string why = error.Message.TrimEnd('.');
            throw new InvalidDataException(
                $"{path}: the zlib data is damaged ({why}). Fetch or write the file again.",
                error
            );
        }
    }

    /// <summary>
    /// Reads a file of text that may be a pickle of protocol 0: it is one where its instructions end at its last byte.
    /// </summary>
    public static bool TryReadText(string path, out object? root)
    {
        root = null;
        using Stream stream = InputFile.OpenSeekable(path);
        if (stream.Length < 2)
            return false;
        stream.Position = stream.Length - 1;
        if (stream.ReadByte() != '.')
            return false;
        stream.Position = 0;
        try
        {
            root = PickleReader.Read(stream, path);
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>A value and all that it holds, the outermost first; each object once.</summary>
    public static IEnumerable<object> Within(object? root)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var open = new Queue<object?>([root]);
        while (open.TryDequeue(out object? value) && seen.Count < MaxNodes)
        {
            if (value is null or string or long or double or bool || !seen.Add(value))
                continue;
            yield return value;
            IEnumerable<object?> inner = value switch
            {
                object?[] tuple => tuple,
                List<object?> list => list,
                PickleDict dictionary => dictionary.Entries.Select(e => e.Value),
                PickleObject described => [described.Type, .. described.Arguments, described.State],
                _ => [],
            };
            foreach (object? item in inner)
            {
                if (item is not (null or string or long or double or bool))
                    open.Enqueue(item);
            }
        }
    }

    /// <summary>A zlib header (RFC 1950): deflate, no dictionary of its own, the two bytes a multiple of 31.</summary>
    private static bool IsZlib(ReadOnlySpan<byte> head) =>
        head.Length >= 2 && head[0] == 0x78 && (head[1] & 0x20) == 0 && (head[0] * 256 + head[1]) % 31 == 0;
}
