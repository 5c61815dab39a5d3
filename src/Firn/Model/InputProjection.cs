using Firn.Layers;
using Firn.Text;

namespace Firn.Model;

/// <summary>
/// From token ids to the sums x * kernel + bias of the layers on the embedding, and the gradients on the way back. Two ways give the same
/// result: token by token, or once a distinct word where a word's dropout does not depend on its place.
/// </summary>
internal abstract class InputProjection
{
    /// <summary>Gradient of the embedding's rows after <see cref="End"/>; null unless the embedding trains.</summary>
    public abstract SparseRows? EmbeddingGradient { get; }

    /// <summary>The way that fits the options; token by token always when <paramref name="eachToken"/>.</summary>
    public static InputProjection Create(ModelLayers layers, ClassifierOptions options, IReadOnlySet<ParameterGroup> trainable, int threads,
        MovableRows? movable, bool eachToken)
    {
        // Padded texts have one word most of the time, the zero row, which costs a token by itself nothing.
        bool sameEverywhere = options.PaddedLength == 0 && options.InputDropout == 0 && (options.EmbeddingDropout == 0 || options.TiedEmbeddingDropout);
        return sameEverywhere && !eachToken
            ? new WordProjection(layers, trainable, threads, movable)
            : new TokenProjection(layers, options, trainable, threads, movable);
    }

    /// <summary>Before the shards of a batch.</summary>
    public abstract void Begin(RaggedIds texts, BatchPlan plan, StepDropout dropout);

    /// <summary>Sets tape.Sums of a shard.</summary>
    public abstract void Forward(int shard, ShardWorkspace work, SequenceLayer layer);

    /// <summary>Takes the gradient of the sums out of tape.Sums, after the layer's backward pass and weight gradients.</summary>
    public abstract void Backward(int shard, ShardWorkspace work, SequenceLayer layer, GradientBuffer destination);

    /// <summary>After the shards of a batch, before their gradients are added up.</summary>
    public abstract void End(GradientBuffer[] shardGradients);
}
