using Firn.Kernels;

namespace Firn.Layers;

/// <summary>
/// Where layers get their weights from: each layer names what it needs, with shape, group and starting values, and gets
/// fresh weights when a model is made and the model's own ever after. So a layer's weights are described in one place.
/// </summary>
internal sealed class WeightSource
{
    private enum Kind
    {
        Fresh,
        Known,
        Shapes,
    }

    private readonly List<Parameter> _parameters;
    private readonly Kind _kind;

    private WeightSource(List<Parameter> parameters, CounterRandom random, Kind kind) =>
        (_parameters, Random, _kind) = (parameters, random, kind);

    /// <summary>The model's stream for starting values; only fresh weights are drawn from it.</summary>
    public CounterRandom Random { get; }

    /// <summary>The weights so far, in the order in which they were first asked for.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>Makes weights; the first are given.</summary>
    public static WeightSource Fresh(Parameter first, CounterRandom random) => new([first], random, Kind.Fresh);

    /// <summary>Finds the weights of a model.</summary>
    public static WeightSource Of(IEnumerable<Parameter> weights) => new([.. weights], default, Kind.Known);

    /// <summary>Shapes without values: what a model would hold.</summary>
    public static WeightSource Shapes() => new([], default, Kind.Shapes);

    /// <summary>The weights of a name, of this shape.</summary>
    /// <param name="name">In a weights file.</param>
    /// <param name="group">What freezes and thaws with it.</param>
    /// <param name="shape">Extents.</param>
    /// <param name="fill">Writes the starting values; null for zeros.</param>
    public Parameter Get(string name, ParameterGroup group, int[] shape, Action<Span<float>>? fill = null)
    {
        if (_kind == Kind.Known)
            return _parameters.Find(p => p.Name == name)
                ?? throw new ArgumentException($"The model has no '{name}'.", nameof(name));
        Parameter parameter =
            _kind == Kind.Shapes
                ? new Parameter(name, shape, group)
                : new Parameter(name, shape, group, Filled(shape, fill));
        _parameters.Add(parameter);
        return parameter;
    }

    private static float[] Filled(int[] shape, Action<Span<float>>? fill)
    {
        var values = new float[shape.Aggregate(1, (size, extent) => checked(size * extent))];
        fill?.Invoke(values);
        return values;
    }
}
