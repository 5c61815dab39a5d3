using Firn.Kernels;

namespace Firn.Layers;

/// <summary>
/// Layer normalization (Ba et al. 2016) of each row, on a sequence or on features: y = gamma (x - mean) / sqrt(variance
/// + epsilon) + beta, mean and variance over the row's values.
/// </summary>
/// <remarks>
/// Weights: <c>NAME.gamma</c>, <c>NAME.beta</c>, each [F]. Default name <c>layer_normalization</c>.
/// </remarks>
/// <param name="Epsilon">Above 0.</param>
public sealed record LayerNormalization(double Epsilon = 1e-3) : Layer
{
    internal override string Kind => "layer_normalization";

    internal override LayerNode Build(ModelBuilder builder, LayerNode input)
    {
        builder.Check(Epsilon, 1e-12, 1, "epsilon");
        string name = builder.NamesOf(this, Kind).Own;
        ParameterGroup group = input.Shape.OverTime ? ParameterGroup.Encoder : ParameterGroup.Dense;
        Parameter gamma = builder.Weights.Get(name + ".gamma", group, [input.Shape.Width], values => values.Fill(1));
        Parameter beta = builder.Weights.Get(name + ".beta", group, [input.Shape.Width]);
        return builder.Add(
            new LayerNormalizationNode(name, builder.Rows(input), gamma, beta, Epsilon)
            {
                Title = "layer normalization",
            }
        );
    }
}

internal sealed unsafe class LayerNormalizationNode(
    string name,
    LayerNode input,
    Parameter gamma,
    Parameter beta,
    double epsilon
) : RowNode(name, input, input.Shape.Width)
{
    public override IReadOnlyList<Parameter> Weights => [gamma, beta];

    protected override void Forward(RowTape tape, in LayerPass pass)
    {
        int f = InputWidth;
        float* inverse = tape.Own.Reserve(2L * tape.Output.Count); // then the means
        ReadOnlySpan<float> g = gamma.Values.Span,
            b = beta.Values.Span;
        for (int row = 0; row < tape.Output.Count; row++)
        {
            ReadOnlySpan<float> x = tape.InputAt(row, f);
            double sum = 0,
                squares = 0;
            foreach (float value in x)
                sum += value;
            double mean = sum / f;
            foreach (float value in x)
                squares += (value - mean) * (value - mean);
            float scale = inverse[row] = (float)(1 / Math.Sqrt(squares / f + epsilon)),
                center = (float)mean;
            inverse[tape.Output.Count + row] = center;
            Span<float> y = tape.Output.OutputAt(row);
            for (int j = 0; j < f; j++)
                y[j] = g[j] * ((x[j] - center) * scale) + b[j];
        }
    }

    protected override void InputGradient(RowTape tape, in LayerPass pass, float* dInput)
    {
        int f = InputWidth;
        ReadOnlySpan<float> g = gamma.Values.Span;
        for (int row = 0; row < tape.Output.Count; row++)
        {
            ReadOnlySpan<float> x = tape.InputAt(row, f),
                dy = tape.Output.DOutsideAt(row);
            float scale = tape.Own.Pointer[row],
                center = tape.Own.Pointer[tape.Output.Count + row];
            double sum = 0,
                along = 0;
            for (int j = 0; j < f; j++)
            {
                sum += dy[j] * g[j];
                along += dy[j] * g[j] * ((x[j] - center) * scale);
            }
            float mean = (float)(sum / f),
                slope = (float)(along / f);
            for (int j = 0; j < f; j++)
                dInput[(long)row * f + j] = scale * (dy[j] * g[j] - mean - (x[j] - center) * scale * slope);
        }
    }

    protected override void WeightGradients(RowTape tape, ShardWorkspace work, in LayerPass pass)
    {
        int f = InputWidth;
        Span<float> dGamma = pass.Gradients!.Of(gamma),
            dBeta = pass.Gradients.Of(beta);
        dGamma.Clear();
        dBeta.Clear();
        for (int row = 0; row < tape.Output.Count; row++)
        {
            ReadOnlySpan<float> x = tape.InputAt(row, f),
                dy = tape.Output.DOutsideAt(row);
            float scale = tape.Own.Pointer[row],
                center = tape.Own.Pointer[tape.Output.Count + row];
            for (int j = 0; j < f; j++)
                dGamma[j] += dy[j] * ((x[j] - center) * scale);
            VectorMath.Add(dy, dBeta);
        }
    }
}
