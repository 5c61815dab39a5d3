using System.Text.Json.Nodes;
using Firn.Interop.Export;
using Firn.Interop.Hdf5.Writing;

namespace Firn.Tests.Interop.Keras;

/// <summary>
/// Writes an <c>.h5</c> of a few layers, with random weights, for what the golden scripts have no case of.
/// </summary>
internal static class MadeModel
{
    /// <summary>A layer.</summary>
    /// <param name="ClassName">Keras' name.</param>
    /// <param name="Config">Its settings as JSON.</param>
    /// <param name="Weights">Name and shape of each tensor.</param>
    public sealed record Layer(string ClassName, string Config = "{}", params (string Name, int[] Shape)[] Weights);

    /// <summary>An embedding of twelve ids.</summary>
    public static Layer Table(int width) =>
        new("Embedding", $"{{\"input_dim\": 12, \"output_dim\": {width}}}", ("embeddings", [12, width]));

    /// <summary>One step after the other.</summary>
    public static void Write(string path, params Layer[] layers)
    {
        var random = new Random(8);
        var list = new JsonArray();
        var root = new Hdf5GroupNode();
        Hdf5GroupNode weights = root.Group("model_weights");
        weights.Texts("layer_names", layers.Select((_, i) => $"l{i}"));
        for (int i = 0; i < layers.Length; i++)
        {
            JsonObject config = JsonNode.Parse(layers[i].Config)!.AsObject();
            config["name"] = $"l{i}";
            list.Add((JsonNode)new JsonObject { ["class_name"] = layers[i].ClassName, ["config"] = config });
            Hdf5GroupNode group = weights.Group($"l{i}");
            group.Texts("weight_names", layers[i].Weights.Select(w => $"l{i}/{w.Name}:0"));
            foreach ((string name, int[] shape) in layers[i].Weights)
            {
                var values = new float[shape.Aggregate((a, b) => a * b)];
                for (int v = 0; v < values.Length; v++)
                    values[v] = (float)(random.NextDouble() - 0.5);
                group.Array($"l{i}/{name}:0", new ExportTensor(values, shape));
            }
        }
        root.Text("keras_version", "2.9.0");
        root.Text(
            "model_config",
            new JsonObject
            {
                ["class_name"] = "Sequential",
                ["config"] = new JsonObject { ["name"] = "m", ["layers"] = list },
            }.ToJsonString()
        );
        using FileStream stream = File.Create(path);
        Hdf5Writer.Write(root, stream);
    }
}
