namespace Firn.Interop.Onnx;

/// <summary>
/// How many steps each text of a sequence [T,B,F] has, and the masks that follow. Where all have as many there is
/// nothing to mask.
/// </summary>
/// <param name="graph">Gets the masks.</param>
/// <param name="value">A tensor of the sequence, [T,B,...].</param>
/// <param name="lengths">[B] int64; empty where no layer may ask for it.</param>
/// <param name="count">Steps of every text; 0 where they differ, below 0 where they are equal and not known.</param>
internal sealed class OnnxSteps(OnnxGraph graph, string value, string lengths, int count)
{
    private string? _mask,
        _maskFloat,
        _atLeastOne,
        _hasAny;

    /// <summary>[B] int64.</summary>
    public string Lengths { get; } = lengths;

    /// <summary>Steps of every text; 0 or below where that is not known.</summary>
    public int Count { get; } = count;

    /// <summary>Whether all texts have as many steps.</summary>
    public bool IsUniform => Count != 0;

    /// <summary>[T,B,1] bool: whether a step is there.</summary>
    public string Mask =>
        _mask ??= graph.Node(
            "Unsqueeze",
            graph.Node(
                "Less",
                graph.Node("Unsqueeze", Places(), graph.List(1)),
                graph.Node("Unsqueeze", Lengths, graph.List(0))
            ),
            graph.List(2)
        );

    /// <summary>[T,B,1] float, 1 or 0.</summary>
    public string MaskAsFloat =>
        _maskFloat ??= graph.Node("Cast", [Mask], OnnxAttribute.Of("to", (long)OnnxGraph.Kind.Single));

    /// <summary>[B] int64, 1 for a text without steps: recurrent operators refuse lengths of 0.</summary>
    public string AtLeastOne => _atLeastOne ??= graph.Node("Max", Lengths, graph.Whole(1));

    /// <summary>[B,1] bool.</summary>
    public string HasAny =>
        _hasAny ??= graph.Node("Unsqueeze", graph.Node("Greater", Lengths, graph.Whole(0)), graph.List(1));

    private string Places() =>
        graph.Node(
            "Range",
            graph.Whole(0),
            graph.Node("Gather", graph.Node("Shape", value), graph.Whole(0)),
            graph.Whole(1)
        );
}
