using Firn.Layers;

namespace Firn.Model;

/// <summary>
/// The layers of a model over its weights: what a training workspace or a predictor packs for itself.
/// </summary>
internal sealed class ModelLayers
{
    public const string EmbeddingRows = "embedding.rows",
        Output = "dense";
    private const ulong OutputStream = 4;

    private readonly EmbeddingTable? _embedding;
    private readonly LayerNode[] _nodes;

    private ModelLayers(
        ClassifierOptions options,
        EmbeddingTable? embedding,
        int width,
        WeightSource weights,
        bool trains,
        bool knowsWidth = true
    )
    {
        _embedding = embedding;
        PaddedInput? padding = ShortModel.PaddingOf(options);
        LayerList list = ShortModel.LayersOf(options);
        var builder = new ModelBuilder(weights, padding, trains, knowsWidth);
        PadUse use = padding is { Masked: true } ? ModelBuilder.UseOf(list, 0) : PadUse.Sees;
        if (use == PadUse.Mixed)
            throw new ArgumentException(
                "Some branches on the embedding know the mask of the pads and others do not, which Firn cannot do at "
                    + "once.",
                nameof(options)
            );
        LayerNode top = builder.Build(list, builder.Begin(width, skipsPads: use == PadUse.Skips));
        if (top.Shape.OverTime)
            throw new ArgumentException(
                "The list of layers ends in a sequence; end it in features: a pooling, last_state or flatten.",
                nameof(options)
            );
        builder.Add(DenseNode.Create(Output, OutputStream, top, new Dense(options.OutputSize), weights));
        _nodes = [.. builder.Nodes];
        EmbeddingDropout = 1 - (1 - options.EmbeddingDropout) * (1 - builder.EmbeddingDropout);
        OnEmbedding = [.. Nodes.OfType<SequenceNode>().Where(node => node.OnEmbedding).SelectMany(node => node.Layers)];
        for (int i = 0; i < OnEmbedding.Length; i++)
            OnEmbedding[i].Reader = i;
        foreach (SequenceNode node in Nodes.OfType<SequenceNode>())
            node.ReadBy([.. Nodes.Where(reader => reader.Inputs.Contains(node))]);
        if (padding is not null)
            Padding = new TextPadding(padding, use == PadUse.Skips);
    }

    /// <summary>The layers of a model.</summary>
    /// <param name="model">Its weights are shared.</param>
    /// <param name="trains">Whether layers that do something in training only are there.</param>
    public ModelLayers(TextClassifier model, bool trains)
        : this(model.Options, model.Embedding, model.Embedding.Dimension, WeightSource.Of(model.Parameters), trains) { }

    public EmbeddingTable Embedding =>
        _embedding ?? throw new InvalidOperationException("These layers are shapes alone.");

    /// <summary>All layers, each behind those that it reads; the first is the embedding, the last the output.</summary>
    public IReadOnlyList<LayerNode> Nodes => _nodes;

    /// <summary>The layers that read the embedding, by their <see cref="SequenceLayer.Reader"/>.</summary>
    public SequenceLayer[] OnEmbedding { get; }

    /// <summary>Share of the embedded words' values that training drops.</summary>
    public double EmbeddingDropout { get; }

    /// <summary>How texts are padded, cut or freed of pads; null for not.</summary>
    public TextPadding? Padding { get; }

    /// <summary>
    /// Whether what stands behind pads in front follows from their number alone, so that scoring may begin each text
    /// from the states that they lead to: every layer over time goes forward step by step, and only last states are
    /// read.
    /// </summary>
    public bool PadsLeadToStates =>
        Padding is { Fills: true, Rule.Side: PaddingSide.Pre, Rule.Length: > 0 }
        && Nodes.All(node =>
            node.Shape.OverTime
                ? node.IsCausal
                : node.Inputs.All(input => !input.Shape.OverTime) || node.ReadsLastOutputs
        );

    /// <summary>The weights of a new model, the embedding's rows first.</summary>
    public static Parameter[] CreateWeights(
        ClassifierOptions options,
        EmbeddingTable embedding,
        Kernels.CounterRandom random
    )
    {
        var rows = new Parameter(
            EmbeddingRows,
            [embedding.RowCount, embedding.Dimension],
            ParameterGroup.Embedding,
            embedding.InPlace,
            embedding.Rows
        );
        var source = WeightSource.Fresh(rows, random);
        _ = new ModelLayers(options, embedding, embedding.Dimension, source, trains: false);
        return [.. source.Parameters];
    }

    /// <summary>Refuses layers that cannot stand as they do, whatever the width of the embedding is.</summary>
    /// <exception cref="ArgumentException">The message names the layer.</exception>
    public static void Check(ClassifierOptions options) =>
        _ = new ModelLayers(options, null, 1, WeightSource.Shapes(), trains: true, knowsWidth: false);

    /// <summary>The layers of a model that is not there, to count its memory with.</summary>
    /// <param name="options">Its shape.</param>
    /// <param name="width">E.</param>
    /// <param name="trains">Whether layers that do something in training only are there.</param>
    /// <param name="weights">Shapes of its weights but the embedding's.</param>
    public static ModelLayers OfShape(
        ClassifierOptions options,
        int width,
        bool trains,
        out IReadOnlyList<Parameter> weights
    )
    {
        var source = WeightSource.Shapes();
        var layers = new ModelLayers(options, null, width, source, trains);
        weights = source.Parameters;
        return layers;
    }

    /// <summary>
    /// Packs what the forward pass reads behind the projected inputs; needed again after weights change.
    /// </summary>
    public void PackForward()
    {
        foreach (LayerNode node in _nodes)
            node.PackForward();
    }

    /// <summary>Packs what the backward pass reads, of the nodes that it reaches.</summary>
    public void PackBackward()
    {
        foreach (LayerNode node in _nodes)
        {
            if (node.Needs != BackwardNeeds.None)
                node.PackBackward();
        }
    }

    /// <summary>Scratch memory of one worker.</summary>
    public ShardWorkspace CreateWorkspace() => new(_nodes);

    /// <summary>From ids to logits, in the memory of a worker whose layout is built.</summary>
    public void Forward(ShardWorkspace work, in LayerPass pass)
    {
        foreach (LayerNode node in _nodes)
            node.Forward(work, pass);
    }
}
