using System.Numerics;

namespace Firn.Layers;

/// <summary>What the weights of a layer are called.</summary>
/// <param name="Own">Of the layer, or of its first direction.</param>
/// <param name="Backward">Of its second direction.</param>
internal readonly record struct LayerNames(string Own, string Backward);

/// <summary>What stands where a masked text has pads that layers skipped, should a layer want to see them.</summary>
/// <param name="Side">Where they stand.</param>
/// <param name="Holds">Whether they repeat the last output; else they are zero.</param>
internal readonly record struct SkippedPads(PaddingSide Side, bool Holds);

/// <summary>How layers treat the pads of a masked text.</summary>
internal enum PadUse
{
    /// <summary>Each step by itself: they neither skip nor see any.</summary>
    None,

    /// <summary>They skip them.</summary>
    Skips,

    /// <summary>They know no mask.</summary>
    Sees,

    /// <summary>Some branches this and some that.</summary>
    Mixed,
}

/// <summary>
/// From a list of layers to nodes, each behind those that it reads; gives names, random streams and places for errors.
/// </summary>
/// <param name="weights">Where weights come from.</param>
/// <param name="padding">How texts are padded; null for not.</param>
/// <param name="trains">Whether dropout layers are wanted.</param>
/// <param name="knowsWidth">Whether the width of the embedding is the model's; else no widths are compared.</param>
internal sealed class ModelBuilder(WeightSource weights, PaddedInput? padding, bool trains, bool knowsWidth = true)
{
    private const ulong FirstDense = 8,
        LastDense = 56,
        FirstOwnStream = 1UL << 32;

    private readonly List<LayerNode> _nodes = [];
    private readonly Dictionary<string, int> _kinds = [];
    private readonly HashSet<string> _names = ["dense", "embedding"];
    private readonly List<string> _place = [];
    private LayerNode? _rows; // the embedding as a signal of its own
    private int _levels,
        _dense;
    private ulong _featureDropouts,
        _ownDropouts,
        _streams;
    private double _inputDropout; // of the next layer over time

    public WeightSource Weights { get; } = weights;

    public PaddedInput? Padding { get; } = padding;

    public bool Trains { get; } = trains;

    public bool KnowsWidth { get; } = knowsWidth;

    public IReadOnlyList<LayerNode> Nodes => _nodes;

    /// <summary>Share of the embedded words' values that dropout layers directly behind the embedding drop.</summary>
    public double EmbeddingDropout { get; private set; }

    /// <summary>Appends a node.</summary>
    public T Add<T>(T node)
        where T : LayerNode
    {
        node.Index = _nodes.Count;
        _nodes.Add(node);
        node.Skipped ??=
            node.Shape.OverTime && node.Inputs.Length > 0 && node is not PadNode ? node.Inputs[0].Skipped : null;
        return node;
    }

    /// <summary>The nodes of a list one behind the other.</summary>
    public LayerNode Build(LayerList list, LayerNode input)
    {
        for (int i = 0; i < list.Count; i++)
        {
            Layer layer = list[i];
            _place.Add($"layer {i + 1} ({layer.Kind}{(layer.Name is null ? "" : $" '{layer.Name}'")})");
            if (
                input is not EmbeddingNode
                && input.Skipped is { } skipped
                && UseOf(list, i) is var use and (PadUse.Sees or PadUse.Mixed)
            )
            {
                if (use == PadUse.Mixed)
                    throw Problem(
                        "some branches know the mask of the pads and others do not, which Firn cannot do at once"
                    );
                input = Add(new PadNode(input, Padding!.Length, skipped));
            }
            if (layer is SpatialDropout spatial && i + 1 < list.Count && TakesInputDropout(list[i + 1], input))
            {
                Check(spatial.Rate, 0, Layer.HighestRate, "rate");
                _inputDropout = spatial.Rate;
                _place.RemoveAt(_place.Count - 1);
                continue;
            }
            input = layer.Build(this, input);
            if (layer is Recurrent { Bidirectional: true, Merge: not Join.Concatenate } both)
            {
                // Last states are taken of each direction, then merged.
                if (i + 1 < list.Count && list[i + 1] is LastState last)
                {
                    input = last.Build(this, input);
                    i++;
                }
                input = Add(new MergeNode(input, both.Merge));
            }
            _place.RemoveAt(_place.Count - 1);
        }
        return input;
    }

    /// <summary>One of several lists side by side.</summary>
    public LayerNode BuildBranch(LayerList list, LayerNode input, int number)
    {
        _place.Add($"branch {number}");
        LayerNode output = Build(list, input);
        _place.RemoveAt(_place.Count - 1);
        return output;
    }

    /// <summary>The embedding at the beginning; pads are tokens, or skipped.</summary>
    public EmbeddingNode Begin(int width, bool skipsPads)
    {
        int length = Padding?.Length ?? 0;
        return Add(
            new EmbeddingNode(new SignalShape(width, true, skipsPads ? 0 : length))
            {
                Skipped = skipsPads && length > 0 ? new(Padding!.Side, false) : null,
            }
        );
    }

