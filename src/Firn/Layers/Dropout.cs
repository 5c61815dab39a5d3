using Firn.Kernels;

namespace Firn.Layers;

/// <summary>
/// Sets a share of the values to zero in training, each by itself, and divides the others by 1 - rate; on a sequence or
/// on features.
/// </summary>
/// <param name="Rate">In [0, 1).</param>
public sealed record Dropout(double Rate) : Layer
{
    internal override string Kind => "dropout";

    internal override LayerNode Build(ModelBuilder builder, LayerNode input)
    {
        builder.Check(Rate, 0, HighestRate, "rate");
        if (builder.IsWholeInput(input))
        {
            builder.DropEmbedding(Rate);
            return input;
        }
        if (Rate == 0)
            return input;
        ulong stream = builder.NextDropout(features: !input.Shape.OverTime);
        return builder.Trains
            ? builder.Add(new DropoutNode(builder.Rows(input), Rate, stream, overTime: false))
            : input;
    }
}

/// <summary>
/// Sets whole units of a sequence to zero in training, one mask a text held over time (Tompson et al. 2015; Keras'
/// <c>SpatialDropout1D</c>).
/// </summary>
/// <param name="Rate">In [0, 1).</param>
public sealed record SpatialDropout(double Rate) : Layer
{
    internal override string Kind => "spatial_dropout";

    internal override LayerNode Build(ModelBuilder builder, LayerNode input)
    {
        builder.Sequence(input);
        builder.Check(Rate, 0, HighestRate, "rate");
        if (Rate == 0)
            return input;
        ulong stream = builder.NextDropout(features: false);
        return builder.Trains ? builder.Add(new DropoutNode(builder.Rows(input), Rate, stream, overTime: true)) : input;
    }
}

/// <summary>Dropout where no other layer does it on its way; in scoring it is not there.</summary>
internal sealed unsafe class DropoutNode(LayerNode input, double rate, ulong stream, bool overTime)
    : RowNode("dropout", input, input.Shape.Width)
{
    protected override void Forward(RowTape tape, in LayerPass pass)
    {
        new ReadOnlySpan<float>(tape.Input, tape.Output.Count * InputWidth).CopyTo(tape.Output.All);
        Mask(tape, pass, tape.Output.Outputs);
    }

    protected override void InputGradient(RowTape tape, in LayerPass pass, float* dInput)
    {
        tape.Output.DAll.CopyTo(new Span<float>(dInput, tape.Output.Count * InputWidth));
        Mask(tape, pass, dInput);
    }

    private void Mask(RowTape tape, in LayerPass pass, float* values)
    {
        if (!pass.Dropout.IsOn)
            return;
        for (int i = 0; i < tape.Layout.Texts; i++)
        {
            CounterRandom random = pass.Dropout.Own(stream, pass.Positions[i]);
            int steps = Shape.OverTime ? tape.Layout.LengthOf(i) : 1;
            for (int p = 0; p < steps; p++)
            {
                int row = Shape.OverTime ? tape.Layout.OffsetOf(p) + i : i;
                ulong first = overTime ? 0 : (ulong)p * DropoutMask.Counters(InputWidth);
                DropoutMask.Apply(random, first, rate, new Span<float>(values + (long)row * InputWidth, InputWidth));
            }
        }
    }
}
