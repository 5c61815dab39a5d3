using Firn.Server.Rpc;
using Firn.Server.Wire.Tensorflow;

namespace Firn.Server.Inference;

/// <summary>The Open Inference Protocol's tensors as inputs. Its types are mapped to TensorFlow's, whose codec has all the checks.</summary>
internal static class OpenInferenceInput
{
    public const string Bytes = "BYTES";
    public const string Int32 = "INT32";
    public const string Int64 = "INT64";
    public const string Float = "FP32";

    /// <summary>TensorFlow's type for a datatype.</summary>
    /// <exception cref="ServingException">No signature takes the datatype.</exception>
    public static DataType TypeOf(string? datatype, string input) => datatype switch
    {
        Bytes => DataType.DtString,
        Int32 => DataType.DtInt32,
        Int64 => DataType.DtInt64,
        Float => DataType.DtFloat,
        _ => throw ServingException.Invalid($"input '{input}': datatype '{datatype}' is not taken; use {Bytes} for texts, {Int32} or {Int64} for ids, {Float} for vectors"),
    };

    /// <summary>A shape as a message.</summary>
    public static TensorShapeProto Shape(IEnumerable<long> sizes)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(sizes.Select(size => new TensorShapeProto.Types.Dim { Size = size }));
        return shape;
    }

    /// <summary>The inputs by their names: <c>text</c>, or <c>ids</c> with or without <c>row_splits</c>, or <c>vectors</c>.</summary>
    /// <exception cref="ServingException">Names, types or shapes do not fit.</exception>
    public static ModelInput Read(IReadOnlyList<(string Name, TensorProto Tensor)> inputs, InputShape model, ServingLimits limits)
    {
        var named = new Dictionary<string, TensorProto>(StringComparer.Ordinal);
        foreach ((string name, TensorProto tensor) in inputs)
        {
            if (name is not (Signatures.TextInput or Signatures.IdsInput or Signatures.RowSplitsInput or Signatures.VectorsInput))
                throw ServingException.Invalid($"input '{name}' is not known; the model takes '{Signatures.TextInput}', '{Signatures.IdsInput}' or '{Signatures.VectorsInput}'");
            if (!named.TryAdd(name, tensor))
                throw ServingException.Invalid($"input '{name}' is given twice");
        }
        named.TryGetValue(Signatures.TextInput, out TensorProto? text);
        named.TryGetValue(Signatures.IdsInput, out TensorProto? ids);
        named.TryGetValue(Signatures.RowSplitsInput, out TensorProto? splits);
        named.TryGetValue(Signatures.VectorsInput, out TensorProto? vectors);
        int kinds = (text is null ? 0 : 1) + (ids is null ? 0 : 1) + (vectors is null ? 0 : 1);
        if (kinds != 1 || (splits is not null && ids is null))
            throw ServingException.Invalid($"send exactly one of '{Signatures.TextInput}', '{Signatures.IdsInput}' (with or without '{Signatures.RowSplitsInput}') and '{Signatures.VectorsInput}'");
        return text is not null ? ModelInput.FromTexts(TensorCodec.Texts(text, limits))
            : ids is not null ? TensorCodec.Ids(ids, splits, limits)
            : TensorCodec.Vectors(vectors!, model, limits);
    }

    /// <summary>Refuses an output that the model does not have.</summary>
    public static void CheckOutput(string? name)
    {
        if (name != Signatures.ScoresOutput)
            throw ServingException.Invalid($"output '{name}' is not known; the model gives '{Signatures.ScoresOutput}'");
    }
}
