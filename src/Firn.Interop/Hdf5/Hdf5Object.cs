namespace Firn.Interop.Hdf5;

/// <summary>What a message of an object's header is about (HDF5 File Format Specification 3.0, IV.A.2).</summary>
internal enum Hdf5MessageType
{
    Dataspace = 0x01,
    LinkInfo = 0x02,
    Datatype = 0x03,
    Link = 0x06,
    Layout = 0x08,
    Filters = 0x0B,
    Attribute = 0x0C,
    Continuation = 0x10,
    SymbolTable = 0x11,
    AttributeInfo = 0x15,
}

/// <summary>A message of an object's header.</summary>
/// <param name="Type">What it is about.</param>
/// <param name="IsShared">It is a reference to a message that stands elsewhere.</param>
/// <param name="At">Its place, for errors.</param>
/// <param name="Bytes">Its fields.</param>
internal sealed record Hdf5Message(Hdf5MessageType Type, bool IsShared, ulong At, ReadOnlyMemory<byte> Bytes)
{
    public Hdf5Cursor Cursor(Hdf5Input input)
    {
        if (IsShared)
            throw input.Unsupported(At, $"a {Type} message is shared between objects");
        return new Hdf5Cursor(Bytes.Span, input, At);
    }
}

/// <summary>The header of a group or an array: its messages, from all its blocks.</summary>
internal sealed class Hdf5Object
{
    private const int Prefix1 = 16,
        MessageHead1 = 8,
        Checksum = 4;
    private const int HasTimes = 0x20,
        HasPhases = 0x10,
        HasOrder = 0x04;
    private readonly List<Hdf5Message> _messages = [];
    private readonly Hdf5Input _input;

    private Hdf5Object(Hdf5Input input, ulong address)
    {
        (_input, Address) = (input, address);
    }

    public ulong Address { get; }

    public IEnumerable<Hdf5Message> Messages => _messages;

    public Hdf5Message? Find(Hdf5MessageType type) => _messages.Find(m => m.Type == type);

    public static Hdf5Object Read(Hdf5Input input, ulong address)
    {
        var header = new Hdf5Object(input, address);
        byte[] start = input.Describing(address, Prefix1, "an object's header");
        var cursor = new Hdf5Cursor(start, input, address);
        if (start.AsSpan().StartsWith("OHDR"u8))
            header.ReadNew();
        else
            header.ReadOld(ref cursor);
        return header;
    }

    /// <summary>Version 1, which h5py writes unless it is asked for the newest form.</summary>
    private void ReadOld(ref Hdf5Cursor cursor)
    {
        int version = cursor.Byte();
        if (version != 1)
            throw _input.Bad(Address, $"an object's header is expected here and begins with {version}");
        cursor.Skip(7); // the number of messages and of references
        uint size = cursor.UInt32();
        var blocks = new Queue<(ulong At, ulong Length)>([(Address + Prefix1, size)]);
        var seen = new HashSet<ulong>();
        while (blocks.TryDequeue(out (ulong At, ulong Length) block))
        {
            if (!seen.Add(block.At))
                throw _input.Bad(block.At, "an object's header goes on in itself");
            byte[] bytes = _input.Describing(block.At, block.Length, "an object's header");
            var fields = new Hdf5Cursor(bytes, _input, block.At);
            while (fields.Left >= MessageHead1)
            {
                int type = fields.UInt16(),
                    length = fields.UInt16(),
                    flags = fields.Byte();
                fields.Skip(3);
                Add(type, flags, block.At, bytes, fields.Position, length, blocks);
                fields.Skip(length);
            }
        }
    }

    /// <summary>Version 2, with marks and checksums; the checksums are not looked at.</summary>
    private void ReadNew()
    {
        byte[] start = _input.Describing(Address, Math.Min(64, (ulong)_input.Length - Address), "an object's header");
        var head = new Hdf5Cursor(start, _input, Address);
        head.Expect("OHDR"u8, "an object's header");
        int version = head.Byte(),
            flags = head.Byte();
        if (version != 2)
            throw _input.Bad(Address, $"an object's header has version {version}");
        head.Skip(((flags & HasTimes) != 0 ? 16 : 0) + ((flags & HasPhases) != 0 ? 4 : 0));
        ulong size = head.UInt(1 << (flags & 3));
        var blocks = new Queue<(ulong At, ulong Length)>([(Address + (ulong)head.Position, size)]);
        var seen = new HashSet<ulong>();
        for (bool first = true; blocks.TryDequeue(out (ulong At, ulong Length) block); first = false)
        {
            if (!seen.Add(block.At))
                throw _input.Bad(block.At, "an object's header goes on in itself");
            byte[] bytes = _input.Describing(block.At, block.Length, "an object's header");
            var fields = new Hdf5Cursor(bytes, _input, block.At);
            int end = first ? 0 : Checksum;
            if (!first)
                fields.Expect("OCHK"u8, "the rest of an object's header");
            int messageHead = (flags & HasOrder) != 0 ? 6 : 4;
            while (fields.Left >= messageHead + end)
            {
                int type = fields.Byte(),
                    length = fields.UInt16(),
                    messageFlags = fields.Byte();
                if ((flags & HasOrder) != 0)
                    fields.Skip(2);
                Add(type, messageFlags, block.At, bytes, fields.Position, length, blocks);
                fields.Skip(length);
            }
        }
    }

    private void Add(
        int type,
        int flags,
        ulong at,
        byte[] bytes,
        int from,
        int length,
        Queue<(ulong At, ulong Length)> blocks
    )
    {
        ulong place = at + (ulong)from;
        if (length > bytes.Length - from)
            throw _input.Bad(place, "a message of an object's header ends behind the header");
        var message = new Hdf5Message((Hdf5MessageType)type, (flags & 2) != 0, place, bytes.AsMemory(from, length));
        if (message.Type == Hdf5MessageType.Continuation)
        {
            Hdf5Cursor cursor = message.Cursor(_input);
            blocks.Enqueue((cursor.UInt64(), cursor.UInt64()));
        }
        else if (Enum.IsDefined(message.Type))
        {
            _messages.Add(message);
        }
    }
}
