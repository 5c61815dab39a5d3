namespace Firn.Files;

/// <summary>A stream whose first bytes were read to tell what it is, and are given out again.</summary>
internal sealed class HeadedStream : ReadOnlyStream
{
    private readonly Stream _rest;
    private readonly byte[] _head;
    private int _given;

    private HeadedStream(byte[] head, Stream rest)
    {
        _head = head;
        _rest = rest;
    }

    /// <summary>The first bytes, as many as tell the kind; fewer only where the stream has no more.</summary>
    public ReadOnlySpan<byte> Head => _head;

    /// <summary>Reads the head of a stream, which is disposed of with this one.</summary>
    public static HeadedStream Of(Stream stream)
    {
        var head = new byte[FileKinds.HeadLength];
        int length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        return new HeadedStream(head[..length], stream);
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
