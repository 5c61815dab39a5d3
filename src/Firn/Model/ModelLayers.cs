using Firn.Kernels;
using Firn.Layers;

namespace Firn.Model;

/// <summary>The layers of a model over its weights: what a training workspace or a predictor packs for itself.</summary>
internal sealed unsafe class ModelLayers
{
    public const string EmbeddingRows = "embedding.rows";

    private readonly EmbeddingTable? embedding;

    private ModelLayers(ClassifierOptions options, EmbeddingTable? embedding, int width, WeightSource weights)
    {
        this.embedding = embedding;
        Levels = new SequenceLayer[options.Levels][];
        for (int level = 0; level < Levels.Length; level++)
        {
            Levels[level] = CreateLevel(options, level, width, weights);
            width = Levels[level].Sum(layer => layer.Size);
        }
        PoolingLayer = options.Pooling switch
        {
            Pooling.Mean => new MeanPooling(),
            Pooling.Max => new MaxOverTime(width),
            Pooling.Attention => AttentionOverTime.Create(width, weights),
            _ => new LastStatePooling(),
        };
        RectifiesFeatures = options.Encoder == EncoderKind.Mean;
        Head = Layers.Head.Create(options.Dense, options.DenseActivation, width, options.OutputSize, weights);
    }

    /// <summary>The layers of a model.</summary>
    public ModelLayers(TextClassifier model) : this(model.Options, model.Embedding, model.Embedding.Dimension, WeightSource.Of(model.Parameters))
    {
    }

    public EmbeddingTable Embedding => embedding ?? throw new InvalidOperationException("These layers are shapes alone.");

    /// <summary>The layers over time, level by level; those of a level stand side by side.</summary>
    public SequenceLayer[][] Levels { get; }

    /// <summary>The layers that read the embedding.</summary>
    public SequenceLayer[] OnEmbedding => Levels[0];

    public IPoolingLayer PoolingLayer { get; }

    /// <summary>Whether a ReLU stands behind the pooling: the map of a mean of words is linear without.</summary>
    public bool RectifiesFeatures { get; }

    public Head Head { get; }

    /// <summary>The weights of a new model, the embedding's rows first.</summary>
    public static Parameter[] CreateWeights(ClassifierOptions options, EmbeddingTable embedding, CounterRandom random)
    {
        var rows = new Parameter(EmbeddingRows, [embedding.RowCount, embedding.Dimension], ParameterGroup.Embedding, embedding.Rows);
        var source = WeightSource.Fresh(rows, random);
        _ = new ModelLayers(options, embedding, embedding.Dimension, source);
        return [.. source.Parameters];
    }

    /// <summary>The layers of a model that is not there, to count its memory with.</summary>
    /// <param name="options">Its shape.</param>
    /// <param name="width">E.</param>
    /// <param name="weights">Shapes of its weights but the embedding's.</param>
    public static ModelLayers OfShape(ClassifierOptions options, int width, out IReadOnlyList<Parameter> weights)
    {
        var source = WeightSource.Shapes();
        var layers = new ModelLayers(options, null, width, source);
        weights = source.Parameters;
        return layers;
    }

    /// <summary>Packs what the forward pass reads behind the projected inputs; needed again after weights change.</summary>
    public void PackForward()
    {
        for (int level = 0; level < Levels.Length; level++)
        {
            foreach (SequenceLayer layer in Levels[level])
            {
                layer.PackForward();
                if (level > 0)
                    layer.Map.Pack();
            }
        }
        PoolingLayer.Pack();
    }

    /// <summary>Packs what the backward pass reads, likewise.</summary>
    public void PackBackward()
    {
        for (int level = 0; level < Levels.Length; level++)
        {
            foreach (SequenceLayer layer in Levels[level])
            {
                layer.PackBackward();
                if (level > 0)
                    layer.Map.PackTransposed();
            }
        }
    }

    /// <summary>Scratch memory of one worker.</summary>
    public ShardWorkspace CreateWorkspace() => new(Levels, Head);

    /// <summary>From the outputs of the layers on the embedding to logits, in the memory of a worker.</summary>
    /// <param name="work">Its layout is built and level 0 has run.</param>
    /// <param name="dropout">The step's; the default drops nothing.</param>
    /// <param name="positions">Places of the texts in the batch; not read where nothing is dropped.</param>
    public void ForwardAbove(ShardWorkspace work, in StepDropout dropout = default, ReadOnlySpan<int> positions = default)
    {
        for (int level = 1; level < Levels.Length; level++)
        {
            work.Joined[level].Begin(work.Layout, work.Tapes[level - 1]);
            foreach (SequenceLayer layer in Levels[level])
            {
                SequenceTape tape = work.TapeOf(layer);
                tape.Reserve(work.Layout, layer);
                tape.DrawMasks(dropout, layer, positions);
                work.Joined[level].Forward(work.Layout, layer, tape);
                layer.Forward(work.Layout, tape);
            }
        }
        work.ReserveFeatures();
        PoolingLayer.Forward(work);
        if (RectifiesFeatures)
        {
            var values = new Span<float>(work.Features, work.Layout.Texts * Head.Features);
            Activations.Relu(values, values);
        }
        Head.Forward(work.Layout.Texts, work.Features, work.Head, dropout, positions);
    }

    /// <summary>The layers of one level: what an encoder is made of. A new kind of layer is a line here.</summary>
    private static SequenceLayer[] CreateLevel(ClassifierOptions options, int level, int width, WeightSource weights)
    {
        SequenceLayer One(LayerPlace place) => options.Encoder switch
        {
            EncoderKind.Gru => GruLayer.Create(place, width, options.HiddenSize, weights),
            EncoderKind.Convolution => ConvolutionLayer.Create(place, width, options.Widths, options.HiddenSize, weights),
            EncoderKind.Mean => LinearLayer.Create(place, width, options.HiddenSize, weights),
            _ => LstmLayer.Create(place, width, options.HiddenSize, weights),
        };
        return [.. Enumerable.Range(0, options.LayersOfLevel).Select(i => One(new LayerPlace(level, i, options.Bidirectional && i == 1)))];
    }
}
