namespace Firn.Files;

/// <summary>The bytes of a file, unpacked where it is packed, with a look-ahead for telling the format.</summary>
internal sealed class ByteSource : IDisposable
{
    private const int BufferSize = 1 << 20,
        SmallestBuffer = 1 << 12;

    private readonly Stream _stream;
    private byte[] _buffer;
    private int _start,
        _end;

    public ByteSource(string path)
    {
        Path = path;
        _stream = InputFile.Open(path, out InputFile.Content content);
        Compressed = content.IsPacked;
        MaxLength = content.MaxBytes;
        Kind = content.Kind;
        _buffer = new byte[(int)Math.Clamp(MaxLength, SmallestBuffer, BufferSize)];
    }

    public string Path { get; }

    public bool Compressed { get; }

    /// <summary>What the (unpacked) content is.</summary>
    public FileKind Kind { get; }

    /// <summary>The most (unpacked) bytes the file can hold.</summary>
    public long MaxLength { get; }

    /// <summary>Position of the next byte in the unpacked content.</summary>
    public long Position { get; private set; }

    /// <summary>
    /// The bytes that follow, at least <paramref name="wanted"/> unless the file ends before; nothing is taken.
    /// </summary>
    public ReadOnlySpan<byte> Peek(int wanted)
    {
        if (_end - _start < wanted)
            Fill(wanted);
        return _buffer.AsSpan(_start, _end - _start);
    }

    /// <summary>Takes bytes that were peeked at.</summary>
    public void Skip(int count)
    {
        _start += count;
        Position += count;
    }

    /// <summary>Takes bytes into <paramref name="destination"/> until it is full or the file ends.</summary>
    public int Read(Span<byte> destination)
    {
        int done = Math.Min(destination.Length, _end - _start);
        _buffer.AsSpan(_start, done).CopyTo(destination);
        _start += done;
        if (done < destination.Length)
            done += ReadStream(destination[done..]);
        Position += done;
        return done;
    }

    public void Dispose() => _stream.Dispose();

    private void Fill(int wanted)
    {
        if (_buffer.Length < wanted)
            Array.Resize(ref _buffer, wanted);
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        _end += ReadStream(_buffer.AsSpan(_end));
    }

    private int ReadStream(Span<byte> destination) =>
        _stream.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
}
