using Firn.Interop.Keras.Layers;
using Firn.Layers;

namespace Firn.Interop.Keras.Conversion;

/// <summary>Keras' functions as Firn's.</summary>
internal static class ActivationConversion
{
    /// <summary>The function; null for those that Firn has not.</summary>
    public static Activation? Of(KerasActivation activation) =>
        activation.Function switch
        {
            KerasFunction.Linear => Activation.Linear,
            KerasFunction.Relu => Activation.Relu,
            KerasFunction.Tanh => Activation.Tanh,
            KerasFunction.Sigmoid => Activation.Sigmoid,
            KerasFunction.HardSigmoid => Activation.HardSigmoid,
            KerasFunction.HardSigmoidOfSixths => Activation.HardSigmoidSixth,
            KerasFunction.Softmax => Activation.Softmax,
            KerasFunction.Softplus => Activation.Softplus,
            KerasFunction.Softsign => Activation.Softsign,
            KerasFunction.Elu when activation.Slope == 1 => Activation.Elu,
            KerasFunction.Selu => Activation.Selu,
            KerasFunction.Gelu => Activation.Gelu,
            KerasFunction.Swish => Activation.Silu,
            KerasFunction.LeakyRelu when activation.Slope == 0 => Activation.Relu,
            _ => null,
        };

    /// <summary>Whether a recurrent layer can have it.</summary>
    public static bool FitsRecurrent(Activation activation) =>
        activation is not (Activation.Gelu or Activation.Silu or Activation.Softmax);
}
