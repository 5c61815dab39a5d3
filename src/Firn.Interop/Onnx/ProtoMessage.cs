using System.Buffers.Binary;
using System.Text;
using Firn.Interop.Export;

namespace Firn.Interop.Onnx;

/// <summary>
/// A message of protocol buffers to be written (protobuf.dev, "Encoding"): fields in the order in which they were
/// added. Lengths are known before anything is written, so arrays go from their memory straight to the stream.
/// </summary>
internal sealed class ProtoMessage
{
    private const int Varint = 0,
        Counted = 2,
        Fixed32 = 5;
    private readonly List<Field> _fields = [];

    /// <summary>A field's head with its small value, and what follows it where that is large.</summary>
    private readonly record struct Field(byte[] Head, ProtoMessage? Message, ExportTensor? Tensor);

    /// <summary>Bytes of the whole.</summary>
    public long Length { get; private set; }

    /// <summary>A whole number or an enumeration.</summary>
    public ProtoMessage Add(int number, long value)
    {
        var head = new List<byte>(11);
        AddVarint(head, Tag(number, Varint));
        AddVarint(head, (ulong)value);
        return Add(new Field([.. head], null, null), 0);
    }

    /// <summary>A float.</summary>
    public ProtoMessage Add(int number, float value)
    {
        var head = new List<byte>(6);
        AddVarint(head, Tag(number, Fixed32));
        var bytes = new byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        return Add(new Field([.. head, .. bytes], null, null), 0);
    }

    /// <summary>A text.</summary>
    public ProtoMessage Add(int number, string text) => Add(number, Encoding.UTF8.GetBytes(text));

    /// <summary>Bytes.</summary>
    public ProtoMessage Add(int number, ReadOnlySpan<byte> content) =>
        Add(new Field([.. Head(number, content.Length), .. content], null, null), 0);

    /// <summary>A message within, which is complete by now.</summary>
    public ProtoMessage Add(int number, ProtoMessage message) =>
        Add(new Field(Head(number, message.Length), message, null), message.Length);

    /// <summary>The bytes of an array.</summary>
    public ProtoMessage Add(int number, ExportTensor tensor) =>
        Add(new Field(Head(number, tensor.Bytes), null, tensor), tensor.Bytes);

    /// <summary>Writes the fields.</summary>
    public void Write(Stream stream)
    {
        foreach (Field field in _fields)
        {
            stream.Write(field.Head);
            field.Message?.Write(stream);
            field.Tensor?.Write(stream);
        }
    }

    private ProtoMessage Add(Field field, long behind)
    {
        _fields.Add(field);
        Length += field.Head.Length + behind;
        return this;
    }

    private static byte[] Head(int number, long length)
    {
        var head = new List<byte>(15);
        AddVarint(head, Tag(number, Counted));
        AddVarint(head, (ulong)length);
        return [.. head];
    }

    private static ulong Tag(int number, int kind) => (ulong)(number << 3 | kind);

    private static void AddVarint(List<byte> bytes, ulong value)
    {
        for (; value >= 128; value >>= 7)
            bytes.Add((byte)(value | 128));
        bytes.Add((byte)value);
    }
}
