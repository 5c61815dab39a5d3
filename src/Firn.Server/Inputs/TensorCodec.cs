using System.Buffers.Binary;
using Firn.Server.Batching;
using Firn.Server.Contracts;
using Firn.Server.Inference;
using Firn.Server.Settings;
using Firn.Server.Wire.Tensorflow;
using Google.Protobuf;

namespace Firn.Server.Inputs;

/// <summary>
/// TensorProto to inputs and scores to TensorProto. A tensor's values may stand in the list of its type or, as
/// little-endian bytes, in <c>tensor_content</c>; a list shorter than the shape is filled up with its last value.
/// </summary>
internal static class TensorCodec
{
    private const int MaxBytes = 3; // of a UTF-16 character in UTF-8

    /// <summary>The texts of a string tensor of shape [], [N] or [N,1].</summary>
    /// <exception cref="ServingException">
    /// The tensor has another type or shape, or holds bytes that are not UTF-8.
    /// </exception>
    public static IReadOnlyList<string> Texts(TensorProto tensor, ServingLimits limits)
    {
        if (tensor.Dtype != DataType.DtString)
            throw WrongType(Signatures.TextInput, tensor.Dtype, "DT_STRING");
        long[] shape = Shape(tensor, Signatures.TextInput);
        if (shape.Length > 2 || (shape.Length == 2 && shape[1] != 1))
            throw ServingException.Invalid(
                $"{Signatures.TextInput}: shape {Shown(shape)} does not fit; expected [N], one text an instance"
            );
        int count = Count(shape, limits.MaxInstances, Signatures.TextInput);
        IReadOnlyList<ByteString> values =
            tensor.TensorContent.Length > 0
                ? StringContent(tensor.TensorContent.Span, count)
                : Filled(tensor.StringVal, count, Signatures.TextInput);
        string[] texts = new string[count];
        long left = MaxBytes * (long)limits.MaxRequestCharacters;
        for (int i = 0; i < count; i++)
        {
            left -= values[i].Length;
            if (values[i].Length > MaxBytes * (long)limits.MaxCharacters || left < 0)
                throw ServingException.Invalid(
                    $"{Signatures.TextInput} {i}: a text may have {limits.MaxCharacters} characters and all texts "
                        + $"together {limits.MaxRequestCharacters}; cut it or send them in parts"
                );
            // A short list is filled up with its last value, which may be long.
            texts[i] =
                i > 0 && ReferenceEquals(values[i], values[i - 1])
                    ? texts[i - 1]
                    : JsonValues.Utf8(values[i].Span, $"{Signatures.TextInput} {i}");
        }
        return texts;
    }

    /// <summary>The ids of an int32 or int64 tensor: padded [N,T], or flat with row splits.</summary>
    /// <exception cref="ServingException">
    /// A tensor has another type or shape, or a value is no 32-bit number.
    /// </exception>
    public static ModelInput Ids(TensorProto tensor, TensorProto? splits, ServingLimits limits)
    {
        long[] shape = Shape(tensor, Signatures.IdsInput);
        if (splits is not null)
        {
            if (shape.Length != 1)
                throw ServingException.Invalid(
                    $"{Signatures.IdsInput}: with {Signatures.RowSplitsInput} the ids have shape [number of ids], "
                        + $"not {Shown(shape)}"
                );
            int[] flat = Integers(tensor, Count(shape, MaxTokens(limits), Signatures.IdsInput), Signatures.IdsInput);
            long[] splitShape = Shape(splits, Signatures.RowSplitsInput);
            if (splitShape.Length != 1)
                throw ServingException.Invalid(
                    $"{Signatures.RowSplitsInput}: shape {Shown(splitShape)} does not fit; expected [N + 1]"
                );
            return IdsInputReader.Split(
                flat,
                Integers(
                    splits,
                    Count(splitShape, limits.MaxInstances + 1L, Signatures.RowSplitsInput),
                    Signatures.RowSplitsInput
                )
            );
        }
        if (shape.Length != 2)
            throw ServingException.Invalid(
                $"{Signatures.IdsInput}: shape {Shown(shape)} does not fit; expected [N,T], padded with 0, or flat "
                    + $"with {Signatures.RowSplitsInput}"
            );
        CheckRows(shape, limits, Signatures.IdsInput);
        int[] ids = Integers(tensor, Count(shape, MaxTokens(limits), Signatures.IdsInput), Signatures.IdsInput);
        return ModelInput.FromIds(ids, EvenOffsets(shape));
    }

