using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Firn.Safetensors;

/// <summary>A named array to be written; the bytes are those of the values in little-endian order.</summary>
/// <param name="Name">Unique name.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Sizes, outermost first; their product is the number of values.</param>
/// <param name="WriteTo">Writes exactly that many values.</param>
internal sealed record Tensor(string Name, TensorType Type, int[] Shape, Action<Stream> WriteTo)
{
    /// <summary>A tensor of floats.</summary>
    public static Tensor Of(string name, ReadOnlyMemory<float> values, params int[] shape) =>
        Of(name, TensorType.Float32, values, shape);

    /// <summary>A tensor of integers.</summary>
    public static Tensor Of(string name, ReadOnlyMemory<int> values, params int[] shape) =>
        Of(name, TensorType.Int32, values, shape);

    /// <summary>Number of values.</summary>
    public long Count => Shape.Aggregate(1L, (a, b) => a * b);

    /// <summary>
    /// A tensor of any type; it is written in pieces, for a table may have more bytes than a span can hold.
    /// </summary>
    public static Tensor Of<T>(string name, TensorType type, ReadOnlyMemory<T> values, params int[] shape)
        where T : unmanaged
    {
        const int piece = 1 << 20;
        var tensor = new Tensor(
            name,
            type,
            shape,
            destination =>
            {
                for (int start = 0; start < values.Length; start += piece)
                    destination.Write(
                        MemoryMarshal.AsBytes(values.Span.Slice(start, Math.Min(piece, values.Length - start)))
                    );
            }
        );
        Throw.IfLengthDiffers(values.Length, tensor.Count, name);
        return tensor;
    }
}

/// <summary>
/// Writes the safetensors format (see <see cref="SafetensorsFile"/>); the same tensors give the same bytes.
/// </summary>
internal static class SafetensorsWriter
{
    // The data begins on a cache line, so mapped rows are as aligned as arrays are.
    private const int Alignment = 64;

    /// <summary>Writes header and values.</summary>
    /// <param name="destination">A writable stream, at the place where the file begins.</param>
    /// <param name="tensors">In the order in which they are to lie.</param>
    /// <param name="metadata">Texts by name, kept in the header's <c>__metadata__</c>.</param>
    /// <exception cref="PlatformNotSupportedException">The machine is big-endian.</exception>
    public static void Write(
        Stream destination,
        IReadOnlyList<Tensor> tensors,
        IReadOnlyDictionary<string, string>? metadata = null
    )
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("Safetensors files are written on little-endian machines only.");
        byte[] header = HeaderOf(tensors, metadata);
        int padded = (8 + header.Length + Alignment - 1) / Alignment * Alignment - 8;
        Span<byte> prefix = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)padded);
        destination.Write(prefix);
        destination.Write(header);
        Span<byte> spaces = stackalloc byte[Alignment];
        spaces.Fill((byte)' ');
        destination.Write(spaces[..(padded - header.Length)]);
        foreach (Tensor tensor in tensors)
            tensor.WriteTo(destination);
    }

    private static byte[] HeaderOf(IReadOnlyList<Tensor> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata is not null)
            {
                json.WriteStartObject("__metadata__");
                foreach ((string name, string value) in metadata)
                    json.WriteString(name, value);
                json.WriteEndObject();
            }
            long offset = 0;
            foreach (Tensor tensor in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", NameOf(tensor.Type));
                json.WriteStartArray("shape");
                foreach (int size in tensor.Shape)
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += TensorEntry.SizeOf(tensor.Type) * tensor.Count);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static string NameOf(TensorType type) =>
        type switch
        {
            TensorType.Float32 => "F32",
            TensorType.Float16 => "F16",
            TensorType.Int32 => "I32",
            TensorType.Int64 => "I64",
            TensorType.Int8 => "I8",
            _ => "U8",
        };
}
