namespace Firn.Model;

/// <summary>The layers of a model over its weights: what a training workspace or a predictor packs for itself.</summary>
internal sealed class ModelLayers
{
    public ModelLayers(TextClassifier model)
    {
        ClassifierOptions options = model.Options;
        Embedding = model.Embedding;
        Lstm = options.Bidirectional
            ? [new LstmLayer(model, ModelParameters.ForwardPrefix, 0), new LstmLayer(model, ModelParameters.BackwardPrefix, 1)]
            : [new LstmLayer(model, ModelParameters.ForwardPrefix, 0)];
        Pooling = options.Pooling switch
        {
            Model.Pooling.Mean => new MeanPooling(options.HiddenSize),
            Model.Pooling.Max => new MaxPooling(options.HiddenSize),
            Model.Pooling.Attention => new AttentionPooling(model),
            _ => new LastStatePooling(options.HiddenSize),
        };
        Dense = new DenseLayer(model);
    }

    public EmbeddingTable Embedding { get; }

    /// <summary>One a direction.</summary>
    public LstmLayer[] Lstm { get; }

    public IPoolingLayer Pooling { get; }

    public DenseLayer Dense { get; }

    /// <summary>Packs what the forward pass reads behind the projected inputs; needed again after weights change.</summary>
    public void PackForward()
    {
        foreach (LstmLayer lstm in Lstm)
            lstm.PackRecurrent();
        Pooling.Pack();
    }
}
