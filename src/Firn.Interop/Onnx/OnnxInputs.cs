namespace Firn.Interop.Onnx;

/// <summary>
/// What every part of a graph reads of the two inputs. Texts are followed by one more step, so that there is one even
/// where no text has a word; T below counts it. Ids behind a text's end are 0 whatever stood there.
/// </summary>
/// <remarks>
/// A uniform graph takes texts of one length alone, [time,batch], and has none of this: the least that a runtime can be asked
/// to do, for comparisons with it.
/// </remarks>
internal sealed class OnnxInputs
{
    /// <summary>The input of ids.</summary>
    public const string IdsName = "ids";

    /// <summary>The input of lengths.</summary>
    public const string LengthsName = "lengths";

    private readonly OnnxGraph _graph;
    private string? _maskRow, _maskFloat, _atLeastOne;

    public OnnxInputs(OnnxGraph graph, bool uniform = false)
    {
        (_graph, IsUniform) = (graph, uniform);
        if (uniform)
        {
            Ids = graph.Input(IdsName, OnnxGraph.Kind.Long, "time", "batch");
            Lengths = IdsOfText = MaskOfText = HasWords = "";
            return;
        }
        string ids = graph.Input(IdsName, OnnxGraph.Kind.Long, "batch", "time");
        Lengths = graph.Input(LengthsName, OnnxGraph.Kind.Long, "batch");
        string longer = graph.Node("Pad", ids, graph.List(0, 0, 0, 1), graph.Whole(0));
        string times = graph.Node("Gather", graph.Node("Shape", longer), graph.Whole(1));
        string steps = graph.Node("Range", graph.Whole(0), times, graph.Whole(1));
        MaskOfText = graph.Node("Less", graph.Node("Unsqueeze", steps, graph.List(0)), graph.Node("Unsqueeze", Lengths, graph.List(1)));
        IdsOfText = graph.Node("Where", MaskOfText, longer, graph.Whole(0));
        Ids = graph.Node("Transpose", IdsOfText);
        HasWords = graph.Node("Unsqueeze", graph.Node("Greater", Lengths, graph.Whole(0)), graph.List(1));
    }

    /// <summary>Whether all texts have one length and nothing is masked; the masks are then not to be asked for.</summary>
    public bool IsUniform { get; }

    /// <summary>[B] int64.</summary>
    public string Lengths { get; }

    /// <summary>[B,T] int64.</summary>
    public string IdsOfText { get; }

    /// <summary>[B,T] bool: whether a word stands there.</summary>
    public string MaskOfText { get; }

    /// <summary>[T,B] int64.</summary>
    public string Ids { get; }

    /// <summary>[B,1] bool: whether a text has a word.</summary>
    public string HasWords { get; }

    /// <summary>[T,B,1] bool.</summary>
    public string Mask => _maskRow ??= _graph.Node("Unsqueeze", _graph.Node("Transpose", MaskOfText), _graph.List(2));

    /// <summary>[T,B,1] float, 1 or 0.</summary>
    public string MaskAsFloat => _maskFloat ??= _graph.Node("Cast", [Mask], OnnxAttribute.Of("to", (long)OnnxGraph.Kind.Single));

    /// <summary>[B] int64, 1 for a text without words: recurrent operators refuse lengths of 0.</summary>
    public string AtLeastOne => _atLeastOne ??= _graph.Node("Max", Lengths, _graph.Whole(1));
}
