using System.Text;

namespace Firn.Interop.Hdf5;

/// <summary>Texts of any length, which attributes refer to by collection and number ("global heap").</summary>
internal sealed class Hdf5Heap(Hdf5Input input)
{
    private readonly Dictionary<ulong, Dictionary<uint, string>> _collections = [];

    /// <summary>The text that a reference of 16 bytes names; each is made once, however often it is named.</summary>
    public string Text(ref Hdf5Cursor reference)
    {
        uint length = reference.UInt32();
        ulong address = reference.UInt64();
        uint index = reference.UInt32();
        if (length == 0 || address is 0 or ulong.MaxValue)
            return "";
        if (!_collections.TryGetValue(address, out Dictionary<uint, string>? texts))
            _collections.Add(address, texts = Read(address));
        return texts.TryGetValue(index, out string? text)
            ? text
            : throw input.Bad(address, $"a text refers to number {index} of this heap, which has none");
    }

    private Dictionary<uint, string> Read(ulong address)
    {
        var head = new Hdf5Cursor(input.Describing(address, 16, "a heap of texts"), input, address);
        head.Expect("GCOL"u8, "a heap of texts");
        head.Skip(4);
        ulong size = head.UInt64();
        if (size < 16)
            throw input.Bad(address, $"a heap of texts has {size} bytes");
        var fields = new Hdf5Cursor(input.Describing(address, size, "a heap of texts"), input, address);
        fields.Skip(16);
        var texts = new Dictionary<uint, string>();
        while (fields.Left >= 16)
        {
            uint index = fields.UInt16();
            fields.Skip(6);
            ulong length = fields.UInt64();
            if (index == 0) // the free space at the end
                break;
            texts[index] = Encoding.UTF8.GetString(fields.Take(length)).TrimEnd('\0');
            fields.Skip(Math.Min(fields.Left, (int)((8 - length % 8) % 8)));
        }
        return texts;
    }
}
