using System.Buffers.Binary;
using Firn.Server.Batching;
using Firn.Server.Contracts;
using Firn.Server.Inference;
using Firn.Server.Settings;
using Firn.Server.Wire.Tensorflow;
using Google.Protobuf;

namespace Firn.Server.Inputs;

/// <summary>
/// The Open Inference Protocol's tensors as inputs. Its types are mapped to TensorFlow's, whose codec has all the
/// checks.
/// </summary>
internal static class OpenInferenceInput
{
    public const string Bytes = "BYTES";
    public const string Int32 = "INT32";
    public const string Int64 = "INT64";
    public const string Float = "FP32";

    /// <summary>TensorFlow's type for an input's datatype.</summary>
    /// <exception cref="ServingException">There is no such input, or no signature takes the datatype.</exception>
    public static DataType TypeOf(string? datatype, string input) =>
        datatype switch
        {
            _ when input
                    is not (
                        Signatures.TextInput
                        or Signatures.IdsInput
                        or Signatures.RowSplitsInput
                        or Signatures.VectorsInput
                    ) => throw ServingException.Invalid(
                $"input '{input}' is not known; the model takes '{Signatures.TextInput}', '{Signatures.IdsInput}' or "
                    + $"'{Signatures.VectorsInput}'"
            ),
            Bytes => DataType.DtString,
            Int32 => DataType.DtInt32,
            Int64 => DataType.DtInt64,
            Float => DataType.DtFloat,
            _ => throw ServingException.Invalid(
                $"input '{input}': datatype '{datatype}' is not taken; use {Bytes} for texts, {Int32} or {Int64} for "
                    + $"ids, {Float} for vectors"
            ),
        };

    /// <summary>A shape as a message.</summary>
    public static TensorShapeProto Shape(IEnumerable<long> sizes)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(sizes.Select(size => new TensorShapeProto.Types.Dim { Size = size }));
        return shape;
    }

    /// <summary>
    /// A tensor of raw little-endian values; each value of <see cref="Bytes"/> has its length in 4 bytes before it.
    /// </summary>
    /// <exception cref="ServingException">The bytes are not what type and shape need.</exception>
    public static TensorProto Raw(string name, string datatype, IReadOnlyList<long> sizes, ReadOnlySpan<byte> bytes)
    {
        var tensor = new TensorProto { Dtype = TypeOf(datatype, name), TensorShape = Shape(sizes) };
        long count = Count(sizes);
        if (tensor.Dtype == DataType.DtString)
        {
            AddStrings(tensor, name, bytes);
            CheckCount(name, sizes, tensor.StringVal.Count);
            return tensor;
        }
        int size = tensor.Dtype == DataType.DtInt64 ? sizeof(long) : sizeof(int);
        if (count != bytes.Length / size || bytes.Length % size != 0)
            throw ServingException.Invalid(
                $"input '{name}': {bytes.Length} raw bytes do not fit {datatype} of shape {Shown(sizes)}; {size} "
                    + $"bytes a value"
            );
        tensor.TensorContent = ByteString.CopyFrom(bytes);
        return tensor;
    }

    /// <summary>Refuses a tensor whose values are more or fewer than its shape says.</summary>
    public static void CheckCount(string name, IReadOnlyList<long> sizes, long found)
    {
        if (Count(sizes) != found)
            throw ServingException.Invalid(
                $"input '{name}': data holds {found} values where the shape {Shown(sizes)} needs another number"
            );
    }

    private static void AddStrings(TensorProto tensor, string name, ReadOnlySpan<byte> raw)
    {
        while (raw.Length > 0)
        {
            uint length = raw.Length >= sizeof(uint) ? BinaryPrimitives.ReadUInt32LittleEndian(raw) : uint.MaxValue;
            if (length > raw.Length - sizeof(uint))
                throw ServingException.Invalid(
                    $"input '{name}': raw bytes end inside text {tensor.StringVal.Count}; each text has its length "
                        + $"in 4 bytes before it"
                );
            tensor.StringVal.Add(ByteString.CopyFrom(raw.Slice(sizeof(uint), (int)length)));
            raw = raw[(sizeof(uint) + (int)length)..];
        }
    }

    /// <summary>
    /// The values of a shape; more than any request may hold where a size is negative or the product large.
    /// </summary>
    private static long Count(IReadOnlyList<long> sizes) =>
        sizes.Aggregate(
            1L,
            (product, size) => size is < 0 or > int.MaxValue || product > int.MaxValue ? long.MaxValue : product * size
        );

    private static string Shown(IReadOnlyList<long> sizes) => $"[{string.Join(',', sizes)}]";

    /// <summary>
    /// The inputs by their names: <c>text</c>, or <c>ids</c> with or without <c>row_splits</c>, or <c>vectors</c>.
    /// </summary>
    /// <exception cref="ServingException">Names, types or shapes do not fit.</exception>
    public static ModelInput Read(
        IReadOnlyList<(string Name, TensorProto Tensor)> inputs,
        InputShape model,
        ServingLimits limits
    )
    {
        var named = new Dictionary<string, TensorProto>(StringComparer.Ordinal);
        foreach ((string name, TensorProto tensor) in inputs)
        {
            if (!named.TryAdd(name, tensor))
                throw ServingException.Invalid($"input '{name}' is given twice");
        }
        named.TryGetValue(Signatures.TextInput, out TensorProto? text);
        named.TryGetValue(Signatures.IdsInput, out TensorProto? ids);
        named.TryGetValue(Signatures.RowSplitsInput, out TensorProto? splits);
        named.TryGetValue(Signatures.VectorsInput, out TensorProto? vectors);
        int kinds = (text is null ? 0 : 1) + (ids is null ? 0 : 1) + (vectors is null ? 0 : 1);
        if (kinds != 1 || (splits is not null && ids is null))
            throw ServingException.Invalid(
                $"send exactly one of '{Signatures.TextInput}', '{Signatures.IdsInput}' (with or without '"
                    + $"{Signatures.RowSplitsInput}') and '{Signatures.VectorsInput}'"
            );
        return text is not null ? ModelInput.FromTexts(TensorCodec.Texts(text, limits))
            : ids is not null ? TensorCodec.Ids(ids, splits, limits)
            : TensorCodec.Vectors(vectors!, model, limits);
    }

    /// <summary>Refuses an output that the model does not have.</summary>
    public static void CheckOutput(string? name)
    {
        if (name != Signatures.ScoresOutput)
            throw ServingException.Invalid(
                $"output '{name}' is not known; the model gives '{Signatures.ScoresOutput}'"
            );
    }
}
