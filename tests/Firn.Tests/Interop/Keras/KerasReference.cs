using Firn.Interop.Keras;
using Firn.Interop.Keras.Layers;
using Firn.Interop.Keras.Weights;

namespace Firn.Tests.Interop.Keras;

/// <summary>
/// Answers one text by Keras' equations, slowly and in double precision, from nothing but a <see cref="KerasFile"/>:
/// what shows that the description holds all that an answer needs.
/// </summary>
internal sealed class KerasReference
{
    private readonly Dictionary<string, Tensor> _values = [];

    /// <summary>What the model answers to ids: a row, or a row for each step.</summary>
    public static double[][] Answer(KerasFile file, IReadOnlyList<int> ids)
    {
        var run = new KerasReference();
        foreach (KerasNode node in file.Nodes)
        {
            Tensor[] inputs = [.. node.Inbound.Select(i => run._values[i])];
            run._values[node.Name] =
                node.Layer is InputLayer
                    ? Vector([.. ids.Select(id => (double)id)])
                    : Apply(node.Layer, node.Weights, inputs);
        }
        return run._values[file.Outputs[0]].Rows;
    }

    /// <summary>Rows of numbers, [T][D] or [1][D], and which steps count.</summary>
    private sealed record Tensor(double[][] Rows, bool[]? Mask);

    private static Tensor Vector(double[] row) => new([row], null);

    private static Tensor Apply(KerasLayer layer, IReadOnlyList<KerasWeight> weights, Tensor[] inputs)
    {
        Tensor x = inputs[0];
        return layer switch
        {
            TrainingOnlyLayer or TextVectorizationLayer => x,
            EmbeddingLayer embedding => new Tensor(
                [.. x.Rows[0].Select(id => Row(weights[0], (int)id))],
                embedding.MaskZero ? [.. x.Rows[0].Select(id => id != 0)] : null
            ),
            DenseLayer dense => x with
            {
                Rows =
                [
                    .. x.Rows.Select(r =>
                        Activate(dense.Activation, Product(r, weights[0], dense.UseBias ? weights[1] : null))
                    ),
                ],
            },
            RecurrentLayer recurrent => Recurrent(recurrent, weights, x, recurrent.GoBackwards),
            BidirectionalLayer both => Bidirectional(both, weights, x),
            Conv1DLayer convolution => Convolution(convolution, weights, x.Rows),
            PoolingLayer pooling => Pooled(pooling, x.Rows),
            GlobalPoolingLayer global => Vector(
                Columns(
                    global.Pooling == KerasPooling.Average && x.Mask is not null
                        ? [.. x.Rows.Where((_, t) => x.Mask[t])]
                        : x.Rows,
                    global.Pooling
                )
            ),
            FlattenLayer => Vector([.. x.Rows.SelectMany(r => r)]),
            MergeLayer { Merge: KerasMerge.Concatenate } => Merged(inputs, (a, b) => [.. a, .. b]),
            MergeLayer { Merge: KerasMerge.Add } => Merged(
                inputs,
                (a, b) => [.. a.Select((v, i) => v + b[i % b.Length])]
            ),
            MergeLayer { Merge: KerasMerge.Multiply } => Merged(
                inputs,
                (a, b) => [.. a.Select((v, i) => v * b[i % b.Length])]
            ),
            MergeLayer { Merge: KerasMerge.Average } => Merged(inputs, (a, b) => [.. a.Zip(b, (v, w) => v + w)])
                is var sum
                ? sum with
                {
                    Rows = [.. sum.Rows.Select(r => r.Select(v => v / inputs.Length).ToArray())],
                }
                : x,
            BatchNormalizationLayer batch => x with
            {
                Rows =
                [
                    .. x.Rows.Select(r =>
                        (double[])
                            [
                                .. r.Select(
                                    (v, i) =>
                                        At(weights[0], i)
                                            * (v - At(weights[2], i))
                                            / Math.Sqrt(At(weights[3], i) + batch.Epsilon)
                                        + At(weights[1], i)
                                ),
                            ]
                    ),
                ],
            },
            LayerNormalizationLayer row => x with
            {
                Rows = [.. x.Rows.Select(r => Normalized(r, weights, row.Epsilon))],
            },
            ActivationLayer function => x with { Rows = [.. x.Rows.Select(r => Activate(function.Activation, r))] },
            _ => throw new NotSupportedException(layer.GetType().Name),
        };
    }

    private static double At(KerasWeight weight, int i) => weight.Values.Span[i];

    private static double[] Normalized(double[] row, IReadOnlyList<KerasWeight> weights, double epsilon)
    {
        double mean = row.Average(),
            variance = row.Average(v => (v - mean) * (v - mean));
        return
        [
            .. row.Select((v, i) => At(weights[0], i) * (v - mean) / Math.Sqrt(variance + epsilon) + At(weights[1], i)),
        ];
    }

