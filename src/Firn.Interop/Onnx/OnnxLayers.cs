using Firn.Interop.Export;
using Firn.Layers;
using Firn.Model;

namespace Firn.Interop.Onnx;

/// <summary>
/// Writes a model's layers into a graph, one after the other. Rows over time are [T,B,F], as ONNX' recurrent operators
/// have them; behind the pooling a text is a row, [B,F].
/// </summary>
internal sealed class OnnxLayers(OnnxGraph graph, ModelView model)
{
    private const float Lowest = -3.0e38f;
    private readonly OnnxWindows _windows = new(graph, Lowest);
    private readonly OnnxRecurrent _recurrent = new(graph, model);
    private int _layer;

    /// <summary>
    /// Whether the model's pads in front can be left out, since they only lead to a state: it is one LSTM, read at its
    /// end.
    /// </summary>
    public static bool PadsLeadToState(ModelView model) =>
        model is { SkipsPads: false, Padding: { Side: PaddingSide.Pre, Length: > 0 } }
        && model.Steps
            is [
                RecurrentStep { Kind: RecurrentKind.Lstm, Directions.Count: 1, Layer.Reversed: false } lstm,
                PoolStep { Pooling: Pooling.LastState },
                ..,
            ]
        && lstm is { Activation: Activation.Tanh, GateActivation: Activation.Sigmoid };

    /// <summary>Writes all layers; the logits' name, [B,K].</summary>
    public string Logits(OnnxInputs inputs)
    {
        EmbeddingTable table = model.Table;
        string rows = graph.Tensor("embedding.rows", ExportTensor.Of(table));
        int[] rowOf = table.RowOf.ToArray();
        bool ownRows = rowOf.Select((row, id) => row == id).All(own => own);
        string words = graph.Node(
            "Gather",
            rows,
            ownRows
                ? inputs.Ids
                : graph.Node("Gather", graph.Longs("embedding.row_of", [.. rowOf.Select(row => (long)row)]), inputs.Ids)
        );
        var signal = new OnnxSignal(
            words,
            table.Dimension,
            new OnnxSteps(graph, words, inputs.ReadLengths, inputs.Count)
        );
        string[] initial =
            inputs.Lengths.Length > 0 && PadsLeadToState(model) ? PadStates(inputs, (RecurrentStep)model.Steps[0]) : [];
        return Write(model.Steps, signal, initial).Name;
    }

    private OnnxSignal Write(IReadOnlyList<ExportStep> steps, OnnxSignal signal, string[] initial)
    {
        foreach (ExportStep step in steps)
        {
            _layer++;
            signal = Write(step, signal, initial);
            initial = [];
        }
        return signal;
    }

    private OnnxSignal Write(ExportStep step, OnnxSignal x, string[] initial)
    {
        switch (step)
        {
            case RecurrentStep recurrent:
                (string sequence, string last) = _recurrent.Write(recurrent, x, Prefix, initial);
                int width =
                    recurrent.Units * (recurrent.Layer is { Bidirectional: true, Merge: Join.Concatenate } ? 2 : 1);
                // The first of the initial states is that of a text which has nothing else.
                string? empty = initial.Length == 0 ? null : graph.Node("Squeeze", initial[0], graph.List(0));
                return new OnnxSignal(sequence, width, x.Steps) { Last = last, EmptyLast = empty };
            case ConvolutionStep convolution:
                return _windows.Convolve(convolution, x, Prefix);
            case WindowPoolStep pool:
                return _windows.Pool(pool, x);
            case DenseStep dense:
                string sums = graph.Node("MatMul", x.Name, Tensor("kernel", dense.Kernel));
                if (dense.Bias is not null)
                    sums = graph.Node("Add", sums, Tensor("bias", dense.Bias));
                return new OnnxSignal(graph.Activate(sums, dense.Activation), dense.Kernel.Shape[1], x.Steps);
            case ActivationStep function:
                return new OnnxSignal(graph.Activate(x.Name, function.Activation), x.Width, x.Steps);
            case PoolStep pool:
                return Features(Pooled(pool.Pooling, x), x, pool.Pooling == Pooling.LastState ? x.EmptyLast : null);
            case AttentionStep attention:
                return Features(Attended(attention, x), x, null);
            case BatchNormalizationStep batch:
                return x with { Name = Normalized(batch, x), Last = null, EmptyLast = null };
            case LayerNormalizationStep row:
                return x with { Name = Normalized(row, x), Last = null, EmptyLast = null };
            case FlattenStep:
                return Flat(x);
            case BranchesStep branches:
                return Joined(branches, x);
            case PadStep pads:
                return Padded(pads, x);
            default:
                throw new ExportException(
                    "ONNX: the model has a layer of a kind that is not written. docs/export.md lists what is."
                );
        }
    }

