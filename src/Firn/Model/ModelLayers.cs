using Firn.Kernels;

namespace Firn.Model;

/// <summary>The layers of a model over its weights: what a training workspace or a predictor packs for itself.</summary>
internal sealed class ModelLayers
{
    public const string EmbeddingRows = "embedding.rows";

    private readonly EmbeddingTable? embedding;

    private ModelLayers(ClassifierOptions options, EmbeddingTable? embedding, int width, WeightSource weights)
    {
        this.embedding = embedding;
        Levels = new SequenceLayer[options.Levels][];
        for (int level = 0; level < Levels.Length; level++)
        {
            Levels[level] = SequenceLayers.Create(options, level, width, weights);
            width = Levels[level].Sum(layer => layer.Size);
        }
        Pooling = options.Pooling switch
        {
            Model.Pooling.Mean => new MeanPooling(),
            Model.Pooling.Max => new MaxPooling(width),
            Model.Pooling.Attention => AttentionPooling.Create(width, weights),
            _ => new LastStatePooling(),
        };
        RectifiesFeatures = options.Encoder == Encoder.Mean;
        Dense = DenseLayer.Create(width, options.OutputSize, weights);
    }

    /// <summary>The layers of a model.</summary>
    public ModelLayers(TextClassifier model) : this(model.Options, model.Embedding, model.Embedding.Dimension, WeightSource.Of(model))
    {
    }

    public EmbeddingTable Embedding => embedding ?? throw new InvalidOperationException("These layers are shapes alone.");

    /// <summary>The layers over time, level by level; those of a level stand side by side.</summary>
    public SequenceLayer[][] Levels { get; }

    /// <summary>The layers that read the embedding.</summary>
    public SequenceLayer[] OnEmbedding => Levels[0];

    public IPoolingLayer Pooling { get; }

    /// <summary>Whether a ReLU stands behind the pooling: the map of a mean of words is linear without.</summary>
    public bool RectifiesFeatures { get; }

    public DenseLayer Dense { get; }

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
        Pooling.Pack();
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
}