    /// <summary>Row by row; a step counts where it does in each input that says so.</summary>
    private static Tensor Merged(Tensor[] inputs, Func<double[], double[], double[]> join) =>
        inputs.Aggregate(
            (a, b) =>
                new Tensor(
                    [.. a.Rows.Zip(b.Rows, join)],
                    a.Mask is null ? b.Mask
                        : b.Mask is null ? a.Mask
                        : [.. a.Mask.Zip(b.Mask, (m, n) => m && n)]
                )
        );

    private static Tensor Bidirectional(BidirectionalLayer both, IReadOnlyList<KerasWeight> weights, Tensor x)
    {
        int half = weights.Count / 2;
        Tensor forward = Recurrent(both.Forward, [.. weights.Take(half)], x, backwards: false);
        Tensor backward = Recurrent(both.Backward, [.. weights.Skip(half)], x, backwards: true);
        IEnumerable<double[]> turned = both.Backward.ReturnSequences ? backward.Rows.Reverse() : backward.Rows;
        return forward with
        {
            Rows =
            [
                .. forward.Rows.Zip(
                    turned,
                    (f, b) =>
                        both.MergeMode switch
                        {
                            KerasMergeMode.Sum => (double[])[.. f.Zip(b, (v, w) => v + w)],
                            KerasMergeMode.Mul => [.. f.Zip(b, (v, w) => v * w)],
                            KerasMergeMode.Ave => [.. f.Zip(b, (v, w) => (v + w) / 2)],
                            _ => [.. f, .. b],
                        }
                ),
            ],
        };
    }

    private static Tensor Recurrent(RecurrentLayer layer, IReadOnlyList<KerasWeight> weights, Tensor x, bool backwards)
    {
        int[] steps = [.. Enumerable.Range(0, x.Rows.Length)];
        if (backwards)
            Array.Reverse(steps);
        double[] h = new double[layer.Units],
            c = new double[layer.Units],
            shown = new double[layer.Units];
        var rows = new List<double[]>();
        foreach (int t in steps)
        {
            if (x.Mask is null || x.Mask[t])
            {
                (h, c) = Step(layer, weights, x.Rows[t], h, c);
                shown = h;
            }
            else if (layer.ZeroOutputForMask)
            {
                shown = new double[layer.Units];
            }
            rows.Add(shown);
        }
        return layer.ReturnSequences ? new Tensor([.. rows], x.Mask) : Vector(h);
    }

    private static (double[] H, double[] C) Step(
        RecurrentLayer layer,
        IReadOnlyList<KerasWeight> weights,
        double[] x,
        double[] h,
        double[] c
    )
    {
        int units = layer.Units;
        double[] input = Product(x, weights[0], null),
            state = Product(h, weights[1], null);
        ReadOnlySpan<float> bias = layer.UseBias ? weights[2].Values.Span : new float[2 * input.Length];
        if (layer is GruLayer gru)
        {
            double[] next = new double[units],
                reset = new double[units],
                update = new double[units];
            for (int i = 0; i < units; i++)
            {
                double B(int gate) => weights[2].Values.Span[gate * units + i];
                double z = input[i] + state[i] + B(0),
                    r = input[units + i] + state[units + i] + B(1);
                if (gru.ResetAfter)
                    (z, r) = (z + B(3), r + B(4));
                update[i] = Activate(gru.RecurrentActivation, z);
                reset[i] = Activate(gru.RecurrentActivation, r);
                next[i] = input[2 * units + i] + B(2) + (gru.ResetAfter ? reset[i] * (state[2 * units + i] + B(5)) : 0);
            }
            if (!gru.ResetAfter)
            {
                double[] inner = Product([.. reset.Zip(h, (r, v) => r * v)], weights[1], null);
                for (int i = 0; i < units; i++)
                    next[i] += inner[2 * units + i];
            }
            return ([.. next.Select((n, i) => update[i] * h[i] + (1 - update[i]) * Activate(gru.Activation, n))], c);
        }
        double[] sums = new double[input.Length];
        for (int i = 0; i < sums.Length; i++)
            sums[i] = input[i] + state[i] + bias[i];
        if (layer is not LstmLayer lstm)
            return ([.. sums.Select(s => Activate(layer.Activation, s))], c);
        double[] cell = new double[units],
            output = new double[units];
        for (int i = 0; i < units; i++)
        {
            double Gate(int gate) => Activate(lstm.RecurrentActivation, sums[gate * units + i]);
            cell[i] = Gate(1) * c[i] + Gate(0) * Activate(lstm.Activation, sums[2 * units + i]);
            output[i] = Gate(3) * Activate(lstm.Activation, cell[i]);
        }
        return (output, cell);
    }

