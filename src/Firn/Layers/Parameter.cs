namespace Firn.Layers;

/// <summary>The parts of a model that a schedule freezes or thaws, each by itself.</summary>
public enum ParameterGroup
{
    /// <summary>The table of word vectors.</summary>
    Embedding,

    /// <summary>The weights of the layers over time: LSTM, GRU, convolutions, the map of a mean.</summary>
    Lstm,

    /// <summary>The pooling's and the dense layer's weights.</summary>
    Dense,
}

/// <summary>A named array of weights.</summary>
public sealed class Parameter
{
    internal Parameter(string name, int[] shape, ParameterGroup group, Memory<float> values)
        : this(name, shape, group)
    {
        Throw.IfLengthDiffers(values.Length, Count, name);
        Values = values;
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
    /// The name in a weights file: <c>embedding.rows</c> [R,E]; <c>lstm.kernel</c> [E,4H], <c>lstm.recurrent_kernel</c>
    /// [H,4H], <c>lstm.bias</c> [4H] with gates in the order i, f, c, o; <c>gru.*</c> the same of 3H in the order z, r, c, and
    /// <c>gru.recurrent_bias</c> [3H]; the other direction is <c>*_backward.*</c>, the second level <c>*_2.*</c>;
    /// <c>convolution.kernel</c> [E,WF] for W places in all windows, <c>convolution.bias</c> [nF]; <c>linear.kernel</c> [E,H],
    /// <c>linear.bias</c> [H]; hidden dense layers <c>dense_1.kernel</c>, <c>dense_1.bias</c> and so on;
    /// <c>attention.kernel</c> [F,F], <c>attention.bias</c> [F], <c>attention.context</c> [F]; <c>dense.kernel</c> [F,K];
    /// <c>dense.bias</c> [K].
    /// </summary>
    public string Name { get; }

    /// <summary>Extents, outermost first; the last varies fastest in <see cref="Values"/>.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>The group that freezes and thaws with it.</summary>
    public ParameterGroup Group { get; }

    /// <summary>The weights, row-major. Whoever writes here while another thread predicts gets undefined scores.</summary>
    public Memory<float> Values { get; }

    /// <summary>Name and shape.</summary>
    public override string ToString() => $"{Name} [{string.Join(", ", Shape)}]";
}
