using System.Text.Json;

namespace Firn.Interop.Keras.Layers;

/// <summary>Reads the names of activations.</summary>
internal static class Activations
{
    private const float DefaultSlope = 0.3f,
        FunctionSlope = 0.2f,
        DefaultElu = 1;

    public static KerasActivation Read(in LayerConfig layer, string setting, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
            return ByName(layer, setting, value.GetString()!);
        if (
            value.ValueKind != JsonValueKind.Object
            || !value.TryGetProperty("class_name", out JsonElement name)
            || name.ValueKind != JsonValueKind.String
            || !value.TryGetProperty("config", out JsonElement config)
        )
            throw layer.Bad($"'{setting}' is {LayerConfig.Shown(value)} where the name of an activation is expected");
        string className = name.GetString()!;
        bool own =
            value.TryGetProperty("module", out JsonElement module)
            && module.ValueKind == JsonValueKind.String
            && !module.GetString()!.StartsWith("keras", StringComparison.Ordinal);
        if (className == "function" && config.ValueKind == JsonValueKind.String && !own)
            return ByName(layer, setting, config.GetString()!);
        // A layer given as an activation, activation=LeakyReLU(0.1); a text is a function that its author wrote.
        if (
            config.ValueKind == JsonValueKind.Object
            && OfLayer(layer with { Config = config, ClassName = className }) is { } found
        )
            return found;
        string shown = config.ValueKind == JsonValueKind.String ? config.GetString()! : className;
        throw layer.Unsupported($"whose {setting} '{shown}' is a function of its author's own (code, not data)");
    }

    /// <summary>The activation of a layer that is nothing else; null for other layers.</summary>
    public static KerasActivation? OfLayer(in LayerConfig layer)
    {
        switch (layer.ClassName)
        {
            case "Activation":
                return layer.Activation("activation");
            case "Softmax":
                layer.Only("axis", "-1");
                return new KerasActivation(KerasFunction.Softmax);
            case "ELU":
                return new KerasActivation(KerasFunction.Elu, layer.Number("alpha", DefaultElu));
            case "LeakyReLU":
                string name = layer.Has("negative_slope") ? "negative_slope" : "alpha";
                return new KerasActivation(KerasFunction.LeakyRelu, layer.Number(name, DefaultSlope));
            case "ReLU":
                if (layer.Has("max_value") || layer.Number("threshold", 0) != 0)
                    throw layer.Unsupported("with max_value or threshold");
                float slope = layer.Number("negative_slope", 0);
                return slope == 0 ? new(KerasFunction.Relu) : new KerasActivation(KerasFunction.LeakyRelu, slope);
            default:
                return null;
        }
    }

    private static KerasActivation ByName(in LayerConfig layer, string setting, string name) =>
        name switch
        {
            "linear" => KerasActivation.None,
            "relu" => new(KerasFunction.Relu),
            "tanh" => new(KerasFunction.Tanh),
            "sigmoid" => new(KerasFunction.Sigmoid),
            "hard_sigmoid" when layer.Version.HasHardSigmoidOfSixths => new(KerasFunction.HardSigmoidOfSixths),
            "hard_sigmoid" => new(KerasFunction.HardSigmoid),
            "softmax" => new(KerasFunction.Softmax),
            "softplus" => new(KerasFunction.Softplus),
            "softsign" => new(KerasFunction.Softsign),
            "elu" => new(KerasFunction.Elu, DefaultElu),
            "selu" => new(KerasFunction.Selu),
            "exponential" => new(KerasFunction.Exponential),
            "gelu" => new(KerasFunction.Gelu),
            "swish" or "silu" => new(KerasFunction.Swish),
            "leaky_relu" => new(KerasFunction.LeakyRelu, FunctionSlope),
            _ => throw layer.Unsupported($"whose {setting} is '{name}'"),
        };
}
