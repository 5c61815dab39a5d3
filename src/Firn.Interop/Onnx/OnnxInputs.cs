using Firn.Interop.Export;
using Firn.Layers;
using Firn.Text;

namespace Firn.Interop.Onnx;

/// <summary>
/// What every part of a graph reads of the two inputs. Texts are followed by one more step, so that there is one even
/// where no text has a word; T below counts it. Ids behind a text's end are 0 whatever stood there.
/// </summary>
/// <remarks>
/// A bare graph takes texts of one length alone, [time,batch], and has none of this: the least that a runtime can be
/// asked to do, for comparisons with it.
/// </remarks>
internal sealed class OnnxInputs
{
    /// <summary>The input of ids.</summary>
    public const string IdsName = "ids";

    /// <summary>The input of lengths.</summary>
    public const string LengthsName = "lengths";

    private readonly OnnxGraph _graph;

    private OnnxInputs(OnnxGraph graph)
    {
        _graph = graph;
        Lengths = IdsOfText = MaskOfText = HasWords = Ids = ReadLengths = "";
    }

    /// <summary>[B] int64.</summary>
    public string Lengths { get; private init; }

    /// <summary>[B,T] int64.</summary>
    public string IdsOfText { get; private init; }

    /// <summary>[B,T] bool: whether a word stands there.</summary>
    public string MaskOfText { get; private init; }

    /// <summary>[B,1] bool: whether a text has a word.</summary>
    public string HasWords { get; private init; }

    /// <summary>Ids as the layers read them, cut and padded, [T,B] int64.</summary>
    public string Ids { get; private set; }

    /// <summary>How many the layers read of each text, [B] int64.</summary>
    public string ReadLengths { get; private set; }

    /// <summary>Ids that the layers read of every text; 0 where texts differ, below 0 where it is not known.</summary>
    public int Count { get; private set; }

    /// <summary>Inputs of texts of one length.</summary>
    public static OnnxInputs Bare(OnnxGraph graph) =>
        new(graph) { Ids = graph.Input(IdsName, OnnxGraph.Kind.Long, "time", "batch"), Count = -1 };

    /// <summary>Inputs of texts of any length.</summary>
    /// <param name="graph">Gets them.</param>
    /// <param name="padding">How the model's texts are padded; null for not.</param>
    /// <param name="fills">Whether pads are tokens; otherwise texts are cut alone.</param>
    public static OnnxInputs Of(OnnxGraph graph, PaddedInput? padding, bool fills)
    {
        string ids = graph.Input(IdsName, OnnxGraph.Kind.Long, "batch", "time"),
            lengths = graph.Input(LengthsName, OnnxGraph.Kind.Long, "batch");
        string longer = graph.Node("Pad", ids, graph.List(0, 0, 0, 1), graph.Whole(0));
        string places = graph.Node(
            "Range",
            graph.Whole(0),
            graph.Node("Gather", graph.Node("Shape", longer), graph.Whole(1)),
            graph.Whole(1)
        );
        string mask = graph.Node(
            "Less",
            graph.Node("Unsqueeze", places, graph.List(0)),
            graph.Node("Unsqueeze", lengths, graph.List(1))
        );
        string ofText = graph.Node("Where", mask, longer, graph.Whole(0));
        var inputs = new OnnxInputs(graph)
        {
            Lengths = lengths,
            IdsOfText = ofText,
            MaskOfText = mask,
            ReadLengths = lengths,
            HasWords = graph.Node("Unsqueeze", graph.Node("Greater", lengths, graph.Whole(0)), graph.List(1)),
        };
        if (padding is { Length: > 0 })
            inputs.Pad(padding, fills, places);
        else
            inputs.Ids = graph.Node("Transpose", ofText);
        return inputs;
    }

    /// <summary>
    /// Cuts texts, and fills them where pads are tokens: each place of what is read looks up its place in the text.
    /// </summary>
    private void Pad(PaddedInput padding, bool fills, string placesOfText)
    {
        if (padding.Truncating is not (Truncation.Tail or Truncation.Head))
            throw new ExportException($"ONNX: texts cut by {padding.Truncating} are not written; cut by Tail or Head.");
        string length = _graph.Whole(padding.Length),
            kept = _graph.Node("Min", Lengths, length);
        string start =
            padding.Truncating == Truncation.Tail
                ? _graph.Node("Sub", Lengths, kept)
                : _graph.Node("Mul", Lengths, _graph.Whole(0));
        string places = placesOfText;
        if (fills)
        {
            places = _graph.Node("Range", _graph.Whole(0), length, _graph.Whole(1));
            if (padding.Side == PaddingSide.Pre)
                start = _graph.Node("Sub", start, _graph.Node("Sub", length, kept));
        }
        string from = _graph.Node(
            "Add",
            _graph.Node("Unsqueeze", places, _graph.List(0)),
            _graph.Node("Unsqueeze", start, _graph.List(1))
        );
        // In front of what is kept, and behind it.
        string first = padding.Truncating == Truncation.Tail ? _graph.Node("Sub", Lengths, kept) : _graph.Whole(0);
        string firstRow =
            padding.Truncating == Truncation.Tail ? _graph.Node("Unsqueeze", first, _graph.List(1)) : first;
        string end = _graph.Node("Unsqueeze", padding.Truncating == Truncation.Tail ? Lengths : kept, _graph.List(1));
        string there = _graph.Node(
            "And",
            _graph.Node("GreaterOrEqual", from, firstRow),
            _graph.Node("Less", from, end)
        );
        string looked = _graph.Node(
            "GatherElements",
            [IdsOfText, _graph.Node("Where", there, from, _graph.Whole(0))],
            OnnxAttribute.Of("axis", 1)
        );
        Ids = _graph.Node("Transpose", _graph.Node("Where", there, looked, _graph.Whole(0)));
        ReadLengths = fills ? _graph.Node("Add", _graph.Node("Mul", Lengths, _graph.Whole(0)), length) : kept;
        Count = fills ? padding.Length : 0;
    }
}