    /// <summary>The states that a text's pads lead to, state and cell, [1,B,H] each.</summary>
    private string[] PadStates(OnnxInputs inputs, RecurrentStep step)
    {
        int length = model.Padding!.Length;
        (float[] outputs, float[] cells) = _recurrent.PadStates(step, length);
        string pads = graph.Node("Sub", graph.Whole(length), inputs.ReadLengths);
        return
        [
            .. new[] { ("pad_outputs", outputs), ("pad_cells", cells) }.Select(part =>
                graph.Node(
                    "Unsqueeze",
                    graph.Node(
                        "Gather",
                        graph.Tensor(part.Item1, new ExportTensor(part.Item2, length + 1, step.Units)),
                        pads
                    ),
                    graph.List(0)
                )
            ),
        ];
    }

    private string Pooled(Pooling pooling, OnnxSignal x)
    {
        OnnxSteps steps = x.Steps!;
        switch (pooling)
        {
            case Pooling.Mean when steps.IsUniform:
                return graph.Node(
                    "ReduceMean",
                    [x.Name],
                    OnnxAttribute.Of("axes", [0]),
                    OnnxAttribute.Of("keepdims", 0)
                );
            case Pooling.Mean:
                string count = graph.Node(
                    "Unsqueeze",
                    graph.Node("Cast", [steps.AtLeastOne], OnnxAttribute.Of("to", (long)OnnxGraph.Kind.Single)),
                    graph.List(1)
                );
                // What stands behind the end may be no number at all.
                return graph.Node("Div", SumOverTime(graph.Node("Where", steps.Mask, x.Name, graph.Number(0))), count);
            case Pooling.Max:
                return graph.Node(
                    "ReduceMax",
                    [Masked(x.Name, steps)],
                    OnnxAttribute.Of("axes", [0]),
                    OnnxAttribute.Of("keepdims", 0)
                );
            default:
                return x.Last ?? AtEnd(x);
        }
    }

    /// <summary>The last step of each text.</summary>
    private string AtEnd(OnnxSignal x)
    {
        if (x.Steps!.Lengths.Length == 0)
            return graph.Node("Gather", x.Name, graph.Whole(-1));
        string last = graph.Node("Unsqueeze", graph.Node("Sub", x.Steps.AtLeastOne, graph.Whole(1)), graph.List(1));
        return graph.Node("GatherND", [ByText(x.Name), last], OnnxAttribute.Of("batch_dims", 1));
    }

    private string Attended(AttentionStep step, OnnxSignal x)
    {
        string units = graph.Node(
            "Tanh",
            graph.Node("Add", graph.Node("MatMul", x.Name, Tensor("kernel", step.Kernel)), Tensor("bias", step.Bias))
        );
        string context = Tensor("context", new ExportTensor(step.Context, step.Context.Length, 1));
        string weights = graph.Node(
            "Softmax",
            [Masked(graph.Node("MatMul", units, context), x.Steps!)],
            OnnxAttribute.Of("axis", 0)
        );
        return SumOverTime(graph.Node("Mul", weights, x.Name));
    }

    /// <summary>The features of texts with steps, and those of texts without.</summary>
    private OnnxSignal Features(string features, OnnxSignal x, string? empty) =>
        new(
            x.Steps!.IsUniform ? features : graph.Node("Where", x.Steps.HasAny, features, empty ?? graph.Number(0)),
            x.Width,
            null
        );

    private string Normalized(BatchNormalizationStep step, OnnxSignal x)
    {
        float[] inverse = [.. step.Variance.Values.ToArray().Select(v => (float)(1 / Math.Sqrt(v + step.Epsilon)))];
        string centered = graph.Node(
            "Mul",
            graph.Node("Sub", x.Name, Tensor("mean", step.Mean)),
            Tensor("inverse", new ExportTensor(inverse, inverse.Length))
        );
        return graph.Node("Add", graph.Node("Mul", centered, Tensor("gamma", step.Gamma)), Tensor("beta", step.Beta));
    }

