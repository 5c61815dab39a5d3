using System.Buffers.Binary;

namespace Firn.Interop.Hdf5;

/// <summary>Reads the fields of a structure one after the other; what lies behind its end is damage.</summary>
internal ref struct Hdf5Cursor
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly Hdf5Input _input;
    private readonly ulong _at;

    /// <summary>Begins at the first byte.</summary>
    /// <param name="bytes">The structure.</param>
    /// <param name="input">Its file, for errors.</param>
    /// <param name="at">Where it stands in the file, for errors.</param>
    public Hdf5Cursor(ReadOnlySpan<byte> bytes, Hdf5Input input, ulong at)
    {
        _bytes = bytes;
        _input = input;
        _at = at;
    }

    public int Position { get; private set; }

    public readonly int Left => _bytes.Length - Position;

    public byte Byte() => Take(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>A number of 1, 2, 4 or 8 bytes.</summary>
    public ulong UInt(int size) =>
        size switch
        {
            1 => Byte(),
            2 => UInt16(),
            4 => UInt32(),
            _ => UInt64(),
        };

    public void Skip(int count) => Take(count);

    public ReadOnlySpan<byte> Take(ulong count) => count <= (ulong)Left ? Take((int)count) : throw Short();

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count > Left)
            throw Short();
        ReadOnlySpan<byte> taken = _bytes.Slice(Position, count);
        Position += count;
        return taken;
    }

    /// <summary>Refuses a structure that does not begin with its mark.</summary>
    public void Expect(ReadOnlySpan<byte> mark, string what)
    {
        if (!Take(mark.Length).SequenceEqual(mark))
            throw _input.Bad(_at, $"{what} is expected here and its mark is missing");
    }

    private readonly InvalidDataException Short() => _input.Bad(_at + (ulong)Position, "a header ends within a field");
}
