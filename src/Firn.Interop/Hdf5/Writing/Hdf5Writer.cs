using System.Buffers.Binary;
using System.Text;
using Firn.Interop.Export;

namespace Firn.Interop.Hdf5.Writing;

/// <summary>
/// Writes groups, float32 arrays in one piece and attributes of text in the oldest form of HDF5, which every reader
/// knows (File Format Specification 3.0: superblock 0, object headers 1, groups by symbol table). Places are reckoned
/// first, so that the file is written from front to back and a large array never stands in memory a second time.
/// </summary>
internal sealed class Hdf5Writer
{
    private const int Undefined = -1,
        SuperblockSize = 96,
        EntrySize = 40,
        InternalK = 16;
    private const int TreeSize = 24 + 2 * InternalK * 16 + 8,
        HeapHead = 32,
        MaxMessage = 65_000;
    private readonly List<(long At, byte[] Bytes, ExportTensor? Tensor)> _blocks = [];
    private readonly int _leafK;
    private long _end = SuperblockSize;

    private Hdf5Writer(Hdf5GroupNode root)
    {
        _leafK = Math.Max(4, (Most(root) + 1) / 2);
    }

    /// <summary>Writes a file.</summary>
    /// <param name="root">What it holds.</param>
    /// <param name="stream">Takes the bytes, from front to back.</param>
    /// <exception cref="ExportException">A text is longer than an attribute may be.</exception>
    public static void Write(Hdf5GroupNode root, Stream stream)
    {
        var writer = new Hdf5Writer(root);
        byte[] entry = writer.Place(root, 0);
        stream.Write(writer.Superblock(entry));
        long at = SuperblockSize;
        foreach ((long place, byte[] bytes, ExportTensor? tensor) in writer._blocks)
        {
            stream.Write(new byte[place - at]);
            stream.Write(bytes);
            tensor?.Write(stream);
            at = place + bytes.Length + (tensor?.Bytes ?? 0);
        }
        stream.Write(new byte[writer._end - at]);
    }

    private static int Most(Hdf5GroupNode group) =>
        Math.Max(
            group.Children.Count,
            group.Children.Values.OfType<Hdf5GroupNode>().Select(Most).DefaultIfEmpty().Max()
        );

