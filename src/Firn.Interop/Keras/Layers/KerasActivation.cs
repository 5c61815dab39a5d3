namespace Firn.Interop.Keras.Layers;

/// <summary>A function that Keras applies to each number, or to the last axis.</summary>
public enum KerasFunction
{
    /// <summary>x.</summary>
    Linear,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>1 / (1 + e^-x).</summary>
    Sigmoid,

    /// <summary>min(max(0.2 x + 0.5, 0), 1): <c>hard_sigmoid</c> before Keras 3.</summary>
    HardSigmoid,

    /// <summary>min(max(x / 6 + 0.5, 0), 1): <c>hard_sigmoid</c> of Keras 3.</summary>
    HardSigmoidOfSixths,

    /// <summary>e^x over the sum of e^x along the last axis.</summary>
    Softmax,

    /// <summary>ln(1 + e^x).</summary>
    Softplus,

    /// <summary>x / (1 + |x|).</summary>
    Softsign,

    /// <summary>x above 0, <see cref="KerasActivation.Slope"/> (e^x - 1) below.</summary>
    Elu,

    /// <summary>The scaled exponential unit: 1.0507 x above 0, 1.0507 * 1.67326 (e^x - 1) below.</summary>
    Selu,

    /// <summary>e^x.</summary>
    Exponential,

    /// <summary>x times the normal distribution's cumulative probability of x.</summary>
    Gelu,

    /// <summary>x times its sigmoid; <c>swish</c> and <c>silu</c>.</summary>
    Swish,

    /// <summary>x above 0, <see cref="KerasActivation.Slope"/> times x below.</summary>
    LeakyRelu,
}

/// <summary>A layer's activation.</summary>
/// <param name="Function">The function.</param>
/// <param name="Slope">
/// What <see cref="KerasFunction.Elu"/> and <see cref="KerasFunction.LeakyRelu"/> scale by below 0.
/// </param>
public readonly record struct KerasActivation(KerasFunction Function, float Slope = 0)
{
    /// <summary>No activation.</summary>
    public static KerasActivation None => new(KerasFunction.Linear);
}
