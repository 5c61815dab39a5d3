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

    /// <summary>x times the normal distribution's share below x (Hendrycks, Gimpel 2016), not its approximation by tanh.</summary>
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
    /// <param name="destination">Receives the values; not the same memory.</param>
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
            default:
                for (int i = 0; i < sums.Length; i++)
                    destination[i] = (float)(sums[i] * NormalBelow(sums[i]));
                break;
        }
    }

    /// <summary>Multiplies the gradient of the values by the derivative.</summary>
    /// <param name="kind">Which function.</param>
    /// <param name="sums">Its arguments.</param>
    /// <param name="values">What it gave.</param>
    /// <param name="gradient">Of the values, replaced by that of the arguments.</param>
    public static void Backward(this Activation kind, ReadOnlySpan<float> sums, ReadOnlySpan<float> values, Span<float> gradient)
    {
        for (int i = 0; i < gradient.Length; i++)
        {
            gradient[i] *= kind switch
            {
                Activation.Relu => values[i] > 0 ? 1 : 0,
                Activation.Tanh => 1 - values[i] * values[i],
                Activation.Sigmoid => values[i] * (1 - values[i]),
                Activation.Elu => sums[i] > 0 ? 1 : values[i] + 1,
                _ => (float)(NormalBelow(sums[i]) + sums[i] * Math.Exp(-0.5 * sums[i] * sums[i]) / Math.Sqrt(2 * Math.PI)),
            };
        }
    }

    /// <summary>The standard normal distribution's share below x, to 1e-7 (Press et al. 1992, "Numerical Recipes", erfcc).</summary>
    private static double NormalBelow(double x)
    {
        double z = Math.Abs(x) / Math.Sqrt(2), t = 1 / (1 + 0.5 * z);
        double above = 0.5 * t * Math.Exp(-z * z - 1.26551223 + t * (1.00002368 + t * (0.37409196 + t * (0.09678418 + t * (-0.18628806
            + t * (0.27886807 + t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277)))))))));
        return x > 0 ? 1 - above : above;
    }
}
