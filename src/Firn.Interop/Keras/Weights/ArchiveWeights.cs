using System.Globalization;
using System.Text.RegularExpressions;
using Firn.Interop.Keras.Architecture;
using Firn.Interop.Keras.Layers;

namespace Firn.Interop.Keras.Weights;

/// <summary>
/// Finds tensors in the form of <c>.keras</c> archives and <c>.weights.h5</c> files: groups named by class in the order
/// of
/// the model (<c>layers/dense_1/vars/0</c>), whatever the layers are called. Keras 3 notes each layer's own name
/// beside its tensors; Keras 2 does not and may skip numbers, and on Windows wrote backslashes into the names.
/// </summary>
internal sealed partial class ArchiveWeights
{
    private const int MaxDepth = 24,
        MaxEntries = 1 << 16;
    private static readonly string[] Roots = ["layers", "_layer_checkpoint_dependencies"];
    private readonly WeightTree _tree;
    private readonly WeightAssignment _into;
    private readonly Dictionary<string, string> _tensors = new(StringComparer.Ordinal); // by the path with slashes
    private readonly Dictionary<string, string> _owners = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _children = new(StringComparer.Ordinal);
    private int _entries;

    private ArchiveWeights(WeightTree tree, WeightAssignment into)
    {
        (_tree, _into) = (tree, into);
        Walk(tree, "", "", MaxDepth);
    }

    /// <summary>Whether a file has this form.</summary>
    public static bool Has(WeightTree tree) => tree.Names.Any(n => Roots.Contains(n.Split('\\', '/')[0]));

    /// <summary>Gives each layer its tensors.</summary>
    /// <param name="tree">The root of the file.</param>
    /// <param name="graph">The model.</param>
    /// <param name="into">Takes them.</param>
    /// <param name="vocabulary">Gives the vocabulary of a layer by the path of its group.</param>
    public static void Assign(
        WeightTree tree,
        ModelGraph graph,
        WeightAssignment into,
        Action<GraphNode, string>? vocabulary = null
    ) => new ArchiveWeights(tree, into).Assign(graph, "", vocabulary);

    private void Assign(ModelGraph graph, string prefix, Action<GraphNode, string>? vocabulary)
    {
        string? root = Array.Find(Roots, r => _children.ContainsKey(prefix + r));
        HashSet<string> groups = root is null ? [] : _children[prefix + root];
        ILookup<string, string> byClass = groups.OrderBy(Number).ToLookup(g => Ending().Replace(g, ""));
        var taken = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (GraphNode node in graph.Listed)
        {
            string stem = Snake(node.ClassName);
            int number = taken.GetValueOrDefault(stem);
            taken[stem] = number + 1;
            string? group = Find(groups, [.. byClass[stem]], $"{prefix}{root}/", node.Name, number);
            if (node.Model is not null)
                Assign(node.Model, group is null ? $"{prefix}?/" : $"{prefix}{root}/{group}/", vocabulary);
            else if (WeightSlot.Of(node.Layer).Count > 0)
                _into.Add(node, Tensors(node, $"{prefix}{root}/{group}", group is not null));
            else if (node.Layer is TextVectorizationLayer)
                vocabulary?.Invoke(node, $"{prefix}{root ?? Roots[0]}/{group ?? Counted(stem, number)}");
        }
    }

    /// <summary>
    /// The group of a layer: the one that notes its name; else, as Keras counts, the n-th of its class; else the one
    /// that
    /// bears its name, as the first archives had it.
    /// </summary>
    private string? Find(HashSet<string> groups, string[] ofClass, string prefix, string name, int number)
    {
        string[] noted = [.. ofClass.Where(g => _owners.GetValueOrDefault(prefix + g) == name)];
        if (noted.Length == 1)
            return noted[0];
        if (number < ofClass.Length)
            return ofClass[number];
        return groups.Contains(name) ? name : null;
    }

    private List<StoredTensor> Tensors(GraphNode node, string group, bool found)
    {
        var tensors = new List<StoredTensor>();
        foreach (string part in Parts(node.Layer!))
        {
            for (int i = 0; found && _tensors.TryGetValue($"{group}/{part}vars/{i}", out string? stored); i++)
                tensors.Add(_tree.Tensor(stored)! with { Name = $"{group}/{part}vars/{i}" });
        }
        return tensors.Count > 0 ? tensors : throw _into.Missing(node);
    }

    /// <summary>Where a layer's tensors stand within its group.</summary>
    private static IEnumerable<string> Parts(KerasLayer layer) =>
        layer switch
        {
            RecurrentLayer => ["cell/"],
            BidirectionalLayer => ["forward_layer/cell/", "backward_layer/cell/"],
            TimeDistributedLayer each => Parts(each.Inner).Select(p => "layer/" + p),
            _ => [""],
        };

    private void Walk(WeightTree group, string stored, string path, int depth)
    {
        if (depth == 0)
            return;
        foreach (string name in group.Names)
        {
            if (++_entries > MaxEntries)
                throw new InvalidDataException($"{_into.Path}: the file holds more groups than a model has layers.");
            string[] parts = name.Split('\\', '/');
            if (path.Length == 0 && !Roots.Contains(parts[0]))
                continue; // the optimizer, which is the larger part of many files
            string inner = path;
            foreach (string part in parts)
            {
                Siblings(inner).Add(part);
                inner = inner.Length == 0 ? part : $"{inner}/{part}";
            }
            string place = stored.Length == 0 ? name : $"{stored}/{name}";
            if (group.Group(name) is not { } child)
            {
                _tensors[inner] = place;
                continue;
            }
            if (parts[^1] == "vars" && child.Text("name") is { } owner)
                _owners[path] = owner;
            Walk(child, place, inner, depth - 1);
        }
    }

    private HashSet<string> Siblings(string path)
    {
        if (!_children.TryGetValue(path, out HashSet<string>? siblings))
            _children.Add(path, siblings = []);
        return siblings;
    }

    /// <summary>How Keras writes a class name in small letters: SimpleRNN is simple_rnn, Conv1D conv1d.</summary>
    private static string Snake(string name)
    {
        string words = Humps().Replace(NotWord().Replace(name, ""), "$1_$2");
        return Capitals().Replace(words, "$1_$2").ToLowerInvariant();
    }

    private static string Counted(string stem, int number) => number == 0 ? stem : $"{stem}_{number}";

    /// <summary>The number of a group of its class: dense is 0, dense_2 is 2.</summary>
    private static int Number(string group) =>
        int.TryParse(Ending().Match(group).ValueSpan.TrimStart('_'), CultureInfo.InvariantCulture, out int number)
            ? number
            : 0;

    [GeneratedRegex(@"_\d+$")]
    private static partial Regex Ending();

    [GeneratedRegex(@"\W+")]
    private static partial Regex NotWord();

    [GeneratedRegex("(.)([A-Z][a-z]+)")]
    private static partial Regex Humps();

    [GeneratedRegex("([a-z])([A-Z])")]
    private static partial Regex Capitals();
}
