using Firn.Kernels;

namespace Firn.Layers;

/// <summary>
/// From a text's features to its logits: dense layers one after the other, each behind the dropout of what enters it; the last
/// gives the logits, the others an activation.
/// </summary>
/// <param name="layers">The last is the output's.</param>
/// <param name="activation">Behind all but the last.</param>
internal sealed unsafe class Head(DenseLayer[] layers, Activation activation)
{
    /// <summary>Makes or finds the weights of a model's dense layers.</summary>
    /// <param name="hidden">Units of the layers before the output's.</param>
    /// <param name="activation">Behind each of those.</param>
    /// <param name="features">Values of what enters.</param>
    /// <param name="outputs">Logits.</param>
    /// <param name="weights">Where the weights come from.</param>
    public static Head Create(IntegerList hidden, Activation activation, int features, int outputs, WeightSource weights)
    {
        var layers = new List<DenseLayer>();
        for (int k = 0; k < hidden.Count; k++)
        {
            layers.Add(DenseLayer.Create(FormattableString.Invariant($"dense_{k + 1}"), 8 + (ulong)k, features, hidden[k], weights));
            features = hidden[k];
        }
        layers.Add(DenseLayer.Create("dense", 4, features, outputs, weights));
        return new Head([.. layers], activation);
    }

    public IReadOnlyList<DenseLayer> Layers => layers;

    /// <summary>F.</summary>
    public int Features => layers[0].Features;

    /// <summary>K.</summary>
    public int Units => layers[^1].Units;

    /// <summary>Floats of a tape a text.</summary>
    public double TapeFloats => layers.Sum(layer => 2.0 * layer.Features + 2 * layer.Units);

    /// <summary>Scratch memory.</summary>
    public HeadTape CreateTape() => new(layers);

    /// <summary>From features [n,F] to tape.Logits [n,K].</summary>
    /// <param name="texts">n.</param>
    /// <param name="features">Not changed.</param>
    /// <param name="tape">Scratch memory.</param>
    /// <param name="dropout">The step's; the default drops nothing.</param>
    /// <param name="positions">Places of the texts in the batch; not read where nothing is dropped.</param>
    public void Forward(int texts, float* features, HeadTape tape, in StepDropout dropout, ReadOnlySpan<int> positions)
    {
        float* from = features;
        for (int k = 0; k < layers.Length; k++)
        {
            DenseLayer layer = layers[k];
            if (dropout.HeadRate > 0)
            {
                float* dropped = tape.Dropped[k].Reserve((long)texts * layer.Features);
                new ReadOnlySpan<float>(from, texts * layer.Features).CopyTo(new Span<float>(dropped, texts * layer.Features));
                Mask(k, texts, dropped, dropout, positions);
                from = dropped;
            }
            tape.Inputs[k] = (nint)from;
            float* sums = tape.Sums[k].Reserve((long)texts * layer.Units);
            layer.Forward(texts, from, sums);
            if (k + 1 == layers.Length)
                break;
            from = tape.Values[k].Reserve((long)texts * layer.Units);
            activation.Forward(new(sums, texts * layer.Units), new(from, texts * layer.Units));
        }
    }

    /// <summary>From the gradient of the logits, which stands in their place, to the weights' and the features'.</summary>
    /// <param name="texts">n.</param>
    /// <param name="tape">As <see cref="Forward"/> left it.</param>
    /// <param name="dropout">The same.</param>
    /// <param name="positions">The same.</param>
    /// <param name="gradients">Receives the weights'; null where they do not train.</param>
    /// <param name="dFeatures">Receives the features' [n,F]; null where nothing reads it.</param>
    public void Backward(int texts, HeadTape tape, in StepDropout dropout, ReadOnlySpan<int> positions, GradientBuffer? gradients, float* dFeatures)
    {
        for (int k = layers.Length - 1; k >= 0; k--)
        {
            DenseLayer layer = layers[k];
            float* dSums = tape.Sums[k].Pointer;
            if (gradients is not null)
                layer.WeightGradients(texts, (float*)tape.Inputs[k], dSums, gradients.PointerTo(layer.Kernel), gradients.PointerTo(layer.Bias));
            float* to = k > 0 ? tape.Gradients[k - 1].Reserve((long)texts * layer.Features) : dFeatures;
            if (to == null)
                return;
            layer.InputGradient(texts, dSums, to);
            if (dropout.HeadRate > 0)
                Mask(k, texts, to, dropout, positions);
            if (k == 0)
                return;
            int values = texts * layer.Features;
            activation.Backward(new(tape.Sums[k - 1].Pointer, values), new(tape.Values[k - 1].Pointer, values), new(to, values));
            new ReadOnlySpan<float>(to, values).CopyTo(new Span<float>(tape.Sums[k - 1].Pointer, values));
        }
    }

    private void Mask(int layer, int texts, float* values, in StepDropout dropout, ReadOnlySpan<int> positions)
    {
        int width = layers[layer].Features;
        for (int i = 0; i < texts; i++)
            DropoutMask.Apply(dropout.Head(layer, positions[i]), 0, dropout.HeadRate, new Span<float>(values + (long)i * width, width));
    }
}

/// <summary>What a <see cref="Head"/> keeps of a shard between its passes, by layer.</summary>
internal sealed unsafe class HeadTape(DenseLayer[] layers)
{
    /// <summary>Addresses of what entered, [n,F]: the features, the values before, or either after dropout.</summary>
    public nint[] Inputs { get; } = new nint[layers.Length];

    /// <summary>Room for what dropout left.</summary>
    public AlignedBuffer[] Dropped { get; } = [.. layers.Select(_ => new AlignedBuffer())];

    /// <summary>[n,U], of the last the logits; the backward pass replaces them by their gradient.</summary>
    public AlignedBuffer[] Sums { get; } = [.. layers.Select(_ => new AlignedBuffer())];

    /// <summary>Behind the activation, [n,U].</summary>
    public AlignedBuffer[] Values { get; } = [.. layers.Select(_ => new AlignedBuffer())];

    /// <summary>Gradient of <see cref="Values"/>.</summary>
    public AlignedBuffer[] Gradients { get; } = [.. layers.Select(_ => new AlignedBuffer())];

    /// <summary>[n,K].</summary>
    public float* Logits => Sums[^1].Pointer;
}
