using Firn.Interop.Keras.Layers;
using Firn.Layers;
using EmbeddingLayer = Firn.Interop.Keras.Layers.EmbeddingLayer;

namespace Firn.Interop.Keras.Conversion;

/// <summary>
/// Takes a graph of layers apart into rows and branches side by side. A layer that joins is reached from its nearest
/// common ancestor, the layer through which all ways to it lead (its immediate dominator; Cooper, Harvey, Kennedy
/// 2001), by as many rows.
/// </summary>
internal sealed class GraphConversion
{
    private const int MaxLayers = 4096;
    private readonly Dictionary<string, KerasNode> _nodes;
    private readonly Dictionary<string, int> _order = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _dominator = new(StringComparer.Ordinal);
    private readonly LayerConversion _layers;
    private readonly IReadOnlySet<string> _guards;
    private readonly string _path;
    private int _steps;

    private GraphConversion(KerasFile file, string path, LayerConversion layers)
    {
        (_layers, _path, _guards) = (layers, path, PadGuards.Of(file));
        _nodes = file.Nodes.ToDictionary(n => n.Name, StringComparer.Ordinal);
        for (int i = 0; i < file.Nodes.Count; i++)
            _order[file.Nodes[i].Name] = i;
        foreach (KerasNode node in file.Nodes)
            _dominator[node.Name] = node.Inbound.Count == 0 ? node.Name : Inputs(node).Aggregate(Common);
    }

    /// <summary>The layers behind the embedding, up to the model's answer.</summary>
    /// <param name="file">The model.</param>
    /// <param name="path">What errors call it.</param>
    /// <param name="layers">Converts each layer.</param>
    /// <param name="embedding">Its table.</param>
    public static Piece Convert(KerasFile file, string path, LayerConversion layers, KerasNode embedding)
    {
        var graph = new GraphConversion(file, path, layers);
        var table = (EmbeddingLayer)embedding.Layer;
        return graph.Row(
            file.Outputs[0],
            embedding.Name,
            new Flow(true, table.OutputDim, table.MaskZero && graph._guards.Count == 0)
        );
    }

    /// <summary>The one table that a model reads its ids by.</summary>
    public static KerasNode EmbeddingOf(KerasFile file, string path)
    {
        if (file.Outputs.Count != 1)
            throw new KerasImportException(
                $"{path}: the model has {file.Outputs.Count} outputs ({string.Join(", ", file.Outputs)}) where one "
                    + $"is imported. Save a model of one of them."
            );
        KerasNode[] tables =
        [
            .. file.Nodes.Where(n => n.Layer is EmbeddingLayer).ExceptBy(PadGuards.Of(file), n => n.Name),
        ];
        if (tables.Length != 1)
        {
            string found =
                tables.Length == 0
                    ? "no Embedding layer: it does not read words as ids"
                    : $"{tables.Length} Embedding layers ({string.Join(", ", tables.Select(t => $"'{t.Name}'"))}) "
                        + $"where one is imported";
            throw new KerasImportException($"{path}: the model has {found}.");
        }
        return tables[0];
    }

    private Piece Row(string name, string from, Flow start)
    {
        if (name == from)
            return new Piece([], start);
        KerasNode node = _nodes[name];
        if (++_steps > MaxLayers)
            throw _layers.Refused(node, $"is reached by more than {MaxLayers} layers");
        if (_order[name] < _order[from] || node.Inbound.Count == 0)
            throw new KerasImportException(
                $"{_path}: layer '{node.Name}' ({node.ClassName}) does not read the embedding '{from}', which is not "
                    + $"imported."
            );
        if (Inputs(node).Count() < node.Inbound.Count)
            return Row(Inputs(node).Single(), from, start);
        if (node.Layer is MergeLayer merge)
            return Joined(node, merge, from, start);
        if (node.Inbound.Count > 1)
            throw _layers.Refused(node, $"takes {node.Inbound.Count} inputs");
        return _layers.Append(Row(node.Inbound[0], from, start), node);
    }

    private Piece Joined(KerasNode node, MergeLayer merge, string from, Flow start)
    {
        string fork = _dominator[node.Name];
        if (_order[fork] < _order[from])
            throw new KerasImportException(
                $"{_path}: layer '{node.Name}' ({node.ClassName}) joins what does not read the embedding '{from}', "
                    + $"which is not imported."
            );
        Piece before = Row(fork, from, start);
        Piece[] branches = [.. node.Inbound.Select(i => Row(i, fork, before.Flow))];
        Flow first = branches[0].Flow;
        if (branches.Length == 1)
            return new Piece([.. before.Layers, .. branches[0].Layers], first);
        if (branches.Any(b => b.Flow.IsSequence != first.IsSequence || b.Flow.Masked != first.Masked))
            throw _layers.Refused(node, "joins sequences with vectors, or masked with unmasked ones");
        Join join = merge.Merge switch
        {
            KerasMerge.Concatenate when merge.Axis == -1 || merge.Axis == (first.IsSequence ? 2 : 1) =>
                Join.Concatenate,
            KerasMerge.Concatenate => throw _layers.Refused(node, $"joins along axis {merge.Axis}"),
            KerasMerge.Add => Join.Sum,
            KerasMerge.Multiply => Join.Multiply,
            KerasMerge.Average => Join.Average,
            _ => throw _layers.Refused(node, "has no layer of Firn's that does the same"),
        };
        bool open = branches.Any(b => b.Flow.Width == 0);
        int width =
            open ? 0
            : join == Join.Concatenate ? branches.Sum(b => b.Flow.Width)
            : first.Width;
        LayerList[] lists = [.. branches.Select(b => LayerList.Of(b.Layers.ToArray()))];
        before.Layers.Add(new Branches(BranchList.Of(lists), join));
        Flow flow = first with
        {
            Width = width,
            Odd = branches.Select(b => b.Flow.Odd).FirstOrDefault(o => o is not null),
        };
        return before with { Flow = flow };
    }

    /// <summary>
    /// What a layer reads, but for tables that keep pads out: they change nothing where there are none.
    /// </summary>
    private IEnumerable<string> Inputs(KerasNode node) => node.Inbound.Where(i => !_guards.Contains(i));

    private string Common(string left, string right)
    {
        while (left != right)
        {
            if (_order[left] > _order[right])
                left = _dominator[left];
            else
                right = _dominator[right];
        }
        return left;
    }
}
