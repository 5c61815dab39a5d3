namespace Firn.Interop.Keras.Layers;

/// <summary>The settings of a layer that matter when a model answers; what only training uses is left out.</summary>
public abstract record KerasLayer;

/// <summary>Where the model's input comes in.</summary>
/// <param name="Shape">Its extent without the batch; null for an axis of any length.</param>
/// <param name="DType">What its elements are, as Keras names it (<c>float32</c>, <c>string</c>).</param>
public sealed record InputLayer(IReadOnlyList<int?> Shape, string DType) : KerasLayer;

/// <summary>A table of vectors, a row an id.</summary>
/// <param name="InputDim">Rows.</param>
/// <param name="OutputDim">Numbers in a row.</param>
/// <param name="MaskZero">Whether id 0 is padding, which later layers leave out.</param>
public sealed record EmbeddingLayer(int InputDim, int OutputDim, bool MaskZero) : KerasLayer;

/// <summary>A linear map with an activation, along the last axis.</summary>
/// <param name="Units">Outputs.</param>
/// <param name="Activation">What is applied to them.</param>
/// <param name="UseBias">Whether it has a bias.</param>
public sealed record DenseLayer(int Units, KerasActivation Activation, bool UseBias) : KerasLayer;

/// <summary>
/// A function alone, of <c>Activation</c>, <c>ReLU</c>, <c>LeakyReLU</c>, <c>ELU</c> and <c>Softmax</c>.
/// </summary>
/// <param name="Activation">The function.</param>
public sealed record ActivationLayer(KerasActivation Activation) : KerasLayer;

/// <summary>
/// A layer that does nothing when a model answers: dropout of every kind, noise, penalties. It passes a mask on.
/// </summary>
public sealed record TrainingOnlyLayer : KerasLayer
{
    /// <summary>
    /// The share of values that <c>Dropout</c> or <c>SpatialDropout1D</c> sets to zero; 0 for other kinds.
    /// </summary>
    public double Rate { get; init; }

    /// <summary>Whether whole units go, as in <c>SpatialDropout1D</c>.</summary>
    public bool Spatial { get; init; }
}

/// <summary>Passes on a mask of the steps where not every number is the mask's value; sets those to zero.</summary>
/// <param name="MaskValue">The value.</param>
public sealed record MaskingLayer(float MaskValue) : KerasLayer;

/// <summary>
/// (x - mean) / sqrt(variance + epsilon) * gamma + beta, a mean and a variance for each place of the last axis.
/// </summary>
/// <param name="Epsilon">What is added to the variance.</param>
/// <param name="Center">Whether there is a beta.</param>
/// <param name="Scale">Whether there is a gamma.</param>
public sealed record BatchNormalizationLayer(float Epsilon, bool Center, bool Scale) : KerasLayer
{
    /// <summary>Share of the moving values that stays in a step of training.</summary>
    public double Momentum { get; init; } = 0.99;
}

/// <summary>As <see cref="BatchNormalizationLayer"/>, with the mean and the variance of the last axis itself.</summary>
/// <param name="Epsilon">What is added to the variance.</param>
/// <param name="Center">Whether there is a beta.</param>
/// <param name="Scale">Whether there is a gamma.</param>
public sealed record LayerNormalizationLayer(float Epsilon, bool Center, bool Scale) : KerasLayer;

/// <summary>How several tensors become one.</summary>
public enum KerasMerge
{
    /// <summary>Side by side along an axis.</summary>
    Concatenate,

    /// <summary>Their sum.</summary>
    Add,

    /// <summary>The first less the second.</summary>
    Subtract,

    /// <summary>Their product, number by number.</summary>
    Multiply,

    /// <summary>Their mean.</summary>
    Average,

    /// <summary>The largest of each place.</summary>
    Maximum,

    /// <summary>The smallest of each place.</summary>
    Minimum,
}

/// <summary>Several tensors become one.</summary>
/// <param name="Merge">How.</param>
/// <param name="Axis">The axis of a concatenation, the batch counted as 0; -1 for the last.</param>
public sealed record MergeLayer(KerasMerge Merge, int Axis) : KerasLayer;

/// <summary>All axes but the batch become one.</summary>
public sealed record FlattenLayer : KerasLayer;

/// <summary>The same numbers in another shape.</summary>
/// <param name="TargetShape">The shape without the batch; -1 for the axis that is worked out.</param>
public sealed record ReshapeLayer(IReadOnlyList<int> TargetShape) : KerasLayer;

/// <summary>The axes in another order.</summary>
/// <param name="Dims">The axis that comes at each place; 1 is the first behind the batch.</param>
public sealed record PermuteLayer(IReadOnlyList<int> Dims) : KerasLayer;

/// <summary>One vector repeated as the steps of a sequence.</summary>
/// <param name="Count">How often.</param>
public sealed record RepeatVectorLayer(int Count) : KerasLayer;

/// <summary>A layer applied to each step of a sequence.</summary>
/// <param name="Inner">The layer.</param>
public sealed record TimeDistributedLayer(KerasLayer Inner) : KerasLayer;

/// <summary>Texts become ids; see <see cref="Preprocessing.KerasTextVectorization"/>.</summary>
/// <param name="Vectorization">The rules, and the vocabulary where the file holds it.</param>
public sealed record TextVectorizationLayer(Preprocessing.KerasTextVectorization Vectorization) : KerasLayer;
