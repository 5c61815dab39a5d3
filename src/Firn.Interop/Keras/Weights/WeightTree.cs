using Firn.Interop.Hdf5;
using Firn.Interop.NumPy;
using Firn.Interop.Pickle;

namespace Firn.Interop.Keras.Weights;

/// <summary>A tensor as it is stored, before it is known what it is for.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Shape">Its extent.</param>
/// <param name="Values">Its numbers.</param>
internal sealed record StoredTensor(string Name, int[] Shape, float[] Values);

/// <summary>Groups, texts and tensors by name, from an HDF5 file or a pickled dictionary of the same form.</summary>
internal abstract class WeightTree
{
    /// <summary>The group of a name or path; null where there is none.</summary>
    public abstract WeightTree? Group(string path);

    /// <summary>The tensor of a name or path; null where there is none.</summary>
    /// <param name="path">Where it is.</param>
    public abstract StoredTensor? Tensor(string path);

    /// <summary>Names of what is in the group.</summary>
    public abstract IEnumerable<string> Names { get; }

    /// <summary>A text that hangs on the group.</summary>
    public abstract string? Text(string name);

    /// <summary>A list of texts; one too long for an attribute is there in parts, <c>name0</c>, <c>name1</c>.</summary>
    public IReadOnlyList<string>? List(string name)
    {
        if (Texts(name) is { } whole)
            return whole;
        List<string>? parts = null;
        for (int part = 0; Texts($"{name}{part}") is { } some; part++)
            (parts ??= []).AddRange(some);
        return parts;
    }

    protected abstract IReadOnlyList<string>? Texts(string name);
}

/// <summary>The groups of an HDF5 file.</summary>
internal sealed class Hdf5WeightTree(Hdf5Group group) : WeightTree
{
    public override IEnumerable<string> Names => group.Names;

    public override WeightTree? Group(string path) => group.Group(path) is { } inner ? new Hdf5WeightTree(inner) : null;

    public override StoredTensor? Tensor(string path) =>
        group.Array(path) is { } array ? new StoredTensor(path, array.Shape, array.ReadSingles()) : null;

    public override string? Text(string name) => group.Text(name);

    protected override IReadOnlyList<string>? Texts(string name) => group.Texts(name);
}

/// <summary>
/// Dictionaries of a pickle that Keras 2.2 made of a model, in which attributes are entries like any other.
/// </summary>
internal sealed class PickledWeightTree(PickleDict dictionary, string file) : WeightTree
{
    public override IEnumerable<string> Names => dictionary.Entries.Select(e => e.Key).OfType<string>();

    public override WeightTree? Group(string path) =>
        Find(path) is PickleDict inner ? new PickledWeightTree(inner, file) : null;

    public override StoredTensor? Tensor(string path) =>
        NumPyArray.FromAny(Find(path), file) is { } array
            ? new StoredTensor(path, [.. array.Shape], array.ReadSingles())
            : null;

    public override string? Text(string name) => NumPyTexts.Text(Find(name));

    protected override IReadOnlyList<string>? Texts(string name) =>
        NumPyTexts.Values(Find(name), file) is { } values ? [.. values.Select(v => NumPyTexts.Text(v) ?? "")] : null;

    /// <summary>A key may hold a slash itself (<c>dense/kernel:0</c>), or be a path through dictionaries.</summary>
    private object? Find(string name)
    {
        if (dictionary.TryGet(name, out object? whole))
            return whole;
        object? at = dictionary;
        foreach (string part in name.Split('/'))
        {
            if (at is not PickleDict inner || !inner.TryGet(part, out at))
                return null;
        }
        return at;
    }
}
