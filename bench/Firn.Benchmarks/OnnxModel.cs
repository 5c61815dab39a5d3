using System.Text;
using Firn.Model;

namespace Firn.Benchmarks;

/// <summary>
/// A classifier (one direction, last state, one unit) as an ONNX model, written as plain protocol buffers: ids [T,B] to
/// Gather, LSTM, MatMul, Add, Sigmoid. For the comparison only.
/// </summary>
internal static class OnnxModel
{
    private const int Float = 1, Int64 = 7;

    public static byte[] Write(TextClassifier model)
    {
        int e = model.Embedding.Dimension, h = model.Options.HiddenSize;
        var table = new float[model.Embedding.VocabularySize * e];
        for (int id = 0; id < model.Embedding.VocabularySize; id++)
            model.Embedding.VectorOf(id).CopyTo(table.AsSpan(id * e));
        float[] bias = new float[8 * h];
        Gates(model["lstm.bias"].Values.Span, 1, h).CopyTo(bias, 0);
        byte[] graph = Message(
            Field(1, Node("Gather", ["table", "ids"], ["x"])),
            Field(1, Node("LSTM", ["x", "W", "R", "B"], ["", "h"], Message(Field(1, "hidden_size"), Field(3, (long)h), Field(20, 2L)))),
            Field(1, Node("Reshape", ["h", "shape"], ["f"])),
            Field(1, Node("MatMul", ["f", "D"], ["d"])),
            Field(1, Node("Add", ["d", "b"], ["z"])),
            Field(1, Node("Sigmoid", ["z"], ["p"])),
            Field(2, "firn"),
            Field(5, Tensor("table", [model.Embedding.VocabularySize, e], table)),
            Field(5, Tensor("W", [1, 4 * h, e], Gates(model["lstm.kernel"].Values.Span, e, h))),
            Field(5, Tensor("R", [1, 4 * h, h], Gates(model["lstm.recurrent_kernel"].Values.Span, h, h))),
            Field(5, Tensor("B", [1, 8 * h], bias)),
            Field(5, Tensor("D", [h, 1], model["dense.kernel"].Values.ToArray())),
            Field(5, Tensor("b", [1], model["dense.bias"].Values.ToArray())),
            Field(5, Message(Field(1, 2L), Field(2, (long)Int64), Field(8, "shape"), Field(9, [.. BitConverter.GetBytes(-1L), .. BitConverter.GetBytes((long)h)]))),
            Field(11, Value("ids", Int64, ["T", "B"])),
            Field(12, Value("p", Float, ["B", "one"])));
        return Message(Field(1, 8L), Field(7, graph), Field(8, Message(Field(1, ""), Field(2, 14L))));
    }

    /// <summary>[N,4H] with gates i, f, c, o to [4H,N] with gates i, o, f, c.</summary>
    private static float[] Gates(ReadOnlySpan<float> source, int rows, int h)
    {
        var result = new float[rows * 4 * h];
        int[] from = [0, 3, 1, 2];
        for (int g = 0; g < 4; g++)
        {
            for (int j = 0; j < h; j++)
            {
                for (int r = 0; r < rows; r++)
                    result[(g * h + j) * rows + r] = source[r * 4 * h + from[g] * h + j];
            }
        }
        return result;
    }

    private static byte[] Node(string type, string[] inputs, string[] outputs, byte[]? attribute = null) => Message(
        [.. inputs.Select(i => Field(1, i)), .. outputs.Select(o => Field(2, o)), Field(4, type), .. attribute is null ? Array.Empty<byte[]>() : [Field(5, attribute)]]);

    private static byte[] Tensor(string name, int[] shape, float[] values)
    {
        var raw = new byte[values.Length * 4];
        Buffer.BlockCopy(values, 0, raw, 0, raw.Length);
        return Message([.. shape.Select(d => Field(1, (long)d)), Field(2, (long)Float), Field(8, name), Field(9, raw)]);
    }

    private static byte[] Value(string name, int type, string[] dimensions)
    {
        byte[] shape = Message([.. dimensions.Select(d => Field(1, Message(Field(2, d))))]);
        return Message(Field(1, name), Field(2, Message(Field(1, Message(Field(1, (long)type), Field(2, shape))))));
    }

    private static byte[] Message(params byte[][] fields)
    {
        var bytes = new byte[fields.Sum(f => f.Length)];
        int at = 0;
        foreach (byte[] field in fields)
        {
            field.CopyTo(bytes, at);
            at += field.Length;
        }
        return bytes;
    }

    private static byte[] Field(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));

    private static byte[] Field(int number, byte[] content) => Message(Varint((ulong)(number << 3 | 2)), Varint((ulong)content.Length), content);

    private static byte[] Field(int number, long value) => Message(Varint((ulong)(number << 3)), Varint((ulong)value));

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 128; value >>= 7)
            bytes.Add((byte)(value | 128));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
