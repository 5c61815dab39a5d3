using System.Text.Json;
using Firn.Interop.Keras.Preprocessing;

namespace Firn.Interop.Keras.Layers;

/// <summary>Reads the settings of each layer class, under the names of Keras 1, 2 and 3.</summary>
internal static class LayerReader
{
    private const float DefaultEpsilon = 1e-3f,
        DefaultMomentum = 0.99f;

    /// <summary>Reads a layer.</summary>
    /// <param name="layer">Its settings as the file has them.</param>
    /// <exception cref="InvalidDataException">
    /// It is code, of a class that is not read, or its settings are wrong.
    /// </exception>
    public static KerasLayer Read(in LayerConfig layer)
    {
        RefuseQuantized(layer);
        switch (layer.ClassName)
        {
            case "InputLayer":
                return Input(layer);
            case "Embedding":
                return new EmbeddingLayer(
                    layer.Size("input_dim"),
                    layer.Size("output_dim"),
                    layer.Flag("mask_zero", false)
                );
            case "Dense":
                return new DenseLayer(
                    layer.Size("units", "output_dim"),
                    layer.Activation("activation"),
                    UseBias(layer)
                );
            case "LSTM" or "CuDNNLSTM" or "GRU" or "CuDNNGRU" or "SimpleRNN":
                return RecurrentReader.Read(layer);
            case "Bidirectional":
                return RecurrentReader.Bidirectional(layer);
            case "TimeDistributed":
                return new TimeDistributedLayer(Read(Wrapped(layer, "layer")));
            case "TimeDistributedDense":
                return new TimeDistributedLayer(Read(layer with { ClassName = "Dense" }));
            case "Conv1D" or "Convolution1D":
                return Convolution(layer);
            case "MaxPooling1D" or "AveragePooling1D":
                return Pooling(layer);
            case "GlobalMaxPooling1D" or "GlobalAveragePooling1D":
                ChannelsLast(layer);
                return new GlobalPoolingLayer(Kind(layer), layer.Flag("keepdims", false));
            case "Flatten":
                ChannelsLast(layer);
                return new FlattenLayer();
            case "BatchNormalization" or "BatchNormalizationV1" or "BatchNormalizationV2":
                if (layer.Whole("mode", fallback: 0, least: 0) != 0)
                    throw layer.Unsupported("with a mode other than 0");
                return new BatchNormalizationLayer(
                    layer.Number("epsilon", DefaultEpsilon),
                    layer.Flag("center", true),
                    layer.Flag("scale", true)
                )
                {
                    Momentum = Share(layer.Number("momentum", DefaultMomentum)),
                };
            case "LayerNormalization":
                if (layer.Flag("rms_scaling", false))
                    throw layer.Unsupported("with rms_scaling");
                return new LayerNormalizationLayer(
                    layer.Number("epsilon", DefaultEpsilon),
                    layer.Flag("center", true),
                    layer.Flag("scale", true)
                );
            case "Masking":
                return new MaskingLayer(layer.Number("mask_value", 0));
            case "Reshape":
                return new ReshapeLayer(layer.Wholes("target_shape"));
            case "Permute":
                return new PermuteLayer(layer.Wholes("dims"));
            case "RepeatVector":
                return new RepeatVectorLayer(layer.Size("n"));
            case "TextVectorization":
                return new TextVectorizationLayer(KerasTextVectorization.Read(layer));
            default:
                return Other(layer);
        }
    }

    /// <summary>A layer within a layer.</summary>
    /// <param name="layer">The outer one.</param>
    /// <param name="setting">Where it stands among the settings.</param>
    public static LayerConfig Wrapped(in LayerConfig layer, string setting)
    {
        if (
            layer[setting] is not { ValueKind: JsonValueKind.Object } inner
            || !inner.TryGetProperty("class_name", out JsonElement name)
            || name.ValueKind != JsonValueKind.String
            || !inner.TryGetProperty("config", out JsonElement config)
            || config.ValueKind != JsonValueKind.Object
        )
            throw layer.Bad($"'{setting}' is no layer");
        RefuseOwn(layer with { ClassName = name.GetString()! }, inner);
        return layer with { ClassName = name.GetString()!, Config = config };
    }

    /// <summary>
    /// Refuses layers that are code of the model's author: what registers itself, or is from a module of their own.
    /// </summary>
    /// <param name="layer">The layer.</param>
    /// <param name="entry">It with its class, as it is listed.</param>
    public static void RefuseOwn(in LayerConfig layer, JsonElement entry)
    {
        if (layer.ClassName == "Lambda")
            throw layer.Unsupported("with code in it (a function of its author's own)");
        bool own =
            layer.ClassName.Contains('>', StringComparison.Ordinal)
            || (Text(entry, "registered_name") is { } registered && registered.Contains('>', StringComparison.Ordinal))
            || (
                Text(entry, "module") is { } module
                && !module.StartsWith("keras", StringComparison.Ordinal)
                && !module.StartsWith("tf_keras", StringComparison.Ordinal)
                && !module.StartsWith("tensorflow", StringComparison.Ordinal)
                && module != "builtins"
            );
        if (own)
            throw layer.Unsupported("of its author's own making (code, not data)");

        static string? Text(JsonElement entry, string name) =>
            entry.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
    }