    private static Tensor Convolution(Conv1DLayer layer, IReadOnlyList<KerasWeight> weights, double[][] rows)
    {
        Assert.True(layer is { Strides: 1, DilationRate: 1, Groups: 1 });
        if (layer.Padding != KerasPadding.Valid)
        {
            int before = layer.Padding == KerasPadding.Causal ? layer.KernelSize - 1 : (layer.KernelSize - 1) / 2;
            IEnumerable<double[]> Zeros(int count) =>
                Enumerable.Range(0, count).Select(_ => new double[rows[0].Length]);
            rows = [.. Zeros(before), .. rows, .. Zeros(layer.KernelSize - 1 - before)];
        }
        var result = new List<double[]>();
        for (int t = 0; t + layer.KernelSize <= rows.Length; t++)
        {
            double[] window = [.. rows.Skip(t).Take(layer.KernelSize).SelectMany(r => r)];
            result.Add(Activate(layer.Activation, Product(window, weights[0], weights[1])));
        }
        return new Tensor([.. result], null);
    }

    private static Tensor Pooled(PoolingLayer layer, double[][] rows)
    {
        Assert.Equal(KerasPadding.Valid, layer.Padding);
        var result = new List<double[]>();
        for (int t = 0; t + layer.PoolSize <= rows.Length; t += layer.Strides)
            result.Add(Columns([.. rows.Skip(t).Take(layer.PoolSize)], layer.Pooling));
        return new Tensor([.. result], null);
    }

    private static double[] Columns(double[][] rows, KerasPooling pooling) =>
        [.. rows[0].Select((_, d) => pooling == KerasPooling.Max ? rows.Max(r => r[d]) : rows.Average(r => r[d]))];

    private static double[] Row(KerasWeight table, int row)
    {
        int width = table.Shape[1];
        var values = new double[width];
        for (int i = 0; i < width; i++)
            values[i] = table.Values.Span[row * width + i];
        return values;
    }

    /// <summary>x W + b; a kernel of more axes is taken as one of [all but the last, last].</summary>
    private static double[] Product(double[] x, KerasWeight kernel, KerasWeight? bias)
    {
        int width = kernel.Shape[^1];
        ReadOnlySpan<float> values = kernel.Values.Span;
        var result = new double[width];
        for (int i = 0; i < width; i++)
            result[i] = bias is null ? 0 : bias.Values.Span[i];
        for (int row = 0; row < x.Length; row++)
        {
            if (x[row] == 0)
                continue;
            for (int i = 0; i < width; i++)
                result[i] += x[row] * values[row * width + i];
        }
        return result;
    }

    private static double[] Activate(KerasActivation activation, double[] row)
    {
        if (activation.Function != KerasFunction.Softmax)
            return [.. row.Select(v => Activate(activation, v))];
        double most = row.Max(),
            sum = row.Sum(v => Math.Exp(v - most));
        return [.. row.Select(v => Math.Exp(v - most) / sum)];
    }

    private static double Activate(KerasActivation activation, double x) =>
        activation.Function switch
        {
            KerasFunction.Linear => x,
            KerasFunction.Relu => Math.Max(x, 0),
            KerasFunction.Tanh => Math.Tanh(x),
            KerasFunction.Sigmoid => 1 / (1 + Math.Exp(-x)),
            KerasFunction.Gelu => x * NormalBelow(x),
            KerasFunction.HardSigmoid => Math.Clamp(0.2 * x + 0.5, 0, 1),
            KerasFunction.HardSigmoidOfSixths => Math.Clamp(x / 6 + 0.5, 0, 1),
            KerasFunction.Swish => x / (1 + Math.Exp(-x)),
            KerasFunction.Selu => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (Math.Exp(x) - 1)),
            KerasFunction.Softplus => Math.Log(1 + Math.Exp(x)),
            KerasFunction.Softsign => x / (1 + Math.Abs(x)),
            KerasFunction.Elu => x > 0 ? x : Math.Exp(x) - 1,
            _ => throw new NotSupportedException(activation.Function.ToString()),
        };

    /// <summary>The standard normal distribution's share below x, by Simpson's rule from 0.</summary>
    private static double NormalBelow(double x)
    {
        const int steps = 400;
        double sum = 0;
        for (int i = 0; i <= steps; i++)
        {
            double t = x * i / steps;
            sum += (i == 0 || i == steps ? 1 : 2 + 2 * (i % 2)) * Math.Exp(-0.5 * t * t);
        }
        return 0.5 + sum * x / steps / 3 / Math.Sqrt(2 * Math.PI);
    }
}
