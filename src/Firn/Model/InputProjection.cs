using Firn.Layers;
using Firn.Text;

namespace Firn.Model;

/// <summary>
/// From token ids to the sums x * kernel + bias of the layers on the embedding, and the gradients on the way back. Two
/// ways give the same result: token by token, or once a distinct word where a word's dropout does not depend on its
/// place.
/// </summary>
internal abstract class InputProjection : EmbeddingSource
{
    /// <summary>
    /// Gradient of the embedding's rows after <see cref="End(GradientBuffer[])"/>; null unless the embedding trains.
    /// </summary>
    public abstract SparseRows? EmbeddingGradient { get; }

    /// <summary>The way that fits the layers; token by token always when <paramref name="eachToken"/>.</summary>
    public static InputProjection Create(
        ModelLayers layers,
        ClassifierOptions options,
        IReadOnlySet<ParameterGroup> trainable,
        int threads,
        MovableRows? movable,
        bool eachToken
    )
    {
        return SharesWords(layers, options) && !eachToken
            ? new WordProjection(layers, trainable, threads, movable)
            : new TokenProjection(layers, trainable, threads, movable);
    }

    /// <summary>
    /// Whether equal words of a batch share a projection. Padded texts have one word most of the time, the zero row,
    /// which costs a token by itself nothing.
    /// </summary>
    public static bool SharesWords(ModelLayers layers, ClassifierOptions options) =>
        layers.Padding is not { Fills: true }
        && layers.OnEmbedding.All(layer => layer.InputDropout == 0)
        && (layers.EmbeddingDropout == 0 || options.TiedEmbeddingDropout);

    /// <summary>Before the shards of a batch.</summary>
    public abstract void Begin(RaggedIds texts, BatchPlan plan, StepDropout dropout);

    public sealed override unsafe void Forward(
        ShardWorkspace work,
        SequenceLayer layer,
        SequenceTape tape,
        in LayerPass pass
    )
    {
        tape.Reserve(work.Layout, layer);
        tape.DrawMasks(pass.Dropout, layer, pass.Positions);
        Project(pass.Shard, work, layer, tape);
        layer.Forward(work.Layout, tape);
    }

    public sealed override void Backward(
        ShardWorkspace work,
        SequenceLayer layer,
        SequenceTape tape,
        in LayerPass pass
    ) => Backward(pass.Shard, work, layer, tape, pass.Gradients!);

    /// <summary>After the shards of a batch, before their gradients are added up.</summary>
    public abstract void End(GradientBuffer[] shardGradients);

    /// <summary>Sets tape.Sums of a shard.</summary>
    protected abstract void Project(int shard, ShardWorkspace work, SequenceLayer layer, SequenceTape tape);

    /// <summary>
    /// Takes the gradient of the sums out of tape.Sums, after the layer's backward pass and weight gradients.
    /// </summary>
    protected abstract void Backward(
        int shard,
        ShardWorkspace work,
        SequenceLayer layer,
        SequenceTape tape,
        GradientBuffer destination
    );

    /// <summary>Whether the kernel of a layer's map gets a gradient.</summary>
    protected static bool Trains(SequenceLayer layer, GradientBuffer destination) =>
        !layer.Map.IsIdentity && destination.Has(layer.Map.Kernel);
}
