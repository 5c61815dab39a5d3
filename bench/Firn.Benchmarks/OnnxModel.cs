using System.Text;
using Firn.Model;

namespace Firn.Benchmarks;

/// <summary>
/// A classifier (an LSTM or GRU of one direction and its last state, or convolutions and their largest values; one unit) as an
/// ONNX model, written as plain protocol buffers: ids [T,B] to Gather, the encoder, MatMul, Add, Sigmoid. For the comparison only.
/// </summary>
internal static class OnnxModel
{
    private const int Float = 1, Int64 = 7;

    public static byte[] Write(TextClassifier model)
    {
        int e = model.Embedding.Dimension, features = model["dense.kernel"].Shape[0];
        var table = new float[model.Embedding.VocabularySize * e];
        for (int id = 0; id < model.Embedding.VocabularySize; id++)
            model.Embedding.VectorOf(id).CopyTo(table.AsSpan(id * e));
        byte[] graph = Message(
        [
            Field(1, Node("Gather", ["table", "ids"], ["x"])),
            .. model.Options.Encoder switch
            {
                EncoderKind.Gru => Gru(model, e),
                EncoderKind.Convolution => Convolutions(model, e),
                _ => Lstm(model, e),
            },
            Field(1, Node("MatMul", ["f", "D"], ["d"])),
            Field(1, Node("Add", ["d", "b"], ["z"])),
            Field(1, Node("Sigmoid", ["z"], ["p"])),
            Field(2, "firn"),
            Field(5, Tensor("table", [model.Embedding.VocabularySize, e], table)),
            Field(5, Tensor("D", [features, 1], model["dense.kernel"].Values.ToArray())),
            Field(5, Tensor("b", [1], model["dense.bias"].Values.ToArray())),
            Field(11, Value("ids", Int64, ["T", "B"])),
            Field(12, Value("p", Float, ["B", "one"])),
        ]);
        return Message(Field(1, 8L), Field(7, graph), Field(8, Message(Field(1, ""), Field(2, 14L))));
    }

    private static IEnumerable<byte[]> Lstm(TextClassifier model, int e)
    {
        int h = model.Options.HiddenSize;
        float[] bias = new float[8 * h];
        Gates(model["lstm.bias"].Values.Span, 1, h, [0, 3, 1, 2]).CopyTo(bias, 0);
        return
        [
            Field(1, Node("LSTM", ["x", "W", "R", "B"], ["", "h"], Attribute("hidden_size", h))),
            Field(1, Node("Reshape", ["h", "shape"], ["f"])),
            Field(5, Tensor("W", [1, 4 * h, e], Gates(model["lstm.kernel"].Values.Span, e, h, [0, 3, 1, 2]))),
            Field(5, Tensor("R", [1, 4 * h, h], Gates(model["lstm.recurrent_kernel"].Values.Span, h, h, [0, 3, 1, 2]))),
            Field(5, Tensor("B", [1, 8 * h], bias)),
            Field(5, Integers("shape", [-1, h])),
        ];
    }

    private static IEnumerable<byte[]> Gru(TextClassifier model, int e)
    {
        int h = model.Options.HiddenSize;
        float[] bias = [.. Gates(model["gru.bias"].Values.Span, 1, h, [0, 1, 2]), .. Gates(model["gru.recurrent_bias"].Values.Span, 1, h, [0, 1, 2])];
        return
        [
            Field(1, Node("GRU", ["x", "W", "R", "B"], ["", "h"], Attribute("hidden_size", h), Attribute("linear_before_reset", 1))),
            Field(1, Node("Reshape", ["h", "shape"], ["f"])),
            Field(5, Tensor("W", [1, 3 * h, e], Gates(model["gru.kernel"].Values.Span, e, h, [0, 1, 2]))),
            Field(5, Tensor("R", [1, 3 * h, h], Gates(model["gru.recurrent_kernel"].Values.Span, h, h, [0, 1, 2]))),
            Field(5, Tensor("B", [1, 6 * h], bias)),
            Field(5, Integers("shape", [-1, h])),
        ];
    }

    private static List<byte[]> Convolutions(TextClassifier model, int e)
    {
        int filters = model.Options.HiddenSize, columns = model.Options.Widths.Sum() * filters, column = 0;
        ReadOnlySpan<float> kernel = model["convolution.kernel"].Values.Span;
        var fields = new List<byte[]> { Field(1, Node("Transpose", ["x"], ["s"], Attribute("perm", 1, 2, 0))) };
        var joined = new List<string>();
        for (int i = 0; i < model.Options.Widths.Count; i++)
        {
            int width = model.Options.Widths[i], before = (width - 1) / 2;
            var turned = new float[e * width * filters];
            for (int f = 0; f < filters; f++)
            {
                for (int j = 0; j < e; j++)
                {
                    for (int o = 0; o < width; o++)
                        turned[(f * e + j) * width + o] = kernel[j * columns + column + o * filters + f];
                }
            }
            fields.Add(Field(1, Node("Conv", ["s", $"K{i}", $"k{i}"], [$"c{i}"], Attribute("kernel_shape", [width]), Attribute("pads", before, width - 1 - before))));
            fields.Add(Field(1, Node("Relu", [$"c{i}"], [$"r{i}"])));
            fields.Add(Field(1, Node("ReduceMax", [$"r{i}"], [$"m{i}"], Attribute("axes", [2]), Attribute("keepdims", 0))));
            fields.Add(Field(5, Tensor($"K{i}", [filters, e, width], turned)));
            fields.Add(Field(5, Tensor($"k{i}", [filters], model["convolution.bias"].Values.Span.Slice(i * filters, filters).ToArray())));
            column += width * filters;
            joined.Add($"m{i}");
        }
        fields.Add(Field(1, Node("Concat", [.. joined], ["f"], Attribute("axis", 1))));
        return fields;
    }

    /// <summary>[N,GH] to [GH,N], the gates in the order of <paramref name="from"/>: ONNX' is i, o, f, c for an LSTM and z, r, h for a GRU.</summary>
    private static float[] Gates(ReadOnlySpan<float> source, int rows, int h, int[] from)
    {
        var result = new float[rows * from.Length * h];
        for (int g = 0; g < from.Length; g++)
        {
            for (int j = 0; j < h; j++)
            {
                for (int r = 0; r < rows; r++)
                    result[(g * h + j) * rows + r] = source[r * from.Length * h + from[g] * h + j];
            }
        }
        return result;
    }

    private static byte[] Node(string type, string[] inputs, string[] outputs, params byte[][] attributes) => Message(
        [.. inputs.Select(i => Field(1, i)), .. outputs.Select(o => Field(2, o)), Field(4, type), .. attributes.Select(a => Field(5, a))]);

    private static byte[] Attribute(string name, int value) => Message(Field(1, name), Field(3, (long)value), Field(20, 2L));

    private static byte[] Attribute(string name, params int[] values) => Message([Field(1, name), .. values.Select(v => Field(8, (long)v)), Field(20, 7L)]);

    private static byte[] Integers(string name, long[] values) =>
        Message(Field(1, (long)values.Length), Field(2, (long)Int64), Field(8, name), Field(9, [.. values.SelectMany(BitConverter.GetBytes)]));

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
