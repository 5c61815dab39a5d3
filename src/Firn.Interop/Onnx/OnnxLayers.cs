using Firn.Interop.Export;
using Firn.Layers;
using Firn.Model;

namespace Firn.Interop.Onnx;

/// <summary>
/// Writes a model's layers into a graph, one after the other. Rows over time are [T,B,F], as ONNX' recurrent operators
/// have them; behind the pooling a text is a row, [B,F].
/// </summary>
internal sealed class OnnxLayers
{
    private const float Lowest = -3.0e38f;
    private readonly OnnxGraph _graph;
    private readonly OnnxInputs _inputs;
    private readonly ModelView _model;
    private string _at;
    private string? _lastStates; // [B,F] of the recurrent layer that was written last
    private string? _emptyFeatures; // [B,F] of texts without words; null where they are zero
    private int _layer;

    public OnnxLayers(OnnxGraph graph, OnnxInputs inputs, ModelView model)
    {
        (_graph, _inputs, _model) = (graph, inputs, model);
        EmbeddingTable table = model.Table;
        string rows = graph.Tensor("embedding.rows", new ExportTensor(table.Rows, table.RowCount, table.Dimension));
        int[] rowOf = table.RowOf.ToArray();
        bool ownRows = rowOf.Select((row, id) => row == id).All(own => own);
        _at = graph.Node("Gather", rows, ownRows ? inputs.Ids
            : graph.Node("Gather", graph.Longs("embedding.row_of", [.. rowOf.Select(row => (long)row)]), inputs.Ids));
    }

    /// <summary>Writes all layers; the logits' name, [B,K].</summary>
    public string Logits()
    {
        for (int i = 0; i < _model.Steps.Count; i++)
        {
            _layer = i;
            bool onlyLast = i + 1 < _model.Steps.Count && _model.Steps[i + 1] is PoolStep { Pooling: Pooling.LastState };
            Write(_model.Steps[i], onlyLast);
        }
        return _at;
    }

    private void Write(ExportStep step, bool onlyLast)
    {
        switch (step)
        {
            case RecurrentStep recurrent:
                Recurrent(recurrent, onlyLast);
                break;
            case ConvolutionStep convolution:
                Convolution(convolution);
                break;
            case DenseStep dense:
                _at = _graph.Node("Add", _graph.Node("MatMul", _at, Tensor("kernel", dense.Kernel)), Tensor("bias", dense.Bias));
                if (dense.Activation is { } activation)
                    _at = Activate(_at, activation);
                break;
            case ActivationStep function:
                _at = Activate(_at, function.Activation);
                break;
            case PoolStep pool:
                _at = Pooled(pool.Pooling);
                break;
            case AttentionStep attention:
                _at = Attended(attention);
                break;
            default:
                throw new ExportException("ONNX: the model has a layer of a kind that is not written. docs/export.md lists what is.");
        }
    }

    private void Recurrent(RecurrentStep step, bool onlyLast)
    {
        (int[] order, string type) = step.Kind == RecurrentKind.Gru ? ((int[])[0, 1, 2], "GRU") : ([0, 3, 1, 2], "LSTM");
        int h = step.Units, gates = order.Length, directions = step.Directions.Count, inputs = step.Directions[0].Kernel.Shape[0];
        float[] kernel = [.. step.Directions.SelectMany(d => GateRows.Of(d.Kernel, h, order))];
        float[] recurrent = [.. step.Directions.SelectMany(d => GateRows.Of(d.Recurrent, h, order))];
        float[] bias = [.. step.Directions.SelectMany(d => (float[])
            [.. GateRows.Of(d.Bias, h, order), .. d.RecurrentBias is null ? new float[gates * h] : GateRows.Of(d.RecurrentBias, h, order)])];
        string[] states = _model.PaddedLength > 0 ? PadStates(step) : [];
        string y = onlyLast ? "" : _graph.Fresh("outputs"), last = onlyLast ? _graph.Fresh("last") : "";
        _graph.Emit(type,
            [
                _at,
                Tensor("kernel", new ExportTensor(kernel, directions, gates * h, inputs)),
                Tensor("recurrent", new ExportTensor(recurrent, directions, gates * h, h)),
                Tensor("bias", new ExportTensor(bias, directions, 2 * gates * h)),
                .. _inputs.IsUniform ? (string[])[]
                    : [_graph.Node("Cast", [_inputs.AtLeastOne], OnnxAttribute.Of("to", (long)OnnxGraph.Kind.Integer)), .. states],
            ],
            onlyLast ? ["", last] : [y],
            [
                OnnxAttribute.Of("hidden_size", h),
                OnnxAttribute.Of("direction", directions == 2 ? "bidirectional" : "forward"),
                .. step.Kind == RecurrentKind.Gru ? (OnnxAttribute[])[OnnxAttribute.Of("linear_before_reset", 1)] : [],
            ]);
        if (onlyLast)
            _lastStates = Side(_graph.Node("Transpose", [last], OnnxAttribute.Of("perm", 1, 0, 2)), [0], directions * h);
        else
            _at = Side(_graph.Node("Transpose", [y], OnnxAttribute.Of("perm", 0, 2, 1, 3)), [0, 0], directions * h);
    }

    /// <summary>Joins the last two dimensions.</summary>
    private string Side(string from, long[] kept, int width) => _graph.Node("Reshape", from, _graph.List([.. kept, width]));

