using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Firn.Interop.Keras.Export;

/// <summary>A model's description in the forms of Keras 2 (<c>.h5</c>) and Keras 3 (<c>.keras</c>).</summary>
/// <param name="layers">The layers, the input first.</param>
/// <param name="archive">Whether the form is that of Keras 3.</param>
internal sealed partial class KerasJson(IReadOnlyList<KerasExportLayer> layers, bool archive)
{
    private readonly Dictionary<string, KerasExportLayer> _byName = layers.ToDictionary(
        l => l.Name,
        StringComparer.Ordinal
    );

    /// <summary>A chain is a Sequential, anything else a Functional.</summary>
    public JsonObject Model()
    {
        bool chain = layers
            .Skip(1)
            .Select((layer, i) => layer.Inbound.Count == 1 && layer.Inbound[0] == layers[i].Name)
            .All(follows => follows);
        var list = new JsonArray();
        foreach (KerasExportLayer layer in layers)
            list.Add((JsonNode)(chain ? Entry(layer) : Node(layer)));
        var config = new JsonObject
        {
            ["name"] = chain ? "sequential" : "functional",
            ["trainable"] = true,
            ["layers"] = list,
        };
        if (!chain)
        {
            config["input_layers"] = new JsonArray(new JsonArray(layers[0].Name, 0, 0));
            config["output_layers"] = new JsonArray(new JsonArray(layers[^1].Name, 0, 0));
        }
        return Wrapped(
            chain ? "Sequential"
                : archive ? "Functional"
                : "Model",
            config,
            archive ? "keras" : null
        );
    }

    /// <summary>A layer's name, whether it trains and its type before its settings.</summary>
    public static JsonObject Named(JsonObject settings, string name)
    {
        var config = new JsonObject
        {
            ["name"] = name,
            ["trainable"] = true,
            ["dtype"] = "float32",
        };
        foreach ((string key, JsonNode? value) in settings)
            config[key] = value?.DeepClone();
        return config;
    }

    /// <summary>How Keras writes a class name in small letters: GlobalMaxPooling1D is global_max_pooling1d.</summary>
    public static string Snake(string className) =>
        className is "SimpleRNN" ? "simple_rnn" : Humps().Replace(className, "_$1").ToLowerInvariant();

    private JsonObject Entry(KerasExportLayer layer)
    {
        if (layer.ClassName == "InputLayer")
        {
            var shape = new JsonArray((JsonNode?)null);
            foreach (int? size in layer.Shape)
                shape.Add((JsonNode?)size);
            return Wrapped(
                "InputLayer",
                new JsonObject
                {
                    [archive ? "batch_shape" : "batch_input_shape"] = shape,
                    ["dtype"] = "int32",
                    ["sparse"] = false,
                    ["ragged"] = false,
                    ["name"] = layer.Name,
                },
                Module
            );
        }
        JsonObject config = Named(layer.Config, layer.Name);
        foreach (string inner in (string[])["layer", "backward_layer"])
        {
            if (archive && config[inner] is JsonObject one)
                config[inner] = Wrapped((string)one["class_name"]!, one["config"]!.DeepClone().AsObject(), Module);
        }
        return Wrapped(layer.ClassName, config, Module);
    }

    private JsonObject Node(KerasExportLayer layer)
    {
        JsonObject entry = Entry(layer);
        entry["name"] = layer.Name;
        var calls = new JsonArray();
        if (layer.Inbound.Count > 0)
            calls.Add((JsonNode)(archive ? Call3(layer) : Call2(layer)));
        entry["inbound_nodes"] = calls;
        return entry;
    }

    private static JsonArray Call2(KerasExportLayer layer)
    {
        var call = new JsonArray();
        foreach (string name in layer.Inbound)
            call.Add((JsonNode)new JsonArray(name, 0, 0, new JsonObject()));
        return call;
    }

    private JsonObject Call3(KerasExportLayer layer)
    {
        var tensors = new JsonArray();
        foreach (string name in layer.Inbound)
            tensors.Add((JsonNode)Tensor(_byName[name]));
        JsonArray args = layer.Inbound.Count == 1 ? tensors : new JsonArray(tensors);
        return new JsonObject { ["args"] = args, ["kwargs"] = new JsonObject() };
    }

    private static JsonObject Tensor(KerasExportLayer layer)
    {
        var shape = new JsonArray((JsonNode?)null);
        foreach (int? size in layer.Shape)
            shape.Add((JsonNode?)size);
        return new JsonObject
        {
            ["class_name"] = "__keras_tensor__",
            ["config"] = new JsonObject
            {
                ["shape"] = shape,
                ["dtype"] = layer.ClassName == "InputLayer" ? "int32" : "float32",
                ["keras_history"] = new JsonArray(layer.Name, 0, 0),
            },
        };
    }

    private string? Module => archive ? "keras.layers" : null;

    private static JsonObject Wrapped(string className, JsonObject config, string? module)
    {
        if (module is null)
            return new JsonObject { ["class_name"] = className, ["config"] = config };
        return new JsonObject
        {
            ["module"] = module,
            ["class_name"] = className,
            ["config"] = config,
            ["registered_name"] = null,
        };
    }

    [GeneratedRegex("(?<=[a-z0-9])([A-Z])(?=[a-z])")]
    private static partial Regex Humps();
}
