namespace Firn.Text;

/// <summary>A stream whose first bytes were looked at; it gives them again.</summary>
internal sealed class PeekedStream(byte[] head, Stream rest) : Stream
{
    private const int MostBytes = 1 << 16;
    private int _given;

    /// <summary>
    /// The first bytes: as many as are needed to tell what it is, or what has arrived by the time that so many lines have; a producer
    /// that goes on for hours is not waited for.
    /// </summary>
    /// <param name="source">Where it stands.</param>
    /// <param name="lines">Lines that suffice.</param>
    /// <param name="isWhole">Whether the source ends behind them.</param>
    public static byte[] Peek(Stream source, int lines, out bool isWhole)
    {
        isWhole = false;
        var bytes = new byte[MostBytes];
        int length = 0;
        while (length < bytes.Length)
        {
            int read = source.Read(bytes, length, bytes.Length - length);
            if (read == 0)
            {
                isWhole = true;
                break;
            }
            length += read;
            if (bytes.AsSpan(0, length).Count((byte)'\n') >= lines)
                break;
        }
        return bytes[..length];
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (_given == head.Length)
            return rest.Read(buffer);
        int count = Math.Min(buffer.Length, head.Length - _given);
        head.AsSpan(_given, count).CopyTo(buffer);
        _given += count;
        return count;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            rest.Dispose();
        base.Dispose(disposing);
    }
}
