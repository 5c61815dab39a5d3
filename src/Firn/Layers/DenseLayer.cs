using Firn.Kernels;

namespace Firn.Layers;

/// <summary>logits [n,K] = features [n,F] * kernel [F,K] + bias [K].</summary>
internal sealed unsafe class DenseLayer(Parameter kernel, Parameter? bias)
{
    /// <summary>Makes or finds the weights.</summary>
    public static DenseLayer Create(string name, ulong stream, int features, Dense kind, WeightSource weights)
    {
        int units = kind.Units;
        CounterRandom random = weights.Random;
        Parameter kernel = weights.Get(
            name + ".kernel",
            ParameterGroup.Dense,
            [features, units],
            values => Initializers.GlorotUniform(random.Derive(stream), features, units, values)
        );
        return new DenseLayer(kernel, kind.Bias ? weights.Get(name + ".bias", ParameterGroup.Dense, [units]) : null);
    }

    public Parameter Kernel { get; } = kernel;

    public Parameter? Bias { get; } = bias;

    /// <summary>F.</summary>
    public int Features { get; } = kernel.Shape[0];

    /// <summary>K.</summary>
    public int Units { get; } = kernel.Shape[1];

    public void Forward(int texts, float* features, float* logits)
    {
        ReadOnlySpan<float> kernel = Kernel.Values.Span,
            bias = Bias is null ? default : Bias.Values.Span;
        for (int i = 0; i < texts; i++)
        {
            var x = new ReadOnlySpan<float>(features + (long)i * Features, Features);
            var z = new Span<float>(logits + (long)i * Units, Units);
            if (Units == 1)
            {
                z[0] = (bias.IsEmpty ? 0 : bias[0]) + VectorMath.Dot(x, kernel);
                continue;
            }
            if (bias.IsEmpty)
                z.Clear();
            else
                bias.CopyTo(z);
            for (int f = 0; f < Features; f++)
                VectorMath.AddScaled(x[f], kernel.Slice(f * Units, Units), z);
        }
    }

    /// <summary>dKernel = features^T * dLogits, dBias = column sums; both replaced.</summary>
    public void WeightGradients(int texts, float* features, float* dLogits, GradientBuffer destination)
    {
        Span<float> kernel = destination.Of(Kernel),
            bias = Bias is null ? default : destination.Of(Bias);
        kernel.Clear();
        bias.Clear();
        for (int i = 0; i < texts; i++)
        {
            var x = new ReadOnlySpan<float>(features + (long)i * Features, Features);
            var dz = new ReadOnlySpan<float>(dLogits + (long)i * Units, Units);
            if (!bias.IsEmpty)
                VectorMath.Add(dz, bias);
            if (Units == 1)
            {
                VectorMath.AddScaled(dz[0], x, kernel);
                continue;
            }
            for (int f = 0; f < Features; f++)
                VectorMath.AddScaled(x[f], dz, kernel.Slice(f * Units, Units));
        }
    }

    /// <summary>dFeatures [n,F] = dLogits * kernel^T.</summary>
    public void InputGradient(int texts, float* dLogits, float* dFeatures)
    {
        ReadOnlySpan<float> kernel = Kernel.Values.Span;
        for (int i = 0; i < texts; i++)
        {
            var dz = new ReadOnlySpan<float>(dLogits + (long)i * Units, Units);
            var dx = new Span<float>(dFeatures + (long)i * Features, Features);
            for (int f = 0; f < Features; f++)
                dx[f] = Units == 1 ? dz[0] * kernel[f] : VectorMath.Dot(dz, kernel.Slice(f * Units, Units));
        }
    }
}
