using Firn.Interop.Keras.Layers;
using Firn.Interop.Keras.Weights;

namespace Firn.Interop.Keras.Conversion;

/// <summary>Tensors of Keras under Firn's names and in its shapes.</summary>
internal sealed class WeightConversion
{
    private readonly Dictionary<string, ReadOnlyMemory<float>> _weights = new(StringComparer.Ordinal);

    /// <summary>What was converted.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<float>> All => _weights;

    /// <summary>Takes a tensor as it is.</summary>
    public void Add(string name, ReadOnlyMemory<float> values) => _weights.Add(name, values);

    /// <summary>Takes a tensor out.</summary>
    public ReadOnlyMemory<float> Take(string name) =>
        _weights.Remove(name, out ReadOnlyMemory<float> values)
            ? values
            : throw new InvalidOperationException($"There is no '{name}'.");

    /// <summary>The tensor of a role, or so many equal numbers where the layer has none.</summary>
    public void Add(string name, KerasNode node, string role, int size, float otherwise = 0)
    {
        KerasWeight? found = node.Weights.FirstOrDefault(w => w.Role == role);
        Add(name, found?.Values ?? Enumerable.Repeat(otherwise, size).ToArray());
    }

    /// <summary>One direction of a recurrent layer.</summary>
    /// <param name="name">Firn's name, of the direction.</param>
    /// <param name="node">Where the tensors are.</param>
    /// <param name="prefix">Before their roles: <c>forward/</c>, or nothing.</param>
    /// <param name="layer">The settings.</param>
    public void AddRecurrent(string name, KerasNode node, string prefix, RecurrentLayer layer)
    {
        int gates = layer switch
            {
                LstmLayer => 4,
                GruLayer => 3,
                _ => 1,
            },
            width = gates * layer.Units;
        Add($"{name}.kernel", Required(node, prefix + "kernel").Values);
        Add($"{name}.recurrent_kernel", Required(node, prefix + "recurrent_kernel").Values);
        if (layer is GruLayer { ResetAfter: true })
        {
            ReadOnlyMemory<float> both = layer.UseBias ? Required(node, prefix + "bias").Values : new float[2 * width];
            Add($"{name}.bias", both[..width]);
            Add($"{name}.recurrent_bias", both[width..]);
            return;
        }
        Add($"{name}.bias", node, prefix + "bias", width);
    }

    /// <summary>
    /// A convolution's kernel, Keras' [window, inputs / groups, filters], as Firn's [inputs, window * filters]; the
    /// places that a dilation skips and the inputs of other groups are zeros.
    /// </summary>
    public void AddConvolution(string name, KerasNode node, Conv1DLayer layer)
    {
        KerasWeight kernel = Required(node, "kernel");
        int own = kernel.Shape[1],
            inputs = own * layer.Groups,
            filters = layer.Filters,
            ofGroup = filters / layer.Groups;
        int window = Window(layer);
        ReadOnlySpan<float> from = kernel.Values.Span;
        var to = new float[inputs * window * filters];
        for (int place = 0; place < layer.KernelSize; place++)
        {
            for (int input = 0; input < own; input++)
            {
                ReadOnlySpan<float> row = from.Slice((place * own + input) * filters, filters);
                for (int group = 0; group < layer.Groups; group++)
                {
                    int at = ((group * own + input) * window + place * layer.DilationRate) * filters + group * ofGroup;
                    row.Slice(group * ofGroup, ofGroup).CopyTo(to.AsSpan(at));
                }
            }
        }
        Add($"{name}.kernel", to);
        if (layer.UseBias)
            Add($"{name}.bias", Required(node, "bias").Values);
    }

    /// <summary>Steps from the first to the last place of a window.</summary>
    public static int Window(Conv1DLayer layer) => checked((layer.KernelSize - 1) * layer.DilationRate + 1);

    /// <summary>The tensor of a role.</summary>
    public static KerasWeight Required(KerasNode node, string role) =>
        node.Weights.FirstOrDefault(w => w.Role == role)
        ?? throw new KerasImportException(
            $"Layer '{node.Name}' ({node.ClassName}) has no '{role}'. The file is damaged; save it again."
        );
}
