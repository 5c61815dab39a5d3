using System.Buffers.Binary;
using System.Globalization;
using Firn.Interop.Export;

namespace Firn.Interop.Onnx;

/// <summary>
/// A graph of ONNX as it is built: each operator gives the name of what it computes, which later ones take. Arrays and
/// constants are its initializers.
/// </summary>
/// <param name="name">The graph's name.</param>
internal sealed class OnnxGraph(string name)
{
    /// <summary>
    /// Operators of ONNX 1.8, which every ONNX Runtime since 1.7 (2021) computes; the version of the file's own form
    /// with them.
    /// </summary>
    public const int Opset = 13,
        IrVersion = 7;

    private const int Float = 1,
        Int32 = 6,
        Int64 = 7;
    private readonly List<ProtoMessage> _nodes = [],
        _initializers = [],
        _inputs = [],
        _outputs = [];
    private readonly Dictionary<string, string> _constants = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>A kind of number, by its place among ONNX' <c>TensorProto.DataType</c>.</summary>
    public enum Kind
    {
        /// <summary>float32.</summary>
        Single = Float,

        /// <summary>int32.</summary>
        Integer = Int32,

        /// <summary>int64.</summary>
        Long = Int64,
    }

    /// <summary>An operator with one output.</summary>
    /// <param name="type">The operator.</param>
    /// <param name="inputs">Names; an empty one leaves an input out.</param>
    /// <returns>The output's name.</returns>
    public string Node(string type, params string[] inputs) => Node(type, inputs, []);

    /// <summary>An operator with settings and one output.</summary>
    public string Node(string type, string[] inputs, params OnnxAttribute[] settings)
    {
        string output = Fresh(type);
        Emit(type, inputs, [output], settings);
        return output;
    }

    /// <summary>An operator whose outputs have names already; an empty one leaves an output out.</summary>
    public void Emit(string type, string[] inputs, string[] outputs, params OnnxAttribute[] settings)
    {
        var node = new ProtoMessage();
        foreach (string input in inputs)
            node.Add(1, input);
        foreach (string output in outputs)
            node.Add(2, output);
        node.Add(3, FormattableString.Invariant($"n{_nodes.Count}_{type}")).Add(4, type);
        foreach (OnnxAttribute setting in settings)
            node.Add(5, setting.Message);
        _nodes.Add(node);
    }

    /// <summary>A name that nothing has yet.</summary>
    public string Fresh(string stem) => FormattableString.Invariant($"{stem.ToLowerInvariant()}_{++_count}");

    /// <summary>An array of the model.</summary>
    public string Tensor(string called, ExportTensor tensor)
    {
        _initializers.Add(Head(tensor.Shape.Select(d => (long)d), Float, called).Add(9, tensor));
        return called;
    }

    /// <summary>An array of whole numbers of the model.</summary>
    public string Longs(string called, ReadOnlySpan<long> values)
    {
        _initializers.Add(Head([values.Length], Int64, called).Add(9, Bytes(values)));
        return called;
    }

    /// <summary>A list of a few whole numbers, such as axes; equal ones are stored once.</summary>
    public string List(params long[] values) => Constant($"list_{string.Join('_', values)}", [values.Length], values);

    /// <summary>A whole number without dimensions.</summary>
    public string Whole(long value) => Constant(FormattableString.Invariant($"whole_{value}"), [], [value]);

    /// <summary>A float without dimensions.</summary>
    public string Number(float value)
    {
        string called = "number_" + value.ToString("r", CultureInfo.InvariantCulture).Replace('-', 'm');
        if (_constants.TryAdd(called, called))
            _initializers.Add(Head([], Float, called).Add(9, new ExportTensor(new[] { value })));
        return called;
    }

    /// <summary>An input of the model; dimensions with a name are open.</summary>
    public string Input(string called, Kind kind, params string[] dimensions)
    {
        _inputs.Add(Value(called, kind, [.. dimensions.Select(d => new ProtoMessage().Add(2, d))]));
        return called;
    }

