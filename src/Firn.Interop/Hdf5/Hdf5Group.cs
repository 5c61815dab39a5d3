using System.Text;

namespace Firn.Interop.Hdf5;

/// <summary>
/// A folder of an HDF5 file: groups, arrays and attributes by name. Links to other files are never followed.
/// </summary>
internal sealed class Hdf5Group
{
    private const ulong Undefined = ulong.MaxValue;
    private const int EntrySize = 40,
        SoftLink = 2,
        MaxLevels = 16;
    private readonly Hdf5File _file;
    private readonly Hdf5Object _header;
    private Dictionary<string, ulong>? _links;
    private Dictionary<string, Hdf5Attribute>? _attributes;

    public Hdf5Group(Hdf5File file, Hdf5Object header)
    {
        (_file, _header) = (file, header);
    }

    /// <summary>Names of what is in it, in the file's order.</summary>
    public IEnumerable<string> Names => Links.Keys;

    /// <summary>The group of this name or path (<c>a/b</c>); null where there is none.</summary>
    public Hdf5Group? Group(string path) =>
        Find(path) is { } header && !IsArray(header) ? new Hdf5Group(_file, header) : null;

    /// <summary>The array of this name or path; null where there is none.</summary>
    public Hdf5Array? Array(string path) =>
        Find(path) is { } header && IsArray(header) ? Hdf5Array.Of(_file.Input, header) : null;

    /// <summary>A text among the attributes; null where there is none of this name.</summary>
    public string? Text(string name) => Texts(name) is [var only] ? only : null;

    /// <summary>Texts among the attributes; null where there is none of this name.</summary>
    public string[]? Texts(string name) =>
        Attributes.TryGetValue(name, out Hdf5Attribute? found) ? found.Texts(_file.Input, _file.Heap) : null;

    private Hdf5Input Input => _file.Input;

    private Dictionary<string, ulong> Links => _links ??= ReadLinks();

    private Dictionary<string, Hdf5Attribute> Attributes => _attributes ??= ReadAttributes();

    private static bool IsArray(Hdf5Object header) => header.Find(Hdf5MessageType.Layout) is not null;

    private Hdf5Object? Find(string path)
    {
        Hdf5Group group = this;
        string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < names.Length; i++)
        {
            if (!group.Links.TryGetValue(names[i], out ulong address))
                return null;
            Hdf5Object header = _file.Object(address);
            if (i == names.Length - 1)
                return header;
            group = new Hdf5Group(_file, header);
        }
        return null;
    }

    private Dictionary<string, Hdf5Attribute> ReadAttributes()
    {
        if (_header.Find(Hdf5MessageType.AttributeInfo) is { } info)
            RefuseHeap(info, 2, "the attributes");
        var attributes = new Dictionary<string, Hdf5Attribute>(StringComparer.Ordinal);
        foreach (Hdf5Message message in _header.Messages.Where(m => m.Type == Hdf5MessageType.Attribute))
        {
            Hdf5Attribute attribute = Hdf5Attribute.Parse(message, Input);
            attributes[attribute.Name] = attribute;
        }
        return attributes;
    }

    private Dictionary<string, ulong> ReadLinks()
    {
        var links = new Dictionary<string, ulong>(StringComparer.Ordinal);
        if (_header.Find(Hdf5MessageType.SymbolTable) is { } table)
        {
            Hdf5Cursor cursor = table.Cursor(Input);
            ulong tree = cursor.UInt64();
            ReadTree(tree, ReadNames(cursor.UInt64()), links, MaxLevels);
            return links;
        }
        if (_header.Find(Hdf5MessageType.LinkInfo) is { } info)
            RefuseHeap(info, 8, "the names of a group");
        foreach (Hdf5Message message in _header.Messages.Where(m => m.Type == Hdf5MessageType.Link))
            ReadLink(message, links);
        return links;
    }

    /// <summary>The newest form of HDF5 keeps many names or attributes in a heap with a tree of its own.</summary>
    private void RefuseHeap(Hdf5Message info, int orderSize, string what)
    {
        Hdf5Cursor cursor = info.Cursor(Input);
        cursor.Skip(1);
        if ((cursor.Byte() & 1) != 0)
            cursor.Skip(orderSize);
        if (cursor.UInt64() != Undefined)
            throw Input.Unsupported(info.At, $"{what} are kept in HDF5's newer form (libver='latest')");
    }

    private static void ReadLink(ref Hdf5Cursor cursor, Dictionary<string, ulong> links)
    {
        cursor.Skip(1);
        int flags = cursor.Byte();
        int kind = (flags & 0x08) != 0 ? cursor.Byte() : 0;
        cursor.Skip(((flags & 0x04) != 0 ? 8 : 0) + ((flags & 0x10) != 0 ? 1 : 0));
        string name = Encoding.UTF8.GetString(cursor.Take(cursor.UInt(1 << (flags & 3))));
        if (kind == 0)
            links[name] = cursor.UInt64();
    }

    private void ReadLink(Hdf5Message message, Dictionary<string, ulong> links)
    {
        Hdf5Cursor cursor = message.Cursor(Input);
        ReadLink(ref cursor, links);
    }

    private byte[] ReadNames(ulong address)
    {
        var head = new Hdf5Cursor(Input.Describing(address, 32, "the names of a group"), Input, address);
        head.Expect("HEAP"u8, "the names of a group");
        head.Skip(4);
        ulong size = head.UInt64();
        head.Skip(8);
        return Input.Describing(head.UInt64(), size, "the names of a group");
    }

    private void ReadTree(ulong address, byte[] names, Dictionary<string, ulong> links, int below)
    {
        foreach (ulong child in Hdf5Tree.Read(Input, address, kind: 0, keySize: 8, below, out int level).Children)
        {
            if (level > 0)
                ReadTree(child, names, links, level);
            else
                ReadEntries(child, names, links);
        }
    }

    private void ReadEntries(ulong address, byte[] names, Dictionary<string, ulong> links)
    {
        var head = new Hdf5Cursor(Input.Describing(address, 8, "the entries of a group"), Input, address);
        head.Expect("SNOD"u8, "the entries of a group");
        head.Skip(2);
        int count = head.UInt16();
        byte[] bytes = Input.Describing(address + 8, (ulong)(count * EntrySize), "the entries of a group");
        var entries = new Hdf5Cursor(bytes, Input, address + 8);
        for (int i = 0; i < count; i++)
        {
            ulong at = entries.UInt64(),
                header = entries.UInt64();
            uint kind = entries.UInt32();
            entries.Skip(20);
            if (at >= (ulong)names.Length)
                throw Input.Bad(address, $"a name of a group lies at {at} of {names.Length} bytes");
            ReadOnlySpan<byte> name = names.AsSpan((int)at);
            int end = name.IndexOf((byte)0);
            if (kind != SoftLink)
                links[Encoding.UTF8.GetString(end < 0 ? name : name[..end])] = header;
        }
    }
}