    /// <summary>The vectors of a float tensor [N,T,E], or [T,E] for one text.</summary>
    /// <exception cref="ServingException">The tensor has another type or shape.</exception>
    public static ModelInput Vectors(TensorProto tensor, InputShape model, ServingLimits limits)
    {
        if (tensor.Dtype != DataType.DtFloat)
            throw WrongType(Signatures.VectorsInput, tensor.Dtype, "DT_FLOAT");
        long[] shape = Shape(tensor, Signatures.VectorsInput);
        if (shape.Length == 2)
            shape = [1, .. shape];
        if (shape.Length != 3 || shape[2] != model.Dimension)
            throw ServingException.Invalid(
                $"{Signatures.VectorsInput}: shape {Shown(shape)} does not fit; expected [N,T,{model.Dimension}]"
            );
        CheckRows(shape, limits, Signatures.VectorsInput);
        int count = Count(shape, limits.MaxBodyBytes / sizeof(float), Signatures.VectorsInput);
        return ModelInput.FromVectors(Floats(tensor, count), EvenOffsets(shape));
    }

    /// <summary>Scores as a float tensor [N,K].</summary>
    public static TensorProto Scores(ReadOnlySpan<float> scores, int width)
    {
        var tensor = new TensorProto { Dtype = DataType.DtFloat, TensorShape = new TensorShapeProto() };
        tensor.TensorShape.Dim.Add(new TensorShapeProto.Types.Dim { Size = scores.Length / width });
        tensor.TensorShape.Dim.Add(new TensorShapeProto.Types.Dim { Size = width });
        tensor.FloatVal.AddRange(scores);
        return tensor;
    }

    /// <summary>Labels as a tensor of strings [N].</summary>
    public static TensorProto Labels(in TextLabels labels)
    {
        TensorProto tensor = Column(DataType.DtString, labels.Count);
        for (int i = 0; i < labels.Count; i++)
            tensor.StringVal.Add(ByteString.CopyFromUtf8(labels.Of(i).Label));
        return tensor;
    }

    /// <summary>Words of each text that the model knows, int32 [N].</summary>
    public static TensorProto KnownTokens(in TextLabels labels)
    {
        TensorProto tensor = Column(DataType.DtInt32, labels.Count);
        for (int i = 0; i < labels.Count; i++)
            tensor.IntVal.Add(labels.KnownTokens(i));
        return tensor;
    }

    private static TensorProto Column(DataType type, int count)
    {
        var tensor = new TensorProto { Dtype = type, TensorShape = new TensorShapeProto() };
        tensor.TensorShape.Dim.Add(new TensorShapeProto.Types.Dim { Size = count });
        return tensor;
    }

    /// <summary>Offsets of N texts of T values each.</summary>
    public static int[] EvenOffsets(ReadOnlySpan<long> shape)
    {
        int[] offsets = new int[shape[0] + 1];
        for (int i = 0; i < offsets.Length; i++)
            offsets[i] = (int)(i * shape[1]);
        return offsets;
    }

    /// <summary>A shape as messages show it.</summary>
    public static string Shown(ReadOnlySpan<long> shape) => $"[{string.Join(',', shape.ToArray())}]";

    /// <summary>Refuses more texts, or longer ones, than allowed.</summary>
    public static void CheckRows(ReadOnlySpan<long> shape, ServingLimits limits, string name)
    {
        if (shape[0] > limits.MaxInstances)
            throw ServingException.Invalid(
                $"{name}: {shape[0]} instances and at most {limits.MaxInstances} are allowed; send them in parts"
            );
        if (shape[1] > limits.MaxTokens)
            throw ServingException.Invalid(
                $"{name}: {shape[1]} tokens and at most {limits.MaxTokens} are allowed; shorten them or cut them in "
                    + $"parts"
            );
    }

    /// <summary>The number of values of a shape.</summary>
    /// <exception cref="ServingException">There are more than allowed.</exception>
    public static int Count(ReadOnlySpan<long> shape, long most, string name)
    {
        long count = 1;
        foreach (long size in shape)
        {
            if (size < 0)
                throw ServingException.Invalid($"{name}: shape {Shown(shape)} holds a negative size");
            // Sizes are bounded one by one before they are multiplied, so the product cannot overflow.
            count = size > most ? long.MaxValue : count * size;
            if (count > most)
                throw ServingException.Invalid($"{name}: shape {Shown(shape)} holds more than {most} values");
        }
        return (int)count;
    }