    /// <summary>The states that a text's pads lead to, and those of a text that is nothing but pads.</summary>
    private string[] PadStates(RecurrentStep step)
    {
        if (step is not { Kind: RecurrentKind.Lstm, Directions.Count: 1 } || _emptyFeatures is not null)
            throw new ExportException("ONNX: texts padded without a mask are written for models of one LSTM. docs/export.md lists what is.");
        (float[] outputs, float[] cells) = GateRows.PadStates(step, _model.PaddedLength);
        string pads = _graph.Node("Max", _graph.Node("Sub", _graph.Whole(_model.PaddedLength), _inputs.Lengths), _graph.Whole(0));
        string output = _graph.Node("Gather", Tensor("pad_outputs", new ExportTensor(outputs, _model.PaddedLength + 1, step.Units)), pads);
        string cell = _graph.Node("Gather", Tensor("pad_cells", new ExportTensor(cells, _model.PaddedLength + 1, step.Units)), pads);
        _emptyFeatures = output;
        return [_graph.Node("Unsqueeze", output, _graph.List(0)), _graph.Node("Unsqueeze", cell, _graph.List(0))];
    }

    private void Convolution(ConvolutionStep step)
    {
        // Rows of texts' ends must be zero vectors, which those of the table are; others are made so.
        string rows = _layer == 0 || _inputs.IsUniform ? _at : _graph.Node("Mul", _at, _inputs.MaskAsFloat);
        string channels = _graph.Node("Transpose", [rows], OnnxAttribute.Of("perm", 1, 2, 0));
        var joined = new List<string>();
        for (int n = 0; n < step.Windows.Count; n++)
        {
            ConvolutionWindow window = step.Windows[n];
            int width = window.Width, filters = window.Bias.Shape[0], inputs = window.Kernel.Length / width / filters;
            var turned = new float[window.Kernel.Length]; // [F,E,W]
            for (int o = 0; o < width; o++)
            {
                for (int j = 0; j < inputs; j++)
                {
                    for (int f = 0; f < filters; f++)
                        turned[(f * inputs + j) * width + o] = window.Kernel[(o * inputs + j) * filters + f];
                }
            }
            int before = (width - 1) / 2;
            string sums = _graph.Node("Conv",
                [channels, Tensor($"window{n + 1}.kernel", new ExportTensor(turned, filters, inputs, width)), Tensor($"window{n + 1}.bias", window.Bias)],
                OnnxAttribute.Of("kernel_shape", [width]), OnnxAttribute.Of("pads", before, width - 1 - before));
            joined.Add(_graph.Node("Relu", sums));
        }
        string all = joined.Count == 1 ? joined[0] : _graph.Node("Concat", [.. joined], OnnxAttribute.Of("axis", 1));
        _at = _graph.Node("Transpose", [all], OnnxAttribute.Of("perm", 2, 0, 1));
    }

    private string Pooled(Pooling pooling)
    {
        string features = pooling switch
        {
            Pooling.Mean when _inputs.IsUniform => _graph.Node("ReduceMean", [_at], OnnxAttribute.Of("axes", [0]), OnnxAttribute.Of("keepdims", 0)),
            Pooling.Mean => _graph.Node("Div", SumOverTime(_graph.Node("Mul", _at, _inputs.MaskAsFloat)), Counts()),
            Pooling.Max => _graph.Node("ReduceMax", [Masked(_at)],
                OnnxAttribute.Of("axes", [0]), OnnxAttribute.Of("keepdims", 0)),
            _ => _lastStates ?? throw new ExportException("ONNX: a last state is of a recurrent layer, and none stands before the pooling."),
        };
        return WithoutWords(features);
    }

    /// <summary>The features of texts with words, and those of texts without.</summary>
    private string WithoutWords(string features) => _inputs.IsUniform ? features
        : _graph.Node("Where", _inputs.HasWords, features, _emptyFeatures ?? _graph.Number(0));

    /// <summary>Rows over time, or one number each, the least possible behind the texts' ends.</summary>
    private string Masked(string rows) => _inputs.IsUniform ? rows : _graph.Node("Where", _inputs.Mask, rows, _graph.Number(Lowest));

    private string Attended(AttentionStep step)
    {
        string units = _graph.Node("Tanh", _graph.Node("Add", _graph.Node("MatMul", _at, Tensor("kernel", step.Kernel)), Tensor("bias", step.Bias)));
        string context = Tensor("context", new ExportTensor(step.Context, step.Context.Length, 1));
        string weights = _graph.Node("Softmax", [Masked(_graph.Node("MatMul", units, context))], OnnxAttribute.Of("axis", 0));
        return WithoutWords(SumOverTime(_graph.Node("Mul", weights, _at)));
    }

    private string SumOverTime(string rows) => _graph.Node("ReduceSum", [rows, _graph.List(0)], OnnxAttribute.Of("keepdims", 0));

    private string Counts() => _graph.Node("Unsqueeze",
        _graph.Node("Cast", [_inputs.AtLeastOne], OnnxAttribute.Of("to", (long)OnnxGraph.Kind.Single)), _graph.List(1));

    private string Activate(string x, DenseActivation activation)
    {
        switch (activation)
        {
            case DenseActivation.Relu:
                return _graph.Node("Relu", x);
            case DenseActivation.Tanh:
                return _graph.Node("Tanh", x);
            case DenseActivation.Sigmoid:
                return _graph.Node("Sigmoid", x);
            case DenseActivation.Elu:
                return _graph.Node("Elu", x);
            default: // x (1 + erf(x / sqrt 2)) / 2
                string erf = _graph.Node("Erf", _graph.Node("Mul", x, _graph.Number((float)Math.Sqrt(0.5))));
                return _graph.Node("Mul", _graph.Node("Mul", x, _graph.Number(0.5f)), _graph.Node("Add", erf, _graph.Number(1)));
        }
    }

    private string Tensor(string part, ExportTensor tensor) => _graph.Tensor(FormattableString.Invariant($"layer{_layer + 1}.{part}"), tensor);
}
