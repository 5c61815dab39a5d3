using Firn.Interop.Keras.Architecture;
using Firn.Interop.Keras.Layers;

namespace Firn.Interop.Keras.Weights;

/// <summary>The tensors that were found for each layer, checked against its settings.</summary>
internal sealed class WeightAssignment(string path, string? backend)
{
    private readonly Dictionary<GraphNode, IReadOnlyList<KerasWeight>> _weights = new(
        ReferenceEqualityComparer.Instance
    );

    private readonly Dictionary<GraphNode, KerasLayer> _layers = new(ReferenceEqualityComparer.Instance);

    /// <summary>The file, for errors.</summary>
    public string Path => path;

    /// <summary>The tensors of a layer; none for one that has none.</summary>
    public IReadOnlyList<KerasWeight> this[GraphNode node] => _weights.GetValueOrDefault(node, []);

    /// <summary>The settings of a layer, with what was found elsewhere in its file.</summary>
    public KerasLayer LayerOf(GraphNode node) => _layers.GetValueOrDefault(node) ?? node.Layer!;

    /// <summary>Gives a layer other settings.</summary>
    /// <exception cref="InvalidDataException">They are not allowed.</exception>
    public void Replace(GraphNode node, Func<KerasLayer> make)
    {
        try
        {
            _layers[node] = make();
        }
        catch (ArgumentException error)
        {
            throw Bad(node, $"is damaged: {error.Message.Split(" (Parameter", 2)[0].TrimEnd('.')}");
        }
    }

    /// <summary>Gives a layer its tensors.</summary>
    /// <exception cref="InvalidDataException">They are not those that its settings ask for.</exception>
    public void Add(GraphNode node, IReadOnlyList<StoredTensor> stored)
    {
        IReadOnlyList<WeightSlot> slots = WeightSlot.Of(node.Layer);
        IReadOnlyList<StoredTensor> tensors = WeightForms.Today(node.Layer!, stored, backend);
        if (tensors.Count != slots.Count)
        {
            string found = string.Join(", ", tensors.Select(t => t.Name));
            throw Bad(
                node,
                $"has {tensors.Count} tensors ({found}) where {slots.Count} are expected "
                    + $"({string.Join(", ", slots.Select(s => s.Role))})"
            );
        }
        var weights = new KerasWeight[slots.Count];
        for (int i = 0; i < weights.Length; i++)
        {
            StoredTensor tensor = tensors[i];
            if (!slots[i].Fits(tensor.Shape))
            {
                throw Bad(
                    node,
                    $"has '{tensor.Name}' of shape ({string.Join(", ", tensor.Shape)}) where its "
                        + $"{slots[i].Role} has the shape {slots[i].Shown}"
                );
            }
            weights[i] = new KerasWeight(slots[i].Role, tensor.Name, tensor.Shape, tensor.Values);
        }
        _weights[node] = weights;
    }

    /// <summary>A layer whose tensors the file lacks.</summary>
    public InvalidDataException Missing(GraphNode node)
    {
        IEnumerable<string> slots = WeightSlot.Of(node.Layer).Select(s => $"{s.Role} {s.Shown}");
        return Bad(node, $"has no weights in the file, where {string.Join(", ", slots)} are expected");
    }

    public InvalidDataException Bad(GraphNode node, string problem) =>
        new(
            $"{path}: layer '{node.Name}' ({node.ClassName}) {problem}. The file does not hold the whole model; save "
                + $"it "
                + "with model.save, or ask its author for one that was."
        );
}
