using System.Text;

namespace Firn.Interop.Hdf5;

/// <summary>A small value that hangs on a group or an array: a text or a list of texts are what models need.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What its elements are.</param>
/// <param name="Space">How many.</param>
/// <param name="At">Where its value stands, for errors.</param>
/// <param name="Value">The bytes of its value.</param>
internal sealed record Hdf5Attribute(string Name, Hdf5Type Type, Hdf5Space Space, ulong At, ReadOnlyMemory<byte> Value)
{
    public static Hdf5Attribute Parse(Hdf5Message message, Hdf5Input input)
    {
        Hdf5Cursor cursor = message.Cursor(input);
        int version = cursor.Byte(),
            flags = cursor.Byte();
        if (version is < 1 or > 3)
            throw input.Bad(message.At, $"an attribute has version {version}");
        if (version > 1 && (flags & 3) != 0)
            throw input.Unsupported(message.At, "the type of an attribute is shared between objects");
        int nameSize = cursor.UInt16(),
            typeSize = cursor.UInt16(),
            spaceSize = cursor.UInt16();
        if (version == 3)
            cursor.Skip(1);
        int round = version == 1 ? 7 : 0; // version 1 pads each part to eight bytes
        string name = Encoding.UTF8.GetString(cursor.Take((nameSize + round) & ~round)).TrimEnd('\0');
        var type = new Hdf5Cursor(cursor.Take((typeSize + round) & ~round), input, message.At);
        var space = new Hdf5Cursor(cursor.Take((spaceSize + round) & ~round), input, message.At);
        return new Hdf5Attribute(
            name,
            Hdf5Type.Parse(ref type),
            Hdf5Space.Parse(ref space, input, message.At),
            message.At + (ulong)cursor.Position,
            message.Bytes[cursor.Position..]
        );
    }

    /// <summary>Its texts; of an empty list, whatever its type, none.</summary>
    public string[] Texts(Hdf5Input input, Hdf5Heap heap)
    {
        ulong count = Space.Count;
        if (count == 0)
            return [];
        if (Type.Kind is not (Hdf5TypeKind.Text or Hdf5TypeKind.VariableText))
            throw input.Bad(At, $"the attribute '{Name}' holds no text");
        if (Type.Size == 0 || count > (ulong)(Value.Length / Type.Size))
            throw input.Bad(At, $"'{Name}' promises {count} texts of {Type.Size} bytes in {Value.Length}");
        var cursor = new Hdf5Cursor(Value.Span, input, At);
        var texts = new string[count];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] =
                Type.Kind == Hdf5TypeKind.VariableText
                    ? heap.Text(ref cursor)
                    : Encoding.UTF8.GetString(cursor.Take(Type.Size)).TrimEnd('\0', ' ');
        }
        return texts;
    }
}