    /// <summary>Gives an object and all within it places.</summary>
    /// <returns>Its entry in a symbol table, [40].</returns>
    private byte[] Place(Hdf5Node node, int nameOffset)
    {
        var messages = new List<byte[]>();
        long tree = Undefined,
            heap = Undefined;
        if (node is Hdf5GroupNode group)
        {
            (tree, heap) = PlaceTable(group);
            messages.Add(Message(0x11, [.. Long(tree), .. Long(heap)]));
        }
        else
        {
            ExportTensor tensor = ((Hdf5ArrayNode)node).Tensor;
            long data = Reserve(tensor.Bytes);
            _blocks.Add((data, [], tensor));
            messages.Add(Message(0x01, Space(tensor.Shape)));
            messages.Add(Message(0x03, FloatType));
            messages.Add(Message(0x05, [2, 2, 2, 1, 0, 0, 0, 0])); // the fill value, as h5py writes it
            messages.Add(Message(0x08, [3, 1, .. Long(data), .. Long(tensor.Bytes)]));
        }
        messages.AddRange(node.Attributes.Select(Attribute));
        byte[] body = [.. messages.SelectMany(m => m)];
        var head = new byte[16];
        head[0] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(2), (ushort)messages.Count);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(4), 1);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(8), body.Length);
        long address = Add([.. head, .. body]);

        var entry = new byte[EntrySize];
        BinaryPrimitives.WriteInt64LittleEndian(entry, nameOffset);
        BinaryPrimitives.WriteInt64LittleEndian(entry.AsSpan(8), address);
        if (node is Hdf5GroupNode)
        {
            BinaryPrimitives.WriteInt32LittleEndian(entry.AsSpan(16), 1); // tree and heap are told here, too
            BinaryPrimitives.WriteInt64LittleEndian(entry.AsSpan(24), tree);
            BinaryPrimitives.WriteInt64LittleEndian(entry.AsSpan(32), heap);
        }
        return entry;
    }

    /// <summary>
    /// A group's names and children: one leaf that holds all of them, a tree of that leaf, a heap of names.
    /// </summary>
    private (long Tree, long Heap) PlaceTable(Hdf5GroupNode group)
    {
        var names = new List<byte>(new byte[8]); // offset 0 is the empty name
        var leaf = new byte[8 + 2 * _leafK * EntrySize];
        "SNOD"u8.CopyTo(leaf);
        leaf[4] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(leaf.AsSpan(6), (ushort)group.Children.Count);
        int count = 0,
            last = 0;
        foreach ((byte[] name, Hdf5Node child) in group.Children)
        {
            last = names.Count;
            names.AddRange(name);
            names.AddRange(new byte[8 - name.Length % 8]);
            Place(child, last).CopyTo(leaf.AsSpan(8 + EntrySize * count++));
        }

        var heap = new byte[HeapHead];
        "HEAP"u8.CopyTo(heap);
        BinaryPrimitives.WriteInt64LittleEndian(heap.AsSpan(8), names.Count);
        BinaryPrimitives.WriteInt64LittleEndian(heap.AsSpan(16), 1); // no free room
        BinaryPrimitives.WriteInt64LittleEndian(heap.AsSpan(24), _end + HeapHead);
        long heapAt = Add([.. heap, .. names]);

        var tree = new byte[TreeSize];
        "TREE"u8.CopyTo(tree);
        BinaryPrimitives.WriteUInt16LittleEndian(tree.AsSpan(6), (ushort)(count > 0 ? 1 : 0));
        BinaryPrimitives.WriteInt64LittleEndian(tree.AsSpan(8), Undefined);
        BinaryPrimitives.WriteInt64LittleEndian(tree.AsSpan(16), Undefined);
        if (count > 0)
        {
            BinaryPrimitives.WriteInt64LittleEndian(tree.AsSpan(32), Add(leaf));
            BinaryPrimitives.WriteInt64LittleEndian(tree.AsSpan(40), last);
        }
        return (Add(tree), heapAt);
    }

    private byte[] Superblock(byte[] rootEntry)
    {
        var block = new byte[SuperblockSize];
        ((ReadOnlySpan<byte>)[0x89, (byte)'H', (byte)'D', (byte)'F', 0x0D, 0x0A, 0x1A, 0x0A]).CopyTo(block);
        (block[13], block[14]) = (8, 8); // bytes of offsets and lengths
        BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(16), (ushort)_leafK);
        BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(18), InternalK);
        BinaryPrimitives.WriteInt64LittleEndian(block.AsSpan(32), Undefined); // no list of free room
        BinaryPrimitives.WriteInt64LittleEndian(block.AsSpan(40), _end);
        BinaryPrimitives.WriteInt64LittleEndian(block.AsSpan(48), Undefined); // no driver
        rootEntry.CopyTo(block, 56);
        return block;
    }

    /// <summary>IEEE single precision, little-endian.</summary>
    private static byte[] FloatType => [0x11, 0x20, 31, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0];

    private static byte[] Space(IReadOnlyList<int> shape) =>
        [1, (byte)shape.Count, 0, 0, 0, 0, 0, 0, .. shape.SelectMany(d => Long(d))];

    /// <summary>Texts of one length, padded with zeros, in UTF-8.</summary>
    private static byte[] Attribute((string Name, byte[][] Values, bool IsList) attribute)
    {
        (string name, byte[][] values, bool isList) = attribute;
        int length = Math.Max(1, values.Select(v => v.Length).DefaultIfEmpty().Max());
        byte[] type = [0x13, 0x11, 0, 0, .. Long(length).AsSpan(0, 4)];
        byte[] space = isList ? Space([values.Length]) : Space([]);
        var data = new byte[values.Length * length];
        for (int i = 0; i < values.Length; i++)
            values[i].CopyTo(data, i * length);
        var head = new byte[8];
        head[0] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(2), (ushort)(name.Length + 1));
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(4), (ushort)type.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(6), (ushort)space.Length);
        return Message(
            0x0C,
            [.. head, .. Padded([.. Encoding.ASCII.GetBytes(name), 0]), .. Padded(type), .. Padded(space), .. data]
        );
    }

    private static byte[] Message(int type, byte[] content)
    {
        if (content.Length > MaxMessage)
            throw new ExportException(
                $"HDF5: a text of {content.Length:N0} bytes is longer than an attribute may be; the model has too "
                    + $"many layers for this format."
            );
        byte[] body = Padded(content);
        var head = new byte[8];
        BinaryPrimitives.WriteUInt16LittleEndian(head, (ushort)type);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(2), (ushort)body.Length);
        return [.. head, .. body];
    }

    private static byte[] Padded(byte[] bytes) => [.. bytes, .. new byte[-bytes.Length & 7]];

    private static byte[] Long(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }

    private long Add(byte[] bytes)
    {
        long at = Reserve(bytes.Length);
        _blocks.Add((at, bytes, null));
        return at;
    }

    private long Reserve(long bytes)
    {
        long at = _end;
        _end = (at + bytes + 7) & ~7L;
        return at;
    }
}
