using Firn.Files;

namespace Firn.Formats;

/// <summary>An unpacked stream whose failures name the file, in one line with the remedy.</summary>
internal sealed class GuardedStream : ReadOnlyStream
{
    private readonly string _path;
    private readonly FileKind _kind;
    private readonly Stream _packed;
    private readonly Stream _unpacked;
    private long _position;

    /// <summary>Wraps a stream.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="kind">How it is packed.</param>
    /// <param name="packed">The packed bytes; disposed of with this stream.</param>
    /// <param name="unpack">Makes the unpacked stream.</param>
    public GuardedStream(string path, FileKind kind, Stream packed, Func<Stream, Stream> unpack)
    {
        _path = path;
        _kind = kind;
        _packed = packed;
        try
        {
            _unpacked = unpack(packed);
        }
        catch (Exception error) when (IsOfContent(error))
        {
            packed.Dispose();
            throw Damaged(path, kind, 0, error);
        }
    }

    public override int Read(Span<byte> buffer)
    {
        try
        {
            int read = _unpacked.Read(buffer);
            _position += read;
            return read;
        }
        catch (Exception error) when (IsOfContent(error))
        {
            throw Damaged(_path, _kind, _position, error);
        }
    }

    /// <summary>The error of content that cannot be unpacked.</summary>
    public static InvalidDataException Damaged(string path, FileKind kind, long position, Exception error) =>
        new(
            $"{path}: this {kind.InWords()[(kind.InWords().IndexOf(' ', StringComparison.Ordinal) + 1)..]} is "
                + $"damaged or cut short: after byte {position} of the unpacked "
                + $"content it cannot be read on ({error.Message.ReplaceLineEndings(" ").TrimEnd('.')}). Copy or "
                + $"download the file again.",
            error
        );

    /// <summary>
    /// Whether a failure comes of what the file holds: the library that unpacks throws exceptions of any kind then.
    /// </summary>
    public static bool IsOfContent(Exception error) =>
        error is not (OutOfMemoryException or ObjectDisposedException or UnauthorizedAccessException)
        && (error is not InvalidDataException || error.InnerException is null);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Quietly(_unpacked);
            Quietly(_packed);
        }
        base.Dispose(disposing);
    }

    // A library may want to read to the end, or check a sum, when it is told to stop.
    private static void Quietly(Stream stream)
    {
        try
        {
            stream.Dispose();
        }
        catch (Exception error) when (IsOfContent(error))
        {
            // What was read was whole; the rest is not asked for.
        }
    }
}
