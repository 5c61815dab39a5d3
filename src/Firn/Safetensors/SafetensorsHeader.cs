using System.Text.Json;

namespace Firn.Safetensors;

/// <summary>
/// The JSON header of a safetensors file, read token by token: a document of it would be compiled anew in each process,
/// for longer than the rest of opening a file takes.
/// </summary>
internal sealed class SafetensorsHeader
{
    private const string MetadataName = "__metadata__";

    /// <summary>The tensors in the order of the header.</summary>
    public List<TensorEntry> Entries { get; } = [];

    /// <summary>Texts by name.</summary>
    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads a header.</summary>
    /// <param name="json">Its bytes.</param>
    /// <param name="start">Where the tensors' bytes begin in the file.</param>
    /// <exception cref="FormatException">
    /// It is no such header; so with the other exceptions of JSON and of arithmetic.
    /// </exception>
    public static SafetensorsHeader Read(ReadOnlySpan<byte> json, long start)
    {
        var header = new SafetensorsHeader();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(json);
        Expect(ref reader, JsonTokenType.StartObject, "the header");
        while (NextName(ref reader) is { } name)
        {
            if (!names.Add(name))
                throw new FormatException($"'{name}' stands twice");
            if (name == MetadataName)
                header.ReadMetadata(ref reader);
            else
                header.Entries.Add(ReadEntry(ref reader, name, start));
        }
        reader.Read(); // refuses what follows the object
        return header;
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject, $"'{MetadataName}'");
        while (NextName(ref reader) is { } name)
        {
            reader.Read();
            if (!Metadata.TryAdd(name, reader.GetString() ?? ""))
                throw new FormatException($"'{MetadataName}' has '{name}' twice");
        }
    }

    private static TensorEntry ReadEntry(ref Utf8JsonReader reader, string tensor, long start)
    {
        Expect(ref reader, JsonTokenType.StartObject, $"tensor '{tensor}'");
        string? type = null;
        List<long>? shape = null,
            offsets = null;
        while (NextName(ref reader) is { } name)
        {
            if (
                (name == "dtype" && type is not null)
                || (name == "shape" && shape is not null)
                || (name == "data_offsets" && offsets is not null)
            )
                throw new FormatException($"tensor '{tensor}' has '{name}' twice");
            switch (name)
            {
                case "dtype":
                    reader.Read();
                    type = reader.GetString() ?? "null";
                    break;
                case "shape":
                    shape = Numbers(ref reader, tensor);
                    break;
                case "data_offsets":
                    offsets = Numbers(ref reader, tensor);
                    break;
                default:
                    reader.Read();
                    reader.Skip();
                    break;
            }
        }
        if (type is null || shape is null || offsets is null)
            throw new FormatException($"tensor '{tensor}' needs dtype, shape and data_offsets");
        return Checked(tensor, TypeOf(type, tensor), shape, offsets, start);
    }

    private static TensorEntry Checked(string tensor, TensorType type, List<long> sizes, List<long> offsets, long start)
    {
        var shape = new int[sizes.Count];
        long count = 1;
        for (int i = 0; i < shape.Length; i++)
        {
            if (sizes[i] is < 0 or > int.MaxValue)
                throw new FormatException(
                    $"tensor '{tensor}' has a {(sizes[i] < 0 ? "negative size" : $"size above {int.MaxValue}")}"
                );
            shape[i] = (int)sizes[i];
            count = checked(count * shape[i]);
        }
        if (offsets.Count != 2)
            throw new FormatException($"tensor '{tensor}' has {offsets.Count} data offsets where 2 are expected");
        long begin = checked(start + offsets[0]),
            stop = checked(start + offsets[1]);
        long bytes = checked(count * TensorEntry.SizeOf(type));
        if (stop - begin != bytes)
            throw new FormatException(
                $"tensor '{tensor}' has {stop - begin} bytes and its shape [{string.Join(", ", shape)}] needs {bytes}"
            );
        return new TensorEntry(tensor, type, shape, begin, count);
    }

    private static TensorType TypeOf(string name, string tensor) =>
        name switch
        {
            "F32" => TensorType.Float32,
            "F16" => TensorType.Float16,
            "I32" => TensorType.Int32,
            "I64" => TensorType.Int64,
            "I8" => TensorType.Int8,
            "U8" => TensorType.UInt8,
            _ => throw new FormatException(
                $"tensor '{tensor}' has type {name}; F32, F16, I32, I64, I8 and U8 are known"
            ),
        };

    private static List<long> Numbers(ref Utf8JsonReader reader, string tensor)
    {
        Expect(ref reader, JsonTokenType.StartArray, $"a list of tensor '{tensor}'");
        var numbers = new List<long>(2);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            numbers.Add(reader.GetInt64());
        return numbers;
    }

    /// <summary>The next property of an object, or null at its end.</summary>
    private static string? NextName(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.PropertyName ? reader.GetString() : null;

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type, string what)
    {
        if (!reader.Read() || reader.TokenType != type)
            throw new FormatException(
                $"{what} should be {(type == JsonTokenType.StartObject ? "an object" : "a list")}"
            );
    }
}
