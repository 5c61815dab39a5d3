namespace Firn.Files;

/// <summary>A stream whose first bytes were read to tell what it is, and are given out again.</summary>
internal sealed class HeadedStream : ReadOnlyStream
{
    private const int MaxLineBytes = 1 << 16;

    private readonly Stream _rest;
    private readonly byte[] _head;
    private int _given;

    private HeadedStream(byte[] head, Stream rest)
    {
        _head = head;
        _rest = rest;
    }

    /// <summary>The bytes that were read.</summary>
    public ReadOnlySpan<byte> Head => _head;

    /// <summary>
    /// Reads the head of a stream, which is disposed of with this one: as many bytes as tell the kind; fewer only where
    /// the stream has no more.
    /// </summary>
    public static HeadedStream Of(Stream stream)
    {
        var head = new byte[FileKinds.HeadLength];
        int length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        return new HeadedStream(head[..length], stream);
    }

    /// <summary>
    /// Reads 64 KiB, or what has arrived by the time that so many lines have: a producer that goes on for hours is not
    /// waited for.
    /// </summary>
    /// <param name="stream">Read from where it stands; disposed of with this one.</param>
    /// <param name="lines">Lines that suffice.</param>
    /// <param name="isWhole">Whether the stream ends behind them.</param>
    public static HeadedStream OfLines(Stream stream, int lines, out bool isWhole)
    {
        isWhole = false;
        var bytes = new byte[MaxLineBytes];
        int length = 0;
        while (length < bytes.Length)
        {
            int read = stream.Read(bytes, length, bytes.Length - length);
            if (read == 0)
            {
                isWhole = true;
                break;
            }
            length += read;
            if (bytes.AsSpan(0, length).Count((byte)'\n') >= lines)
                break;
        }
        return new HeadedStream(bytes[..length], stream);
    }

    public override int Read(Span<byte> buffer)
    {
        if (_given == _head.Length)
            return _rest.Read(buffer);
        int count = Math.Min(buffer.Length, _head.Length - _given);
        _head.AsSpan(_given, count).CopyTo(buffer);
        _given += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _rest.Dispose();
        base.Dispose(disposing);
    }
}