    /// <summary>Drops values of embedded words, before all layers.</summary>
    public void DropEmbedding(double rate) => EmbeddingDropout = 1 - (1 - EmbeddingDropout) * (1 - rate);

    /// <summary>Whether a node is the embedding that all layers read.</summary>
    public bool IsWholeInput(LayerNode node) => node is EmbeddingNode && _nodes.Count == 1 && _place.Count == 1;

    /// <summary>A signal over time.</summary>
    public LayerNode Sequence(LayerNode input) =>
        input.Shape.OverTime
            ? input
            : throw Problem("it reads a sequence and stands on features; put it before the pooling");

    /// <summary>A signal whose rows lie in memory: of the embedding, its rows gathered.</summary>
    public LayerNode Rows(LayerNode input)
    {
        if (input is not EmbeddingNode)
            return input;
        int width = input.Shape.Width;
        return _rows ??= Add(
            new SequenceNode(
                "embedding",
                input,
                [new LinearLayer(InputMap.Identity(width), new LayerPlace(0, 0, false))],
                input.Shape
            )
            {
                Title = "word vectors",
            }
        );
    }

    /// <summary>The names of a layer's weights.</summary>
    public LayerNames NamesOf(Layer layer, string kind)
    {
        string name = layer.Name ?? "",
            backward = name + "_backward";
        if (layer.Name is null)
        {
            int number = _kinds[kind] = _kinds.GetValueOrDefault(kind) + 1;
            string suffix = number == 1 ? "" : FormattableString.Invariant($"_{number}");
            (name, backward) = (kind + suffix, kind + "_backward" + suffix);
        }
        CheckName(name);
        if (layer is Recurrent { Bidirectional: true } && !_names.Add(backward))
            throw Problem($"the name '{backward}' of its second direction is taken; give each layer another");
        return new LayerNames(name, backward);
    }

    /// <summary>The name of a dense layer's weights, and their stream where they stand on features.</summary>
    public string DenseNameOf(Dense layer, out ulong stream)
    {
        if (layer.Name is null)
            _dense++;
        ulong usual = FirstDense + (ulong)_dense - 1;
        stream = layer.Name is null && usual < LastDense ? usual : NextStream();
        string name = layer.Name ?? FormattableString.Invariant($"dense_{_dense}");
        CheckName(name);
        return name;
    }

    /// <summary>The number of the next layer over time with a map.</summary>
    public int NextLevel() => _levels++;

    /// <summary>A stream for starting values that no other layer has.</summary>
    public ulong NextStream() => FirstOwnStream + _streams++;

    /// <summary>A stream for the masks of a dropout layer.</summary>
    public ulong NextDropout(bool features) =>
        features && _featureDropouts < StepDropout.FeatureStreams
            ? StepDropout.FirstFeatures + _featureDropouts++
            : StepDropout.FirstOwn + _ownDropouts++;

    /// <summary>The dropout that a <see cref="SpatialDropout"/> before a layer over time leaves to it.</summary>
    public double TakeInputDropout()
    {
        double rate = _inputDropout;
        _inputDropout = 0;
        return rate;
    }

    /// <summary>Refuses a number outside its bounds, naming the layer.</summary>
    public void Check<T>(T value, T low, T high, string what)
        where T : INumber<T>
    {
        if (!(value >= low && value <= high))
            throw Problem(FormattableString.Invariant($"{what} is {value}; it must lie between {low} and {high}"));
    }

    /// <summary>Refuses an enumeration's value that has no name.</summary>
    public void CheckNamed<T>(T value, string what)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
            throw Problem($"{what} is {value}; it must be one of {string.Join(", ", Enum.GetNames<T>())}");
    }

    /// <summary>An error that names the layer at hand.</summary>
    public ArgumentException Problem(string problem) => new($"{Capital(string.Join(", ", _place))}: {problem}.");

    /// <summary>How the layers from a place on treat the pads of a masked text.</summary>
    public static PadUse UseOf(LayerList list, int from)
    {
        for (int i = from; i < list.Count; i++)
        {
            PadUse use = list[i] switch
            {
                Branches branches => Together([.. branches.Lists.Select(branch => UseOf(branch, 0))]),
                Residual residual => UseOf(residual.List, 0),
                Layer layer => layer.Pads,
            };
            if (use != PadUse.None)
                return use;
        }
        return PadUse.None;
    }

    private static PadUse Together(PadUse[] uses) => uses.Distinct().Count() > 1 ? PadUse.Mixed : uses.FirstOrDefault();

    private static bool TakesInputDropout(Layer layer, LayerNode input) =>
        input.Shape.OverTime && layer is Recurrent { Bidirectional: false, InputDropout: 0 } or Convolution or Dense;

    /// <summary>Takes a name, which no other layer may have.</summary>
    private void CheckName(string name)
    {
        if (name.Length is 0 or > 100 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            throw Problem($"the name '{Throw.Shown(name)}' must have 1 to 100 letters, digits, _ or -");
        if (!_names.Add(name))
            throw Problem($"the name '{name}' is taken; give each layer another");
    }

    private static string Capital(string text) =>
        text.Length == 0 ? "The model" : char.ToUpperInvariant(text[0]) + text[1..];
}
