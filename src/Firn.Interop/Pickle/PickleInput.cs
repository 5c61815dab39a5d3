using System.Buffers.Binary;
using System.Text;

namespace Firn.Interop.Pickle;

/// <summary>
/// The bytes of a pickle, read forward. A length that the file promises is never allocated before its bytes are there.
/// </summary>
internal sealed class PickleInput(Stream stream, string path)
{
    private const int Piece = 1 << 20;
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _at,
        _end;
    private long _before; // of the buffer's first byte

    public long Position => _before + _at;

    public byte Byte()
    {
        if (_at == _end && !Refill())
            throw Bad("the file ends too early");
        return _buffer[_at++];
    }

    public int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Few(stackalloc byte[2]));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Few(stackalloc byte[4]));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Few(stackalloc byte[8]));

    public double BigEndianDouble() => BinaryPrimitives.ReadDoubleBigEndian(Few(stackalloc byte[8]));

    public long Length(ulong length) =>
        length <= (ulong)Array.MaxLength
            ? (long)length
            : throw Bad($"a value of {length} bytes is larger than one that can be held");

    public byte[] Bytes(long length)
    {
        var bytes = new byte[Math.Min(length, Piece)];
        long filled = 0;
        while (filled < length)
        {
            if (filled == bytes.Length)
                Array.Resize(ref bytes, (int)Math.Min(length, 2L * bytes.Length));
            if (_at == _end && !Refill())
                throw Bad($"{length} bytes are promised and the file ends after {filled}");
            int some = Math.Min(_end - _at, bytes.Length - (int)filled);
            _buffer.AsSpan(_at, some).CopyTo(bytes.AsSpan((int)filled));
            _at += some;
            filled += some;
        }
        return bytes;
    }

    /// <summary>UTF-8 with Python's surrogatepass: what is no UTF-8 becomes U+FFFD.</summary>
    public string Text(long length) => Encoding.UTF8.GetString(Bytes(length));

    /// <summary>
    /// Up to the next line feed, which is taken too; each byte is a character, as protocol 0 escapes what is more.
    /// </summary>
    public string Line()
    {
        var bytes = new List<byte>();
        for (byte b = Byte(); b != '\n'; b = Byte())
        {
            if (bytes.Count == Piece)
                throw Bad($"a line of a text opcode is longer than {Piece} bytes");
            bytes.Add(b);
        }
        return Encoding.Latin1.GetString([.. bytes]).TrimEnd('\r');
    }

    public InvalidDataException Bad(string problem) =>
        new($"{path}: byte {Position}: {problem}. The file is damaged, or no pickle; fetch or write it again.");

    private ReadOnlySpan<byte> Few(Span<byte> into)
    {
        for (int i = 0; i < into.Length; i++)
            into[i] = Byte();
        return into;
    }

    private bool Refill()
    {
        _before += _end;
        _at = 0;
        _end = stream.Read(_buffer);
        return _end > 0;
    }
}
