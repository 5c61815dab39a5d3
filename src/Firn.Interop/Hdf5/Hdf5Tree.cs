namespace Firn.Interop.Hdf5;

/// <summary>A node of a tree of version 1, which lists the entries of a group or the pieces of an array.</summary>
/// <param name="Bytes">Its keys and addresses, in turn.</param>
/// <param name="KeySize">Bytes of a key.</param>
/// <param name="Count">Addresses.</param>
internal readonly record struct Hdf5Tree(byte[] Bytes, int KeySize, int Count)
{
    private const int Head = 24;

    /// <summary>Reads a node.</summary>
    /// <param name="input">The file.</param>
    /// <param name="address">The node's place.</param>
    /// <param name="kind">0 for groups, 1 for pieces of arrays.</param>
    /// <param name="keySize">Bytes of a key.</param>
    /// <param name="below">The level must be lower than this, so that every walk ends.</param>
    /// <param name="level">0 for a leaf.</param>
    public static Hdf5Tree Read(Hdf5Input input, ulong address, int kind, int keySize, int below, out int level)
    {
        var head = new Hdf5Cursor(input.Describing(address, Head, "a tree"), input, address);
        head.Expect("TREE"u8, "a tree");
        int found = head.Byte();
        level = head.Byte();
        int count = head.UInt16();
        if (found != kind || level >= below)
        {
            throw input.Bad(
                address,
                $"a tree is of kind {found} and level {level} where kind {kind} below level " + $"{below} is expected"
            );
        }
        ulong size = (ulong)count * ((ulong)keySize + 8) + (ulong)keySize;
        return new Hdf5Tree(input.Describing(address + Head, size, "a tree"), keySize, count);
    }

    /// <summary>The addresses.</summary>
    public IEnumerable<ulong> Children
    {
        get
        {
            for (int i = 0; i < Count; i++)
                yield return BitConverter.ToUInt64(Bytes, i * (KeySize + 8) + KeySize);
        }
    }

    /// <summary>The key before an address.</summary>
    public ReadOnlyMemory<byte> Key(int index) => Bytes.AsMemory(index * (KeySize + 8), KeySize);
}
