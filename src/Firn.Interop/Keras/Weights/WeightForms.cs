using Firn.Interop.Keras.Layers;

namespace Firn.Interop.Keras.Weights;

/// <summary>
/// Brings the tensors of older layers to the form that Keras 2 and 3 have, as Keras does when it loads them: gates of
/// Keras 1 in tensors of their own, kernels of Theano the other way round, the layouts of CuDNN.
/// </summary>
internal static class WeightForms
{
    // Keras 1 stores LSTM as input, cell, forget, output, each with kernel, recurrent kernel, bias; GRU as in Keras 2.
    private static readonly int[] LstmGates1 = [0, 6, 3, 9],
        GruGates1 = [0, 3, 6];

    /// <summary>Tensors that a layer of Keras 1 has where one of Keras 2 has three.</summary>
    public static int CountOfKeras1(KerasLayer layer, int count) =>
        layer switch
        {
            LstmLayer => 3 * LstmGates1.Length,
            GruLayer => 3 * GruGates1.Length,
            BidirectionalLayer both => CountOfKeras1(both.Forward, count / 2) + CountOfKeras1(both.Backward, count / 2),
            TimeDistributedLayer each => CountOfKeras1(each.Inner, count),
            _ => count,
        };

    /// <summary>Brings the tensors of a layer to today's form.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="tensors">What the file has.</param>
    /// <param name="backend">The library that Keras stood on.</param>
    public static IReadOnlyList<StoredTensor> Today(
        KerasLayer layer,
        IReadOnlyList<StoredTensor> tensors,
        string? backend
    )
    {
        switch (layer)
        {
            case BidirectionalLayer both when tensors.Count % 2 == 0:
                int half = tensors.Count / 2;
                return
                [
                    .. Today(both.Forward, [.. tensors.Take(half)], backend),
                    .. Today(both.Backward, [.. tensors.Skip(half)], backend),
                ];
            case TimeDistributedLayer each:
                return Today(each.Inner, tensors, backend);
            case LstmLayer when tensors.Count == 3 * LstmGates1.Length:
                return Joined(tensors, LstmGates1);
            case GruLayer when tensors.Count == 3 * GruGates1.Length:
                return Joined(tensors, GruGates1);
            case LstmLayer lstm when IsCuDnn(tensors, 4, lstm.Units):
                return [Turned(tensors[0], 4), Turned(tensors[1], 4), Summed(tensors[2])];
            case GruLayer gru when IsCuDnn(tensors, 3, gru.Units):
                StoredTensor rows = tensors[2] with { Shape = [2, 3 * gru.Units] };
                return [Turned(tensors[0], 3), Turned(tensors[1], 3), rows];
            case Conv1DLayer conv when tensors.Count > 0:
                StoredTensor kernel = Flat(tensors[0], conv);
                return [backend == "theano" ? TurnedRound(kernel) : kernel, .. tensors.Skip(1)];
            default:
                return tensors;
        }
    }

    /// <summary>Puts the gates of Keras 1 next to each other: all kernels, all recurrent kernels, all biases.</summary>
    private static List<StoredTensor> Joined(IReadOnlyList<StoredTensor> tensors, int[] gates)
    {
        var joined = new List<StoredTensor>();
        for (int part = 0; part < 3; part++)
        {
            StoredTensor[] parts = [.. gates.Select(g => tensors[g + part])];
            int[] shape = parts[0].Shape;
            if (shape.Length is 0 or > 2 || !parts.All(p => p.Shape.SequenceEqual(shape)))
                return [.. tensors]; // not of this form: the check of shapes names it
            int units = shape[^1],
                rows = shape.Length == 2 ? shape[0] : 1,
                width = units * gates.Length;
            var values = new float[rows * width];
            for (int gate = 0; gate < parts.Length; gate++)
            {
                for (int row = 0; row < rows; row++)
                    parts[gate].Values.AsSpan(row * units, units).CopyTo(values.AsSpan(row * width + gate * units));
            }
            joined.Add(new StoredTensor(parts[0].Name, shape.Length == 2 ? [rows, width] : [width], values));
        }
        return joined;
    }

    /// <summary>CuDNN's layers have biases of input and of state, one behind the other.</summary>
    private static bool IsCuDnn(IReadOnlyList<StoredTensor> tensors, int gates, int units) =>
        tensors.Count == 3
        && tensors[0].Shape.Length == 2
        && tensors[0].Shape[1] == gates * units
        && tensors[1].Shape is [var rows, var width]
        && rows == units
        && width == gates * units
        && tensors[2].Shape is [var bias]
        && bias == 2 * gates * units;

    /// <summary>
    /// A kernel of CuDNN: each gate is laid out as [units, inputs] under the name of [inputs, units], since Keras
    /// handed
    /// the bytes on without turning them. A recurrent kernel is square a gate, and simply turned by this.
    /// </summary>
    private static StoredTensor Turned(StoredTensor kernel, int gates)
    {
        int rows = kernel.Shape[0],
            width = kernel.Shape[1],
            units = width / gates;
        var values = new float[kernel.Values.Length];
        for (int gate = 0; gate < gates; gate++)
        {
            for (int unit = 0; unit < units; unit++)
            {
                for (int row = 0; row < rows; row++)
                {
                    int flat = unit * rows + row; // in the gate's own bytes, which lie in rows of units
                    values[row * width + gate * units + unit] = kernel.Values[
                        flat / units * width + gate * units + flat % units
                    ];
                }
            }
        }
        return kernel with { Values = values };
    }

    private static StoredTensor Summed(StoredTensor bias)
    {
        var sum = new float[bias.Values.Length / 2];
        for (int i = 0; i < sum.Length; i++)
            sum[i] = bias.Values[i] + bias.Values[i + sum.Length];
        return bias with { Shape = [sum.Length], Values = sum };
    }

    /// <summary>
    /// Kernels of Keras 1 have an axis of one: [steps, 1, inputs, filters], or [filters, inputs, steps, 1] at first.
    /// </summary>
    private static StoredTensor Flat(StoredTensor kernel, Conv1DLayer conv)
    {
        if (kernel.Shape is not [var first, var second, var third, var last])
            return kernel;
        if (first == conv.KernelSize && second == 1 && last == conv.Filters)
            return kernel with { Shape = [first, third, last] };
        if (first != conv.Filters || third != conv.KernelSize || last != 1)
            return kernel;
        var values = new float[kernel.Values.Length];
        for (int filter = 0; filter < first; filter++)
        {
            for (int input = 0; input < second; input++)
            {
                int from = (filter * second + input) * third;
                for (int step = 0; step < third; step++)
                    values[(step * second + input) * first + filter] = kernel.Values[from + step];
            }
        }
        return kernel with { Shape = [third, second, first], Values = values };
    }

    /// <summary>Theano convolves in the mathematical sense, which turns the kernel's steps round.</summary>
    private static StoredTensor TurnedRound(StoredTensor kernel)
    {
        if (kernel.Shape is not [var steps, var inputs, var filters])
            return kernel;
        var values = new float[kernel.Values.Length];
        int size = inputs * filters;
        for (int step = 0; step < steps; step++)
            kernel.Values.AsSpan(step * size, size).CopyTo(values.AsSpan((steps - 1 - step) * size));
        return kernel with { Values = values };
    }
}
