using System.Text.Json;
using Firn.Interop.Keras.Layers;

namespace Firn.Interop.Keras.Architecture;

/// <summary>
/// Reads the JSON of a model of Keras 1 to 3: Sequential, Model and Functional of one input, models within models.
/// </summary>
internal sealed class ModelReader(string path, KerasVersion version)
{
    private const int MaxNested = 16,
        MaxLayers = 4096;

    /// <summary>Whether JSON describes a model.</summary>
    public static bool IsModel(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object
        && root.TryGetProperty("class_name", out JsonElement name)
        && name.ValueKind == JsonValueKind.String
        && root.TryGetProperty("config", out JsonElement config)
        && (
            config.ValueKind == JsonValueKind.Array
            || (config.ValueKind == JsonValueKind.Object && config.TryGetProperty("layers", out _))
        );

    /// <summary>Reads a model.</summary>
    /// <param name="root">An object with <c>class_name</c> and <c>config</c>.</param>
    /// <exception cref="InvalidDataException">It is none, or has something that is not read.</exception>
    public ModelGraph Read(JsonElement root) => Read(root, 0);

    private ModelGraph Read(JsonElement root, int depth)
    {
        if (!IsModel(root) || depth > MaxNested)
            throw Bad("this JSON describes no model of Keras (class_name, config and its layers)");
        JsonElement config = root.GetProperty("config");
        string className = root.GetProperty("class_name").GetString()!;
        return className switch
        {
            "Sequential" => Sequential(config, depth),
            "Model" or "Functional" => Functional(config, depth),
            _ => throw new InvalidDataException(
                $"{path}: the model is a {className}, a class of its author's own "
                    + "(code, not data). Sequential, Model and Functional can be read."
            ),
        };
    }

    private ModelGraph Sequential(JsonElement config, int depth)
    {
        JsonElement layers = config.ValueKind == JsonValueKind.Array ? config : config.GetProperty("layers");
        var nodes = new List<GraphNode>();
        foreach (JsonElement entry in Entries(layers))
        {
            GraphNode node = Node(entry, nodes.Count, depth, nodes.Count == 0 ? [] : [nodes[^1].Name]);
            if (nodes.Count == 0 && node.Layer is not InputLayer)
            {
                GraphNode input = ImpliedInput(config, entry, node);
                nodes.Add(input);
                node = node with { Inbound = [input.Name] };
            }
            nodes.Add(node);
        }
        if (nodes.Count < 2)
            throw Bad("the model has no layers");
        return new ModelGraph(nodes, nodes, [nodes[^1].Name]);
    }

    /// <summary>The input that a Sequential without InputLayer says by its first layer, or not at all.</summary>
    private static GraphNode ImpliedInput(JsonElement config, JsonElement entry, GraphNode first)
    {
        JsonElement settings = entry.GetProperty("config");
        JsonElement? shape =
            Property(settings, "batch_input_shape")
            ?? Property(settings, "batch_shape")
            ?? Property(config, "build_input_shape");
        IReadOnlyList<int?> sizes =
            LayerReader.Shape(shape)
            ?? first.Model?.Input.Layer switch
            {
                InputLayer inner => inner.Shape,
                _ =>
                [
                    Property(settings, "input_length") is { ValueKind: JsonValueKind.Number } length
                    && length.TryGetInt32(out int steps)
                        ? steps
                        : null,
                ],
            };
        return new GraphNode(first.Name + "_input", "InputLayer", new InputLayer(sizes, "float32"), null, true, []);
    }

    private ModelGraph Functional(JsonElement config, int depth)
    {
        var listed = new List<GraphNode>();
        var masks = new MaskNodes(path);
        foreach (JsonElement entry in Entries(config.GetProperty("layers")))
        {
            var inbound = InboundCalls.Read(path, NameOf(entry, listed.Count), entry);
            if (!masks.Take(entry, inbound))
                listed.Add(Node(entry, listed.Count, depth, inbound.Tensors));
            masks.Note(inbound);
        }
        masks.Check(listed);
        string[] inputs = [.. InboundCalls.Ends(path, config, "input_layers")];
        string[] outputs = [.. InboundCalls.Ends(path, config, "output_layers")];
        if (inputs.Length != 1)
        {
            string names = string.Join(", ", inputs);
            throw new InvalidDataException(
                $"{path}: the model has {inputs.Length} inputs ({names}); models of one input, a text, can be read."
            );
        }
        bool found =
            listed.Count(n => n.Layer is InputLayer) == 1
            && outputs.Length > 0
            && outputs.All(o => listed.Exists(n => n.Name == o));
        if (!found || listed.Exists(n => n.Layer is not InputLayer && n.Inbound.Count == 0))
            throw Bad("its inputs and outputs are not among its layers, or a layer takes nothing");
        return new ModelGraph(Ordered(listed), listed, outputs);
    }

    /// <summary>Brings each node behind those that it takes; otherwise the order of the file stays.</summary>
    private List<GraphNode> Ordered(List<GraphNode> listed)
    {
        var ordered = new List<GraphNode>(listed.Count);
        var done = new HashSet<string>(StringComparer.Ordinal);
        var left = new List<GraphNode>(listed);
        while (left.Count > 0)
        {
            int ready = left.FindIndex(n => n.Inbound.All(done.Contains));
            if (ready < 0)
            {
                string absent = left[0].Inbound.First(i => !done.Contains(i));
                throw Bad($"layer '{left[0].Name}' takes '{absent}', which is missing or takes it in turn");
            }
            ordered.Add(left[ready]);
            done.Add(left[ready].Name);
            left.RemoveAt(ready);
        }
        return ordered;
    }

    private GraphNode Node(JsonElement entry, int number, int depth, IReadOnlyList<string> inbound)
    {
        string className = entry.GetProperty("class_name").GetString()!;
        string name = NameOf(entry, number);
        JsonElement config = entry.GetProperty("config");
        var layer = new LayerConfig(path, name, className, config, version);
        LayerReader.RefuseOwn(layer, entry);
        if (className is "Sequential" or "Model" or "Functional")
        {
            ModelGraph model = Read(entry, depth + 1);
            if (model.Outputs.Count != 1 || inbound.Count > 1)
                throw layer.Unsupported("with several inputs or outputs within a model");
            bool moves = config.ValueKind != JsonValueKind.Object || layer.Flag("trainable", true);
            return new GraphNode(name, className, null, model, moves, inbound);
        }
        if (config.ValueKind != JsonValueKind.Object)
            throw layer.Bad("its settings are no object");
        KerasLayer read = LayerReader.Read(layer);
        int takes = inbound.Count;
        if (
            read is InputLayer ? takes > 0
            : read is MergeLayer ? takes == 1
            : takes > 1
        )
            throw layer.Bad($"it takes {takes} tensors");
        return new GraphNode(name, className, read, null, layer.Flag("trainable", true), inbound);
    }

    private List<JsonElement> Entries(JsonElement layers)
    {
        if (layers.ValueKind != JsonValueKind.Array)
            throw Bad("its 'layers' are no list");
        var names = new HashSet<string>(StringComparer.Ordinal);
        var entries = new List<JsonElement>();
        foreach (JsonElement entry in layers.EnumerateArray())
        {
            bool named = Property(entry, "class_name") is { ValueKind: JsonValueKind.String };
            if (!named || Property(entry, "config") is null)
                throw Bad($"entry {entries.Count + 1} of its layers has no class_name or config");
            if (!names.Add(NameOf(entry, entries.Count)))
                throw Bad($"two layers are called '{NameOf(entry, entries.Count)}'");
            entries.Add(entry);
        }
        if (entries.Count > MaxLayers)
            throw Bad($"the model has {entries.Count} layers where {MaxLayers} are allowed");
        return entries;
    }

    private static string NameOf(JsonElement entry, int number)
    {
        JsonElement config = entry.GetProperty("config");
        JsonElement? name = Property(config, "name") ?? Property(entry, "name");
        return name is { ValueKind: JsonValueKind.String } text
            ? text.GetString()!
            : $"{entry.GetProperty("class_name").GetString()}_{number + 1}";
    }

    private static JsonElement? Property(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(name, out JsonElement value)
        && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    private InvalidDataException Bad(string problem) =>
        new($"{path}: {problem}. The file is damaged, or not of Keras; save the model again.");
}
