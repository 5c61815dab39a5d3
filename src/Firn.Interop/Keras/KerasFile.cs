using Firn.Interop.Keras.Architecture;
using Firn.Interop.Keras.Layers;
using Firn.Interop.Keras.Weights;

namespace Firn.Interop.Keras;

/// <summary>In which form a Keras model lay on disk.</summary>
public enum KerasFileKind
{
    /// <summary>A whole model in HDF5, <c>.h5</c>: architecture and weights.</summary>
    Hdf5,

    /// <summary>Weights in HDF5, and the architecture as JSON beside them.</summary>
    Hdf5WithJson,

    /// <summary>An archive of Keras 3, <c>.keras</c>.</summary>
    Archive,

    /// <summary>A model that was pickled.</summary>
    Pickle,
}

/// <summary>
/// A text model of Keras as its file holds it: a graph of layers with their settings, and their weights. It is a
/// description that never changes; nothing in a file is run.
/// </summary>
public sealed class KerasFile
{
    internal KerasFile(
        KerasFileKind kind,
        string? kerasVersion,
        string? backend,
        IReadOnlyList<KerasNode> nodes,
        IReadOnlyList<string> outputs
    )
    {
        (Kind, KerasVersion, Backend, Nodes, Outputs) = (kind, kerasVersion, backend, nodes, outputs);
    }

    /// <summary>The form of the file.</summary>
    public KerasFileKind Kind { get; }

    /// <summary>The version of Keras that wrote it, such as <c>2.3.0-tf</c>; null where it does not say.</summary>
    public string? KerasVersion { get; }

    /// <summary>The library beneath Keras, such as <c>tensorflow</c>; null where the file does not say.</summary>
    public string? Backend { get; }

    /// <summary>The layers, each behind those that it takes; models within the model are taken apart.</summary>
    public IReadOnlyList<KerasNode> Nodes { get; }

    /// <summary>
    /// Names of the nodes that give what the model answers; one, but for models with several outputs.
    /// </summary>
    public IReadOnlyList<string> Outputs { get; }

    /// <summary>The node where the input comes in.</summary>
    public KerasNode Input => Nodes.First(n => n.Layer is InputLayer);

    /// <summary>
    /// Reads a model of Keras 1 to 3: <c>.h5</c>, <c>.keras</c>, weights with the JSON of the architecture, or a pickle
    /// of
    /// one. The kind is told from the first bytes, not from the name.
    /// </summary>
    /// <param name="path">The file, plain or packed.</param>
    /// <param name="architecture">
    /// The JSON of the architecture (<c>model.to_json()</c>), for weights alone; where it is null, it is looked for
    /// beside
    /// them.
    /// </param>
    /// <exception cref="InvalidDataException">
    /// It is no model, is damaged, lacks weights, or has a layer that is code or is not read; the message is one line
    /// with
    /// the file, the layer and what to do.
    /// </exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static KerasFile Load(string path, string? architecture = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return OneLine.Read(() => KerasFileReader.Load(path, architecture));
    }

    /// <summary>Takes the models within a model apart.</summary>
    internal static KerasFile Of(
        KerasFileKind kind,
        string? version,
        string? backend,
        ModelGraph graph,
        WeightAssignment weights
    )
    {
        var nodes = new List<KerasNode>();
        string[] outputs = Flatten(graph, "", null, trainable: true, weights, nodes);
        string? twice = nodes.GroupBy(n => n.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1)?.Key;
        return twice is null
            ? new KerasFile(kind, version, backend, nodes, outputs)
            : throw new InvalidDataException($"{weights.Path}: two layers are called '{twice}'. The file is damaged.");
    }

    private static string[] Flatten(
        ModelGraph graph,
        string prefix,
        string? input,
        bool trainable,
        WeightAssignment weights,
        List<KerasNode> nodes
    )
    {
        var sources = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (GraphNode node in graph.Nodes)
        {
            bool moves = trainable && node.Trainable;
            if (node.Layer is InputLayer && input is not null)
            {
                sources[node.Name] = input;
                continue;
            }
            string[] inbound = [.. node.Inbound.Select(i => sources[i])];
            if (node.Model is not null)
            {
                sources[node.Name] = Flatten(node.Model, $"{prefix}{node.Name}/", inbound[0], moves, weights, nodes)[0];
                continue;
            }
            sources[node.Name] = prefix + node.Name;
            nodes.Add(
                new KerasNode(prefix + node.Name, node.ClassName, weights.LayerOf(node), moves, inbound, weights[node])
            );
        }
        return [.. graph.Outputs.Select(o => sources[o])];
    }
}