    /// <summary>The output of the model, [batch,K].</summary>
    public void Output(string from, string called, int width)
    {
        Emit("Identity", [from], [called]);
        _outputs.Add(
            Value(called, Kind.Single, [new ProtoMessage().Add(2, "batch"), new ProtoMessage().Add(1, (long)width)])
        );
    }

    /// <summary>The whole file.</summary>
    /// <param name="producer">The version of Firn.</param>
    /// <param name="about">One sentence.</param>
    /// <param name="properties">Names and values that travel with the model.</param>
    public ProtoMessage ToModel(string producer, string about, IEnumerable<KeyValuePair<string, string>> properties)
    {
        var graph = new ProtoMessage();
        _nodes.ForEach(node => graph.Add(1, node));
        graph.Add(2, name);
        _initializers.ForEach(tensor => graph.Add(5, tensor));
        _inputs.ForEach(input => graph.Add(11, input));
        _outputs.ForEach(output => graph.Add(12, output));
        var model = new ProtoMessage()
            .Add(1, IrVersion)
            .Add(2, "firn")
            .Add(3, producer)
            .Add(6, about)
            .Add(7, graph)
            .Add(8, new ProtoMessage().Add(1, "").Add(2, Opset));
        foreach ((string key, string value) in properties)
            model.Add(14, new ProtoMessage().Add(1, key).Add(2, value));
        return model;
    }

    private string Constant(string called, long[] shape, long[] values)
    {
        called = called.Replace('-', 'm');
        if (_constants.TryAdd(called, called))
            _initializers.Add(Head(shape, Int64, called).Add(9, Bytes(values)));
        return called;
    }

    private static ProtoMessage Head(IEnumerable<long> shape, int type, string called)
    {
        var tensor = new ProtoMessage();
        foreach (long dimension in shape)
            tensor.Add(1, dimension);
        return tensor.Add(2, type).Add(8, called);
    }

    private static byte[] Bytes(ReadOnlySpan<long> values)
    {
        var bytes = new byte[values.Length * sizeof(long)];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * sizeof(long)), values[i]);
        return bytes;
    }

    private static ProtoMessage Value(string called, Kind kind, ProtoMessage[] dimensions)
    {
        var shape = new ProtoMessage();
        foreach (ProtoMessage dimension in dimensions)
            shape.Add(1, dimension);
        return new ProtoMessage()
            .Add(1, called)
            .Add(2, new ProtoMessage().Add(1, new ProtoMessage().Add(1, (long)kind).Add(2, shape)));
    }
}

/// <summary>A setting of an operator.</summary>
/// <param name="Message">Its form in the file.</param>
internal readonly record struct OnnxAttribute(ProtoMessage Message)
{
    private const int IsNumber = 1,
        IsInteger = 2,
        IsText = 3,
        IsNumbers = 6,
        IsIntegers = 7,
        IsTexts = 8;

    public static OnnxAttribute Of(string name, float value) =>
        new(new ProtoMessage().Add(1, name).Add(2, value).Add(20, IsNumber));

    public static OnnxAttribute Numbers(string name, IReadOnlyList<float> values)
    {
        var message = new ProtoMessage().Add(1, name);
        foreach (float value in values)
            message.Add(7, value);
        return new OnnxAttribute(message.Add(20, IsNumbers));
    }

    public static OnnxAttribute Texts(string name, IReadOnlyList<string> values)
    {
        var message = new ProtoMessage().Add(1, name);
        foreach (string value in values)
            message.Add(9, value);
        return new OnnxAttribute(message.Add(20, IsTexts));
    }

    public static OnnxAttribute Of(string name, long value) =>
        new(new ProtoMessage().Add(1, name).Add(3, value).Add(20, IsInteger));

    public static OnnxAttribute Of(string name, string value) =>
        new(new ProtoMessage().Add(1, name).Add(4, value).Add(20, IsText));

    public static OnnxAttribute Of(string name, params long[] values)
    {
        var message = new ProtoMessage().Add(1, name);
        foreach (long value in values)
            message.Add(8, value);
        return new OnnxAttribute(message.Add(20, IsIntegers));
    }
}
