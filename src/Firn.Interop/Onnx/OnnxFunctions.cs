using Firn.Interop.Export;
using Firn.Layers;

namespace Firn.Interop.Onnx;

/// <summary>Activations as operators, and as settings of recurrent operators.</summary>
internal static class OnnxFunctions
{
    private const float Steep = 0.2f,
        Flat = 1f / 6,
        Half = 0.5f;

    /// <summary>Applies a function.</summary>
    /// <param name="graph">Gets the operators.</param>
    /// <param name="x">Of any shape; softmax is over the last dimension.</param>
    /// <param name="activation">Which.</param>
    public static string Activate(this OnnxGraph graph, string x, Activation activation)
    {
        switch (activation)
        {
            case Activation.Linear:
                return x;
            case Activation.Gelu: // x (1 + erf(x / sqrt 2)) / 2
                string erf = graph.Node("Erf", graph.Node("Mul", x, graph.Number((float)Math.Sqrt(0.5))));
                return graph.Node(
                    "Mul",
                    graph.Node("Mul", x, graph.Number(Half)),
                    graph.Node("Add", erf, graph.Number(1))
                );
            case Activation.Silu:
                return graph.Node("Mul", x, graph.Node("Sigmoid", x));
            case Activation.Softmax:
                return graph.Node("Softmax", [x], OnnxAttribute.Of("axis", -1));
            case Activation.HardSigmoid:
                return graph.Node("HardSigmoid", [x], OnnxAttribute.Of("alpha", Steep), OnnxAttribute.Of("beta", Half));
            case Activation.HardSigmoidSixth:
                return graph.Node("HardSigmoid", [x], OnnxAttribute.Of("alpha", Flat), OnnxAttribute.Of("beta", Half));
            default:
                return graph.Node(activation.ToString(), x); // Relu, Tanh, Sigmoid, Elu, Selu, Softplus, Softsign
        }
    }

    /// <summary>The settings of a recurrent operator, where they are not its own defaults.</summary>
    /// <param name="defaults">Of one direction.</param>
    /// <param name="functions">Of one direction.</param>
    /// <param name="directions">1 or 2.</param>
    public static OnnxAttribute[] Recurrent(Activation[] defaults, Activation[] functions, int directions)
    {
        if (functions.AsSpan().SequenceEqual(defaults))
            return [];
        Activation[] all = [.. Enumerable.Repeat(functions, directions).SelectMany(f => f)];
        var alpha = new List<float>();
        var beta = new List<float>();
        foreach (Activation function in all)
        {
            // Numbers are taken in turn by the functions that have them.
            if (
                function is Activation.HardSigmoid or Activation.HardSigmoidSixth or Activation.Linear or Activation.Elu
            )
                alpha.Add(AlphaOf(function));
            if (function is Activation.HardSigmoid or Activation.HardSigmoidSixth or Activation.Linear)
                beta.Add(function == Activation.Linear ? 0 : Half);
        }
        OnnxAttribute[] settings = [OnnxAttribute.Texts("activations", [.. all.Select(NameOf)])];
        if (alpha.Count > 0)
            settings = [.. settings, OnnxAttribute.Numbers("activation_alpha", [.. alpha])];
        return beta.Count > 0 ? [.. settings, OnnxAttribute.Numbers("activation_beta", [.. beta])] : settings;
    }

    private static float AlphaOf(Activation function) =>
        function switch
        {
            Activation.HardSigmoid => Steep,
            Activation.HardSigmoidSixth => Flat,
            _ => 1,
        };

    private static string NameOf(Activation function) =>
        function switch
        {
            Activation.Relu
            or Activation.Tanh
            or Activation.Sigmoid
            or Activation.Elu
            or Activation.Softsign
            or Activation.Softplus => function.ToString(),
            Activation.HardSigmoid or Activation.HardSigmoidSixth => "HardSigmoid",
            Activation.Linear => "Affine",
            _ => throw new ExportException(
                $"ONNX: a recurrent operator has no {function}; docs/export.md lists what is written."
            ),
        };
}
