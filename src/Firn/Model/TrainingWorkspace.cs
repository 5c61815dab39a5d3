using Firn.Text;

namespace Firn.Model;

/// <summary>What a mini-batch gave.</summary>
/// <param name="LossSum">Sum of the texts' losses, class weights applied; divide by the batch's size for the mean.</param>
/// <param name="Correct">Texts whose most probable class is their label.</param>
/// <param name="Tokens">Tokens in the batch.</param>
internal readonly record struct BatchResult(double LossSum, int Correct, long Tokens);

/// <summary>Gradient rows of the embedding: each row that a batch touched once, rising, row 0 left out.</summary>
internal sealed class SparseRows(int width)
{
    public int Width { get; } = width;

    /// <summary>How many rows are set.</summary>
    public int Count { get; internal set; }

    /// <summary>The table's rows; the first <see cref="Count"/> are set.</summary>
    public int[] Rows { get; internal set; } = [];

    /// <summary>Their gradients, [Count, E].</summary>
    public float[] Values { get; internal set; } = [];
}

/// <summary>The engine for mini-batches: loss and gradients of the groups that train; applies nothing.</summary>
internal sealed class TrainingWorkspace
{
    public TrainingWorkspace(TextClassifier model, IReadOnlySet<ParameterGroup> trainable, int threads)
    {
        Model = model;
        Trainable = trainable;
        Threads = threads;
    }

    public TextClassifier Model { get; }

    public IReadOnlySet<ParameterGroup> Trainable { get; }

    public int Threads { get; }

    /// <summary>Rows of the embedding's gradient; null unless the embedding trains.</summary>
    public SparseRows? EmbeddingGradient { get; }

    /// <summary>Mean loss's gradient by a dense parameter after the last batch; null when its group does not train.</summary>
    public float[]? GradientOf(Parameter parameter) => throw new NotSupportedException(parameter.Name);

    /// <summary>
    /// Loss and gradients of the texts <paramref name="batch"/> (indices into <paramref name="texts"/>);
    /// <paramref name="labels"/> by text index; <paramref name="classWeights"/> [Classes] or empty. Dropout masks follow
    /// from (seed, step, place in the batch) alone.
    /// </summary>
    public BatchResult ForwardBackward(RaggedIds texts, ReadOnlySpan<int> batch, ReadOnlySpan<int> labels,
        ReadOnlySpan<float> classWeights, ulong seed, long step) => throw new NotSupportedException(texts.ToString());

    /// <summary>Scales all gradients so that their joint norm is at most <paramref name="limit"/>; returns the norm before.</summary>
    public double ClipByGlobalNorm(double limit) => throw new NotSupportedException(limit.ToString());
}
