namespace Firn.Interop.Keras.Layers;

/// <summary>What stands where a window hangs over the edge of a sequence.</summary>
public enum KerasPadding
{
    /// <summary>No window hangs over.</summary>
    Valid,

    /// <summary>
    /// Zeros on both sides, so that the length stays (over the stride); the odd one stands at the end.
    /// </summary>
    Same,

    /// <summary>Zeros before the start, so that no window looks ahead.</summary>
    Causal,
}

/// <summary>A convolution along the steps of a sequence.</summary>
/// <param name="Filters">Outputs a step.</param>
/// <param name="KernelSize">Steps in a window.</param>
/// <param name="Padding">What stands over the edges.</param>
/// <param name="Activation">What is applied to the outputs.</param>
/// <param name="UseBias">Whether it has a bias.</param>
public sealed record Conv1DLayer(
    int Filters,
    int KernelSize,
    KerasPadding Padding,
    KerasActivation Activation,
    bool UseBias
) : KerasLayer
{
    /// <summary>Steps from one window to the next.</summary>
    public int Strides { get; init; } = 1;

    /// <summary>Steps from one place of a window to the next.</summary>
    public int DilationRate { get; init; } = 1;

    /// <summary>Parts into which the inputs are divided, each with filters of its own.</summary>
    public int Groups { get; init; } = 1;
}

/// <summary>What a pooling keeps of a window.</summary>
public enum KerasPooling
{
    /// <summary>The largest.</summary>
    Max,

    /// <summary>The mean.</summary>
    Average,
}

/// <summary>One step for each window of a sequence.</summary>
/// <param name="Pooling">What is kept.</param>
/// <param name="PoolSize">Steps in a window.</param>
/// <param name="Strides">Steps from one window to the next.</param>
/// <param name="Padding">What stands over the edges; what is padded counts neither as largest nor for the mean.</param>
public sealed record PoolingLayer(KerasPooling Pooling, int PoolSize, int Strides, KerasPadding Padding) : KerasLayer;

/// <summary>
/// One vector for a whole sequence. The mean leaves masked steps out; the maximum takes them with the rest, as Keras
/// does.
/// </summary>
/// <param name="Pooling">What is kept.</param>
/// <param name="KeepDims">Whether the result stays a sequence, of one step.</param>
public sealed record GlobalPoolingLayer(KerasPooling Pooling, bool KeepDims) : KerasLayer;