    private string Normalized(LayerNormalizationStep step, OnnxSignal x)
    {
        string Mean(string of) =>
            graph.Node("ReduceMean", [of], OnnxAttribute.Of("axes", [-1]), OnnxAttribute.Of("keepdims", 1));
        string centered = graph.Node("Sub", x.Name, Mean(x.Name));
        string variance = graph.Node(
            "Add",
            Mean(graph.Node("Mul", centered, centered)),
            graph.Number((float)step.Epsilon)
        );
        string scaled = graph.Node("Div", centered, graph.Node("Sqrt", variance));
        return graph.Node("Add", graph.Node("Mul", scaled, Tensor("gamma", step.Gamma)), Tensor("beta", step.Beta));
    }

    private OnnxSignal Flat(OnnxSignal x)
    {
        if (x.Steps is null)
            return x;
        if (x.Steps.Count <= 0)
            throw new ExportException("ONNX: flatten needs texts of one length.");
        int width = x.Steps.Count * x.Width;
        return new OnnxSignal(graph.Node("Reshape", ByText(x.Name), graph.List(0, width)), width, null);
    }

    private OnnxSignal Joined(BranchesStep step, OnnxSignal x)
    {
        OnnxSignal[] parts = [.. step.Lists.Select(list => Write(list, x, []))];
        string[] names = [.. parts.Select(p => p.Name)];
        if (step.Join == Join.Concatenate)
            return parts[0] with
            {
                Name = graph.Node("Concat", names, OnnxAttribute.Of("axis", -1)),
                Width = parts.Sum(p => p.Width),
                Last = null,
                EmptyLast = null,
            };
        string all = names.Aggregate((a, b) => graph.Node(step.Join == Join.Multiply ? "Mul" : "Add", a, b));
        if (step.Join == Join.Average)
            all = graph.Node("Mul", all, graph.Number(1f / names.Length));
        return parts[0] with { Name = all, Last = null, EmptyLast = null };
    }

    /// <summary>
    /// Each place of the padded text looks up its step; in front of all and behind all there are zeros.
    /// </summary>
    private OnnxSignal Padded(PadStep step, OnnxSignal x)
    {
        string length = graph.Whole(step.Length),
            own = graph.Node("Unsqueeze", x.Steps!.Lengths, graph.List(1));
        string places = graph.Node(
            "Unsqueeze",
            graph.Node("Range", graph.Whole(0), length, graph.Whole(1)),
            graph.List(0)
        );
        string from = graph.Node(
            "Sub",
            places,
            step.Pads.Side == PaddingSide.Pre ? graph.Node("Sub", length, own) : graph.Node("Mul", own, graph.Whole(0))
        );
        string there = graph.Node(
            "And",
            graph.Node("GreaterOrEqual", from, graph.Whole(0)),
            graph.Node("Less", from, own)
        );
        if (step.Pads is { Side: PaddingSide.Post, Holds: true })
        {
            from = graph.Node("Min", from, graph.Node("Sub", own, graph.Whole(1)));
            there = graph.Node("GreaterOrEqual", from, graph.Whole(0));
        }
        string index = graph.Node("Unsqueeze", graph.Node("Where", there, from, graph.Whole(0)), graph.List(2));
        string rows = graph.Node("GatherND", [ByText(x.Name), index], OnnxAttribute.Of("batch_dims", 1));
        string padded = graph.Node(
            "Transpose",
            [graph.Node("Where", graph.Node("Unsqueeze", there, graph.List(2)), rows, graph.Number(0))],
            OnnxAttribute.Of("perm", 1, 0, 2)
        );
        string lengths = graph.Node("Add", graph.Node("Mul", x.Steps.Lengths, graph.Whole(0)), length);
        return new OnnxSignal(padded, x.Width, new OnnxSteps(graph, padded, lengths, step.Length));
    }

    /// <summary>From [T,B,F] to [B,T,F].</summary>
    private string ByText(string rows) => graph.Node("Transpose", [rows], OnnxAttribute.Of("perm", 1, 0, 2));

    private string SumOverTime(string rows) =>
        graph.Node("ReduceSum", [rows, graph.List(0)], OnnxAttribute.Of("keepdims", 0));

    /// <summary>Rows over time, or one number each, the least possible behind the texts' ends.</summary>
    private string Masked(string rows, OnnxSteps steps) =>
        steps.IsUniform ? rows : graph.Node("Where", steps.Mask, rows, graph.Number(Lowest));

    private string Prefix => FormattableString.Invariant($"layer{_layer}");

    private string Tensor(string part, ExportTensor tensor) => graph.Tensor($"{Prefix}.{part}", tensor);
}
