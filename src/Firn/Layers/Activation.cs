using Firn.Kernels;

namespace Firn.Layers;

/// <summary>The function behind a layer's sums.</summary>
public enum Activation
{
    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>tanh(x).</summary>
    Tanh,

    /// <summary>1 / (1 + exp(-x)).</summary>
    Sigmoid,

    /// <summary>x, and exp(x) - 1 below zero (Clevert et al. 2016).</summary>
    Elu,

    /// <summary>
    /// x times the normal distribution's share below x (Hendrycks, Gimpel 2016), not its approximation by tanh.
    /// </summary>
    Gelu,

    /// <summary>x.</summary>
    Linear,

    /// <summary>exp(x) over the sum of exp over a row.</summary>
    Softmax,

    /// <summary>1.0507 times x, and 1.7581 (exp(x) - 1) below zero (Klambauer et al. 2017).</summary>
    Selu,

    /// <summary>log(1 + exp(x)).</summary>
    Softplus,

    /// <summary>x / (1 + |x|).</summary>
    Softsign,

    /// <summary>x times its sigmoid (Ramachandran et al. 2017); Keras' <c>swish</c> and <c>silu</c>.</summary>
    Silu,

    /// <summary>0.2 x + 0.5 held in [0, 1]: <c>hard_sigmoid</c> of Keras 1 and 2.</summary>
    HardSigmoid,

    /// <summary>x / 6 + 0.5 held in [0, 1]: <c>hard_sigmoid</c> of Keras 3.</summary>
    HardSigmoidSixth,
}

/// <summary>The functions and their derivatives.</summary>
internal static class ActivationFunctions
{
    /// <summary>Applies the function.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="sums">Its arguments.</param>
    /// <param name="destination">Receives the values; may be the same memory. For softmax one row.</param>
    public static void Forward(this Activation kind, ReadOnlySpan<float> sums, Span<float> destination)
    {
        switch (kind)
        {
            case Activation.Relu:
                Activations.Relu(sums, destination);
                break;
            case Activation.Tanh:
                Activations.Tanh(sums, destination);
                break;
            case Activation.Sigmoid:
                Activations.Sigmoid(sums, destination);
                break;
            case Activation.Elu:
                for (int i = 0; i < sums.Length; i++)
                    destination[i] = sums[i] > 0 ? sums[i] : (float)(Math.Exp(sums[i]) - 1);
                break;
            case Activation.Linear:
                sums.CopyTo(destination);
                break;
            case Activation.Softmax:
                Softmax(sums, destination);
                break;
            default:
                for (int i = 0; i < sums.Length; i++)
                    destination[i] = (float)Of(kind, sums[i]);
                break;
        }
    }

    /// <summary>Whether the derivative follows from the value alone, so that the argument need not be kept.</summary>
    public static bool FollowsFromValue(this Activation kind) =>
        kind is not (Activation.Gelu or Activation.Silu or Activation.Softmax);

    /// <summary>Multiplies the gradient of the values by the derivative.</summary>
    /// <param name="kind">Which function.</param>
    /// <param name="sums">Its arguments.</param>
    /// <param name="values">What it gave.</param>
    /// <param name="gradient">Of the values, replaced by that of the arguments.</param>
    public static void Backward(
        this Activation kind,
        ReadOnlySpan<float> sums,
        ReadOnlySpan<float> values,
        Span<float> gradient
    )
    {
        if (kind == Activation.Linear)
            return;
        if (kind == Activation.Softmax)
        {
            float mean = VectorMath.Dot(values, gradient);
            for (int i = 0; i < gradient.Length; i++)
                gradient[i] = values[i] * (gradient[i] - mean);
            return;
        }
        for (int i = 0; i < gradient.Length; i++)
        {
            gradient[i] *= kind switch
            {
                Activation.Gelu => (float)(
                    NormalBelow(sums[i]) + sums[i] * Math.Exp(-0.5 * sums[i] * sums[i]) / Math.Sqrt(2 * Math.PI)
                ),
                Activation.Silu => SiluSlope(sums[i]),
                _ => kind.Slope(values[i]),
            };
        }
    }

    /// <summary>
    /// The derivative where the function gave <paramref name="value"/>; see <see cref="FollowsFromValue"/>.
    /// </summary>
    public static float Slope(this Activation kind, float value) =>
        kind switch
        {
            Activation.Relu => value > 0 ? 1 : 0,
            Activation.Tanh => 1 - value * value,
            Activation.Sigmoid => value * (1 - value),
            Activation.Elu => value > 0 ? 1 : value + 1,
            Activation.Selu => value > 0 ? (float)SeluScale : value + (float)SeluBelow,
            Activation.Softplus => 1 - (float)Math.Exp(-value),
            Activation.Softsign => (1 - Math.Abs(value)) * (1 - Math.Abs(value)),
            Activation.HardSigmoid => value is > 0 and < 1 ? 0.2f : 0,
            Activation.HardSigmoidSixth => value is > 0 and < 1 ? 1 / 6f : 0,
            _ => 1,
        };

    private const double SeluScale = 1.0507009873554804934193349852946,
        SeluBelow = 1.6732632423543772848170429916717 * SeluScale;

    private static double Of(Activation kind, double x) =>
        kind switch
        {
            Activation.Gelu => x * NormalBelow(x),
            Activation.Selu => x > 0 ? SeluScale * x : SeluBelow * (Math.Exp(x) - 1),
            Activation.Softplus => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x))),
            Activation.Softsign => x / (1 + Math.Abs(x)),
            Activation.Silu => x / (1 + Math.Exp(-x)),
            Activation.HardSigmoid => Math.Clamp(0.2 * x + 0.5, 0, 1),
            _ => Math.Clamp(x / 6 + 0.5, 0, 1),
        };

    private static float SiluSlope(double x)
    {
        double share = 1 / (1 + Math.Exp(-x));
        return (float)(share * (1 + x * (1 - share)));
    }

    private static void Softmax(ReadOnlySpan<float> sums, Span<float> destination)
    {
        float highest = float.NegativeInfinity;
        foreach (float sum in sums)
            highest = Math.Max(highest, sum);
        double total = 0;
        for (int i = 0; i < sums.Length; i++)
            total += Math.Exp(sums[i] - highest);
        for (int i = 0; i < sums.Length; i++)
            destination[i] = (float)(Math.Exp(sums[i] - highest) / total);
    }

    /// <summary>
    /// The standard normal distribution's share below x, to 1e-7 (Press et al. 1992, "Numerical Recipes", erfcc).
    /// </summary>
    private static double NormalBelow(double x)
    {
        double z = Math.Abs(x) / Math.Sqrt(2),
            t = 1 / (1 + 0.5 * z);
        double above =
            0.5
            * t
            * Math.Exp(
                -z * z
                    - 1.26551223
                    + t
                        * (
                            1.00002368
                            + t
                                * (
                                    0.37409196
                                    + t
                                        * (
                                            0.09678418
                                            + t
                                                * (
                                                    -0.18628806
                                                    + t
                                                        * (
                                                            0.27886807
                                                            + t
                                                                * (
                                                                    -1.13520398
                                                                    + t
                                                                        * (
                                                                            1.48851587
                                                                            + t * (-0.82215223 + t * 0.17087277)
                                                                        )
                                                                )
                                                        )
                                                )
                                        )
                                )
                        )
            );
        return x > 0 ? 1 - above : above;
    }
}
