namespace Firn.Layers;

/// <summary>The parts of a model that a schedule freezes or thaws, each by itself.</summary>
public enum ParameterGroup
{
    /// <summary>The table of word vectors.</summary>
    Embedding,

    /// <summary>
    /// The weights of the layers over time: LSTM, GRU, convolutions, the map of a mean, normalization of a sequence.
    /// </summary>
    Encoder,

    /// <summary>The pooling's and the dense layer's weights.</summary>
    Dense,

    /// <summary>Moving means and variances, which follow the batches and which no schedule trains.</summary>
    Statistics,
}

/// <summary>A named array of weights.</summary>
public sealed class Parameter
{
    internal Parameter(string name, int[] shape, ParameterGroup group, Memory<float> values)
        : this(name, shape, group, values, values) { }

    /// <summary>Weights that may lie in a mapped file.</summary>
    /// <param name="name">In a weights file.</param>
    /// <param name="shape">Extents.</param>
    /// <param name="group">What freezes and thaws with it.</param>
    /// <param name="values">For those who hold the file.</param>
    /// <param name="lasting">The same for all others.</param>
    internal Parameter(string name, int[] shape, ParameterGroup group, Memory<float> values, Memory<float> lasting)
        : this(name, shape, group)
    {
        Throw.IfLengthDiffers(values.Length, Count, name);
        InPlace = values;
        Values = lasting;
    }

    /// <summary>A shape without values, to count with.</summary>
    internal Parameter(string name, int[] shape, ParameterGroup group)
    {
        Name = name;
        Shape = shape;
        Group = group;
    }

    /// <summary>Numbers that the shape holds.</summary>
    internal long Count => Shape.Aggregate(1L, (size, extent) => size * extent);

    /// <summary>
    /// The name in a weights file: <c>embedding.rows</c> [R,E], and for each layer of the model what its record says,
    /// such as <c>lstm.kernel</c> (<see cref="Lstm"/>); the output's are <c>dense.kernel</c> [F,K] and
    /// <c>dense.bias</c> [K].
    /// </summary>
    public string Name { get; }

    /// <summary>Extents, outermost first; the last varies fastest in <see cref="Values"/>.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>The group that freezes and thaws with it.</summary>
    public ParameterGroup Group { get; }

    /// <summary>
    /// The weights, row-major. Whoever writes here while another thread predicts gets undefined scores.
    /// </summary>
    public Memory<float> Values { get; }

    /// <summary>The same, for those who hold the file where they lie in one.</summary>
    internal Memory<float> InPlace { get; }

    /// <summary>Name and shape.</summary>
    public override string ToString() => $"{Name} [{string.Join(", ", Shape)}]";
}