    /// <summary>A share that only training uses, in [0, 0.999].</summary>
    internal static double Share(double value) =>
        double.IsFinite(value) ? Math.Clamp(Math.Round(value, 6), 0, 0.999) : 0;

    private static KerasLayer Other(in LayerConfig layer)
    {
        if (
            layer.ClassName
            is "Dropout"
                or "SpatialDropout1D"
                or "GaussianDropout"
                or "GaussianNoise"
                or "AlphaDropout"
                or "ActivityRegularization"
        )
        {
            bool drops = layer.ClassName is "Dropout" or "SpatialDropout1D";
            double rate = drops ? layer.Number(layer.Has("p") ? "p" : "rate", 0) : 0;
            return new TrainingOnlyLayer { Rate = Share(rate), Spatial = layer.ClassName == "SpatialDropout1D" };
        }
        if (Activations.OfLayer(layer) is { } activation)
            return new ActivationLayer(activation);
        if (Enum.TryParse(layer.ClassName, out KerasMerge merge) && char.IsLetter(layer.ClassName[0]))
        {
            return new MergeLayer(merge, merge == KerasMerge.Concatenate ? Axis(layer, "axis") : -1);
        }
        if (layer.ClassName == "Merge")
            return Merge1(layer);
        throw layer.Unsupported("(of Keras, or a class of its author's own)");
    }

    /// <summary>The layer of Keras 1 that joins by a mode.</summary>
    private static MergeLayer Merge1(in LayerConfig layer)
    {
        KerasMerge merge = layer.Text("mode") switch
        {
            "concat" => KerasMerge.Concatenate,
            "sum" => KerasMerge.Add,
            "mul" => KerasMerge.Multiply,
            "ave" => KerasMerge.Average,
            "max" => KerasMerge.Maximum,
            var other => throw layer.Unsupported($"with mode = {other}"),
        };
        return new MergeLayer(merge, Axis(layer, "concat_axis"));
    }

    private static int Axis(in LayerConfig layer, string name) =>
        layer[name] switch
        {
            null => -1,
            { ValueKind: JsonValueKind.Number } axis when axis.TryGetInt32(out int at) => at,
            { } other => throw layer.Bad($"'{name}' is {LayerConfig.Shown(other)} where a whole number is expected"),
        };

    private static InputLayer Input(in LayerConfig layer)
    {
        if (layer.Flag("sparse", false) || layer.Flag("ragged", false))
            throw layer.Unsupported("of sparse or ragged tensors");
        JsonElement? shape = layer["batch_shape"] ?? layer["batch_input_shape"];
        IReadOnlyList<int?> sizes = Shape(shape) ?? throw layer.Bad("its shape is missing");
        return new InputLayer(sizes, layer.Text("dtype") ?? "float32");
    }

    /// <summary>A shape without its batch; null where it is none.</summary>
    public static IReadOnlyList<int?>? Shape(JsonElement? shape)
    {
        if (shape is not { ValueKind: JsonValueKind.Array } list)
            return null;
        var sizes = new List<int?>();
        foreach (JsonElement size in list.EnumerateArray().Skip(1))
        {
            bool known = size.ValueKind == JsonValueKind.Number && size.TryGetInt32(out int length) && length > 0;
            sizes.Add(known ? size.GetInt32() : null);
        }
        return sizes;
    }

    private static Conv1DLayer Convolution(in LayerConfig layer)
    {
        ChannelsLast(layer);
        return new Conv1DLayer(
            layer.Size("filters", "nb_filter"),
            layer.One("kernel_size", "filter_length", null),
            Padding(layer),
            layer.Activation("activation"),
            UseBias(layer)
        )
        {
            Strides = layer.One("strides", "subsample_length", 1),
            DilationRate = layer.One("dilation_rate", "atrous_rate", 1),
            Groups = layer.Whole("groups", 1, least: 1),
        };
    }

    private static PoolingLayer Pooling(in LayerConfig layer)
    {
        ChannelsLast(layer);
        int size = layer.One("pool_size", "pool_length", 2);
        return new PoolingLayer(Kind(layer), size, layer.One("strides", "stride", size), Padding(layer));
    }

    private static KerasPooling Kind(in LayerConfig layer) =>
        layer.ClassName.Contains("Max", StringComparison.Ordinal) ? KerasPooling.Max : KerasPooling.Average;

    private static KerasPadding Padding(in LayerConfig layer) =>
        (layer.Text("padding") ?? layer.Text("border_mode")) switch
        {
            null or "valid" => KerasPadding.Valid,
            "same" => KerasPadding.Same,
            "causal" => KerasPadding.Causal,
            var other => throw layer.Unsupported($"with padding = {other}"),
        };

    private static bool UseBias(in LayerConfig layer) => layer.Flag("use_bias", layer.Flag("bias", true));

    private static void ChannelsLast(in LayerConfig layer) => layer.Only("data_format", "channels_last");

    /// <summary>Keras 3 stores the weights of quantized layers as small integers with scales.</summary>
    private static void RefuseQuantized(in LayerConfig layer)
    {
        if (
            layer["dtype"] is { ValueKind: JsonValueKind.Object } policy
            && policy.TryGetProperty("class_name", out JsonElement name)
            && name.ValueKind == JsonValueKind.String
            && name.GetString()!.StartsWith("Quantized", StringComparison.Ordinal)
        )
            throw layer.Unsupported($"with quantized weights ({name.GetString()})");
    }
}
