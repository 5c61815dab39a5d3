using System.Buffers.Binary;
using System.IO.Compression;

namespace Firn.Vectors.Formats;

/// <summary>The bytes of a file, unpacked when gzip's magic number begins it, with a look-ahead for telling the format.</summary>
internal sealed class ByteSource : IDisposable
{
    /// <summary>Deflate cannot expand by more than this, so a compressed length bounds the plain one.</summary>
    private const int DeflateLimit = 1032;

    private const int BufferSize = 1 << 20;

    private readonly FileStream _file;
    private readonly Stream _stream;
    private byte[] _buffer = new byte[BufferSize];
    private int _start, _end;
    private long _unpacked;

    public ByteSource(string path)
    {
        Path = path;
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        Span<byte> magic = stackalloc byte[2];
        Compressed = _file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic[0] == 0x1F && magic[1] == 0x8B;
        _file.Position = 0;
        _stream = Compressed ? new GZipStream(_file, CompressionMode.Decompress) : _file;
        MaxLength = Compressed ? _file.Length * DeflateLimit : _file.Length;
    }

    public string Path { get; }

    public bool Compressed { get; }

    /// <summary>The most (unpacked) bytes the file can hold.</summary>
    public long MaxLength { get; }

    /// <summary>Position of the next byte in the unpacked content.</summary>
    public long Position { get; private set; }

    /// <summary>The bytes that follow, at least <paramref name="wanted"/> unless the file ends before; nothing is taken.</summary>
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

    public void Dispose()
    {
        _stream.Dispose();
        _file.Dispose();
    }

    private void Fill(int wanted)
    {
        if (_buffer.Length < wanted)
            Array.Resize(ref _buffer, wanted);
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        _end += ReadStream(_buffer.AsSpan(_end));
    }

    /// <summary>
    /// GZipStream takes a file that was cut for one that ended. The last four bytes of a whole one are the length of its
    /// last member, modulo 2^32; in a cut file they are any bits, nearly always more than what was unpacked.
    /// </summary>
    private void CheckUnpackedLength()
    {
        Span<byte> last = stackalloc byte[4];
        RandomAccess.Read(_file.SafeFileHandle, last, Math.Max(0, _file.Length - 4));
        if ((uint)_unpacked < BinaryPrimitives.ReadUInt32LittleEndian(last))
        {
            Throw.BadFile(Path, $"byte {_unpacked} of the unpacked text", "the gzip data ends too early",
                "The file is truncated; fetch or make it again");
        }
    }

    private int ReadStream(Span<byte> destination)
    {
        try
        {
            int read = _stream.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
            _unpacked += read;
            if (Compressed && read < destination.Length)
                CheckUnpackedLength();
            return read;
        }
        catch (InvalidDataException e) when (Compressed)
        {
            throw new InvalidDataException(
                $"{Path}: after byte {Position}: the gzip data is damaged ({e.Message}). Fetch or make the file again.", e);
        }
    }
}
