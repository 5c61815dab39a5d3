using Firn.Interop.Keras.Architecture;

namespace Firn.Interop.Keras.Weights;

/// <summary>
/// Finds tensors in the form of <c>.h5</c> files: a group for each layer of the outermost model, with the names of its
/// tensors; of a model within it all tensors in one list, first those that training moves.
/// </summary>
internal static class LegacyWeights
{
    /// <summary>Whether a group has this form.</summary>
    public static bool Has(WeightTree tree) => tree.List("layer_names") is not null;

    /// <summary>Gives each layer its tensors.</summary>
    /// <param name="tree">The group with <c>layer_names</c>.</param>
    /// <param name="graph">The model.</param>
    /// <param name="into">Takes them.</param>
    public static void Assign(WeightTree tree, ModelGraph graph, WeightAssignment into)
    {
        var stored = new List<(string Layer, IReadOnlyList<string> Names)>();
        foreach (string layer in tree.List("layer_names")!)
        {
            if (tree.Group(layer)?.List("weight_names") is { Count: > 0 } names)
                stored.Add((layer, names));
        }
        GraphNode[] needing = [.. graph.Listed.Where(n => Count(n) > 0)];
        var byName = stored.DistinctBy(s => s.Layer).ToDictionary(s => s.Layer, s => s.Names, StringComparer.Ordinal);
        bool named = needing.All(n => byName.ContainsKey(n.Name));
        if (!named && stored.Count != needing.Length)
        {
            GraphNode absent = needing.First(n => !byName.ContainsKey(n.Name));
            throw absent.Layer is null ? into.Bad(absent, "has no weights in the file") : into.Missing(absent);
        }
        for (int i = 0; i < needing.Length; i++)
        {
            // Weights saved alone may have other names; Keras goes by the order, and so does this where names differ.
            string layer = named ? needing[i].Name : stored[i].Layer;
            IReadOnlyList<string> names = named ? byName[layer] : stored[i].Names;
            Assign(needing[i], tree.Group(layer)!, names, into);
        }
    }

    private static void Assign(GraphNode node, WeightTree group, IReadOnlyList<string> names, WeightAssignment into)
    {
        if (node.Layer is not null)
        {
            into.Add(node, [.. names.Select(n => Tensor(node, group, n, into))]);
            return;
        }
        var layers = new List<(GraphNode Node, bool Moves)>();
        Collect(node, node.Trainable, layers);
        bool old = layers.Sum(l => Count(l.Node)) != names.Count; // gates of Keras 1, in more tensors
        int moving = layers.Sum(l => Moving(l.Node, l.Moves, old)),
            fixedAt = moving,
            movingAt = 0;
        if (layers.Sum(l => Count(l.Node, old)) != names.Count)
            throw into.Bad(node, $"has {names.Count} tensors where {layers.Sum(l => Count(l.Node))} are expected");
        foreach ((GraphNode layer, bool moves) in layers)
        {
            int first = Moving(layer, moves, old),
                rest = Count(layer, old) - first;
            IEnumerable<string> own = names.Skip(movingAt).Take(first).Concat(names.Skip(fixedAt).Take(rest));
            into.Add(layer, [.. own.Select(n => Tensor(layer, group, n, into))]);
            movingAt += first;
            fixedAt += rest;
        }
    }

    private static StoredTensor Tensor(GraphNode node, WeightTree group, string name, WeightAssignment into) =>
        group.Tensor(name) ?? throw into.Bad(node, $"lists the tensor '{name}', which the file lacks");

    private static void Collect(GraphNode node, bool moves, List<(GraphNode Node, bool Moves)> layers)
    {
        foreach (GraphNode inner in node.Model!.Listed)
        {
            if (inner.Model is not null)
                Collect(inner, moves && inner.Trainable, layers);
            else if (Count(inner) > 0)
                layers.Add((inner, moves && inner.Trainable));
        }
    }

    private static int Count(GraphNode node, bool old = false)
    {
        if (node.Model is not null)
            return node.Model.Listed.Sum(n => Count(n, old));
        int count = WeightSlot.Of(node.Layer).Count;
        return old ? WeightForms.CountOfKeras1(node.Layer!, count) : count;
    }

    private static int Moving(GraphNode node, bool moves, bool old) =>
        moves ? Count(node, old) - WeightSlot.Of(node.Layer).Count(s => !s.Moves) : 0;
}
