using Firn.Interop.Export;
using Firn.Layers;

namespace Firn.Interop.Onnx;

/// <summary>Recurrent layers as ONNX' own operators.</summary>
internal sealed class OnnxRecurrent(OnnxGraph graph, ModelView model)
{
    /// <summary>Writes a layer.</summary>
    /// <param name="step">The layer.</param>
    /// <param name="from">What it reads.</param>
    /// <param name="prefix">Begins the names of its arrays.</param>
    /// <param name="initial">State and, for an LSTM, cell to begin with, [1,B,H]; empty for zero.</param>
    /// <returns>The outputs in order, and those after the last step.</returns>
    public RecurrentOutputs Write(RecurrentStep step, OnnxSignal from, string prefix, IReadOnlyList<string> initial)
    {
        (string type, int[] order, Activation[] defaults, Activation[] functions) = FormOf(step);
        int h = step.Units,
            gates = order.Length,
            directions = step.Directions.Count,
            inputs = step.Directions[0].Kernel.Shape[0];
        float[] kernel = [.. step.Directions.SelectMany(d => GateRows.Of(d.Kernel, h, order))];
        float[] recurrent = [.. step.Directions.SelectMany(d => GateRows.Of(d.Recurrent, h, order))];
        float[] bias =
        [
            .. step.Directions.SelectMany(d =>
                (float[])
                    [
                        .. GateRows.Of(d.Bias, h, order),
                        .. d.RecurrentBias is null ? new float[gates * h] : GateRows.Of(d.RecurrentBias, h, order),
                    ]
            ),
        ];
        OnnxSteps steps = from.Steps!;
        string rows = from.Name;
        if (step.Layer.Reversed)
        {
            if (steps.Lengths.Length == 0)
                throw new ExportException("ONNX: a reversed layer needs texts with lengths.");
            rows = graph.Node(
                "ReverseSequence",
                [rows, steps.Lengths],
                OnnxAttribute.Of("time_axis", 0),
                OnnxAttribute.Of("batch_axis", 1)
            );
        }
        string y = graph.Fresh("outputs"),
            last = graph.Fresh("last");
        string lengths = steps.IsUniform
            ? ""
            : graph.Node("Cast", [steps.AtLeastOne], OnnxAttribute.Of("to", (long)OnnxGraph.Kind.Integer));
        string[] arrays =
        [
            rows,
            graph.Tensor(prefix + ".kernel", new ExportTensor(kernel, directions, gates * h, inputs)),
            graph.Tensor(prefix + ".recurrent", new ExportTensor(recurrent, directions, gates * h, h)),
            graph.Tensor(prefix + ".bias", new ExportTensor(bias, directions, 2 * gates * h)),
        ];
        graph.Emit(
            type,
            lengths.Length == 0 && initial.Count == 0 ? arrays : [.. arrays, lengths, .. initial],
            [y, last],
            [
                OnnxAttribute.Of("hidden_size", h),
                OnnxAttribute.Of("direction", directions == 2 ? "bidirectional" : "forward"),
                .. OnnxFunctions.Recurrent(defaults, functions, directions),
                .. step.Kind == RecurrentKind.Gru ? (OnnxAttribute[])[OnnxAttribute.Of("linear_before_reset", 1)] : [],
            ]
        );
        return new(Merged(y, step, [0, 0], 1), Merged(last, step, [0], 0));
    }

    /// <summary>
    /// Outputs and cells behind the pads of a model of one LSTM, [length + 1,H] each, by the pad's own row.
    /// </summary>
    public PadStateRows PadStates(RecurrentStep step, int length) =>
        GateRows.PadStates(step, model.Table.VectorOf(0), length);

    private static (string Type, int[] Order, Activation[] Defaults, Activation[] Functions) FormOf(
        RecurrentStep step
    ) =>
        step.Kind switch
        {
            RecurrentKind.Lstm => (
                "LSTM",
                [0, 3, 1, 2],
                [Activation.Sigmoid, Activation.Tanh, Activation.Tanh],
                [step.GateActivation, step.Activation, step.Activation]
            ),
            RecurrentKind.Simple => ("RNN", [0], [Activation.Tanh], [step.Activation]),
            _ => ("GRU", [0, 1, 2], [Activation.Sigmoid, Activation.Tanh], [step.GateActivation, step.Activation]),
        };

    /// <summary>The directions' outputs, dimension <paramref name="axis"/>, as one.</summary>
    private string Merged(string from, RecurrentStep step, long[] kept, int axis)
    {
        if (step.Directions.Count == 1)
            return graph.Node("Squeeze", from, graph.List(axis));
        switch (step.Layer.Merge)
        {
            case Join.Sum:
                return graph.Node("ReduceSum", [from, graph.List(axis)], OnnxAttribute.Of("keepdims", 0));
            case Join.Average:
                return graph.Node(
                    "ReduceMean",
                    [from],
                    OnnxAttribute.Of("axes", [axis]),
                    OnnxAttribute.Of("keepdims", 0)
                );
            case Join.Multiply:
                return graph.Node(
                    "ReduceProd",
                    [from],
                    OnnxAttribute.Of("axes", [axis]),
                    OnnxAttribute.Of("keepdims", 0)
                );
            default:
                string side = graph.Node(
                    "Transpose",
                    [from],
                    OnnxAttribute.Of("perm", axis == 0 ? (long[])[1, 0, 2] : [0, 2, 1, 3])
                );
                return graph.Node("Reshape", side, graph.List([.. kept, 2 * step.Units]));
        }
    }
}

/// <summary>What a layer gave.</summary>
/// <param name="Name">[T,B,F], or [B,F] behind a pooling.</param>
/// <param name="Width">F.</param>
/// <param name="Steps">Of a sequence; null for features.</param>
internal sealed record OnnxSignal(string Name, int Width, OnnxSteps? Steps)
{
    /// <summary>Last outputs of a recurrent layer, [B,F]; null behind others.</summary>
    public string? Last { get; init; }

    /// <summary>What a last state is for a text without words, [B,F]; null for zero.</summary>
    public string? EmptyLast { get; init; }
}
