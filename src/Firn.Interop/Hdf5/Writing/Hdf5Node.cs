using System.Text;
using Firn.Interop.Export;

namespace Firn.Interop.Hdf5.Writing;

/// <summary>A group or an array to be written, with its attributes.</summary>
internal abstract class Hdf5Node
{
    private readonly List<(string Name, byte[][] Values, bool IsList)> _attributes = [];

    /// <summary>Names, and texts in UTF-8; one alone or a list.</summary>
    public IReadOnlyList<(string Name, byte[][] Values, bool IsList)> Attributes => _attributes;

    /// <summary>Hangs a text on it.</summary>
    public void Text(string name, string value) => _attributes.Add((name, [Encoding.UTF8.GetBytes(value)], false));

    /// <summary>Hangs a list of texts on it, which may be empty.</summary>
    public void Texts(string name, IEnumerable<string> values) =>
        _attributes.Add((name, [.. values.Select(Encoding.UTF8.GetBytes)], true));
}

/// <summary>A group.</summary>
internal sealed class Hdf5GroupNode : Hdf5Node
{
    private readonly SortedDictionary<byte[], Hdf5Node> _children = new(
        Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b))
    );

    /// <summary>By the bytes of their names, as HDF5 sorts them.</summary>
    public IReadOnlyDictionary<byte[], Hdf5Node> Children => _children;

    /// <summary>A group within it, made where it is missing; slashes lead deeper.</summary>
    public Hdf5GroupNode Group(string path)
    {
        Hdf5GroupNode at = this;
        foreach (string part in path.Split('/'))
        {
            byte[] name = Encoding.UTF8.GetBytes(part);
            if (!at._children.TryGetValue(name, out Hdf5Node? child))
                at._children.Add(name, child = new Hdf5GroupNode());
            at = (Hdf5GroupNode)child;
        }
        return at;
    }

    /// <summary>Puts an array into it; slashes in its name lead into groups.</summary>
    public void Array(string path, ExportTensor tensor)
    {
        int slash = path.LastIndexOf('/');
        Hdf5GroupNode group = slash < 0 ? this : Group(path[..slash]);
        group._children.Add(Encoding.UTF8.GetBytes(path[(slash + 1)..]), new Hdf5ArrayNode(tensor));
    }
}

/// <summary>An array of float32.</summary>
internal sealed class Hdf5ArrayNode(ExportTensor tensor) : Hdf5Node
{
    public ExportTensor Tensor { get; } = tensor;
}