    private static long MaxTokens(ServingLimits limits) =>
        Math.Min((long)limits.MaxInstances * limits.MaxTokens, limits.MaxRequestTokens);

    private static long[] Shape(TensorProto tensor, string name)
    {
        if (tensor.TensorShape is null || tensor.TensorShape.UnknownRank)
            throw ServingException.Invalid($"{name}: the tensor has no shape");
        return [.. tensor.TensorShape.Dim.Select(d => d.Size)];
    }

    private static int[] Integers(TensorProto tensor, int count, string name)
    {
        if (tensor.Dtype is not (DataType.DtInt32 or DataType.DtInt64))
            throw WrongType(name, tensor.Dtype, "DT_INT32 or DT_INT64");
        bool linear = tensor.Dtype == DataType.DtInt64;
        if (tensor.TensorContent.Length > 0)
        {
            int size = linear ? sizeof(long) : sizeof(int);
            ReadOnlySpan<byte> bytes = Content(tensor, count, size, name);
            int[] read = new int[count];
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<byte> at = bytes[(i * size)..];
                read[i] = linear
                    ? Narrow(BinaryPrimitives.ReadInt64LittleEndian(at), name)
                    : BinaryPrimitives.ReadInt32LittleEndian(at);
            }
            return read;
        }
        return linear
            ? [.. Filled(tensor.Int64Val, count, name).Select(v => Narrow(v, name))]
            : [.. Filled(tensor.IntVal, count, name)];
    }

    private static float[] Floats(TensorProto tensor, int count)
    {
        if (tensor.TensorContent.Length == 0)
            return [.. Filled(tensor.FloatVal, count, Signatures.VectorsInput)];
        ReadOnlySpan<byte> bytes = Content(tensor, count, sizeof(float), Signatures.VectorsInput);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * sizeof(float))..]);
        return values;
    }

    private static ReadOnlySpan<byte> Content(TensorProto tensor, int count, int size, string name) =>
        tensor.TensorContent.Length == (long)count * size
            ? tensor.TensorContent.Span
            : throw ServingException.Invalid(
                $"{name}: tensor_content holds {tensor.TensorContent.Length} bytes where its shape needs "
                    + $"{(long)count * size}"
            );

    /// <summary>TensorFlow's form of strings as bytes: the lengths as varints, then the strings.</summary>
    private static ByteString[] StringContent(ReadOnlySpan<byte> content, int count)
    {
        try
        {
            int[] lengths = new int[count];
            int at = 0;
            for (int i = 0; i < count; i++)
                lengths[i] = Varint(content, ref at);
            var values = new ByteString[count];
            for (int i = 0; i < count; i++)
            {
                values[i] = ByteString.CopyFrom(content.Slice(at, lengths[i]));
                at += lengths[i];
            }
            if (at == content.Length)
                return values;
        }
        catch (ArgumentOutOfRangeException)
        {
            // A length points past the end: the same message as for bytes left over.
        }
        catch (IndexOutOfRangeException)
        {
            // The lengths themselves are cut off.
        }
        throw ServingException.Invalid($"{Signatures.TextInput}: tensor_content does not hold {count} strings");
    }

    private static int Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        uint value = 0;
        for (int shift = 0; shift < 35; shift += 7)
        {
            byte b = bytes[at++];
            value |= (uint)(b & 0x7F) << shift;
            if (b < 0x80)
                return (int)value;
        }
        throw new ArgumentOutOfRangeException(nameof(bytes));
    }

    private static IReadOnlyList<T> Filled<T>(IList<T> values, int count, string name)
    {
        if (values.Count == count)
            return [.. values];
        if (values.Count == 0 || values.Count > count)
            throw ServingException.Invalid(
                $"{name}: the tensor holds {values.Count} values where its shape needs {count}"
            );
        return [.. values, .. Enumerable.Repeat(values[^1], count - values.Count)];
    }

    private static int Narrow(long value, string name) =>
        value is >= int.MinValue and <= int.MaxValue
            ? (int)value
            : throw ServingException.Invalid($"{name}: {value} is no 32-bit number");

    private static ServingException WrongType(string name, DataType found, string expected) =>
        ServingException.Invalid($"{name}: expected {expected}, found {Spelled(found)}");

    private static string Spelled(DataType type) => "DT_" + type.ToString()[2..].ToUpperInvariant();
}
