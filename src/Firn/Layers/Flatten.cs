using Firn.Kernels;

namespace Firn.Layers;

/// <summary>
/// All steps of a sequence [T,F] side by side as features [TF], step by step (Keras' order). Texts must have one
/// length: <see cref="PaddedInput.Length"/> decides it.
/// </summary>
public sealed record Flatten : Layer
{
    internal override string Kind => "flatten";

    internal override PadUse Pads => PadUse.Sees;

    internal override LayerNode Build(ModelBuilder builder, LayerNode input)
    {
        if (!input.Shape.OverTime)
            return input;
        if (input.Shape.Steps == 0)
            throw builder.Problem(
                "texts have different lengths there; let them be padded to one (PaddedInput.Length), or pool in its "
                    + "place"
            );
        return builder.Add(new FlattenNode(builder.Rows(input)));
    }
}

internal sealed unsafe class FlattenNode(LayerNode input)
    : LayerNode("flatten", [input], SignalShape.Features(checked(input.Shape.Steps * input.Shape.Width)))
{
    private readonly int _width = input.Shape.Width;

    public override NodeTape CreateTape() => new RowTape();

    public override void Forward(ShardWorkspace work, in LayerPass pass)
    {
        var tape = (RowTape)work.TapeOf(this);
        NodeTape below = work.TapeOf(Inputs[0]);
        RaggedLayout layout = tape.Layout = below.Layout;
        tape.Output.Enter(layout.Texts, layout.Texts, Shape.Width);
        tape.Input = below.Read(Inputs[0].Shape, tape.Joined);
        for (int i = 0; i < layout.Texts; i++)
        {
            Span<float> to = tape.Output.OutputAt(i);
            for (int p = 0; p < layout.LengthOf(i); p++)
                tape.InputAt(layout.OffsetOf(p) + i, _width).CopyTo(to[(p * _width)..]);
        }
    }

    public override void Backward(ShardWorkspace work, in LayerPass pass, BackwardNeeds needs)
    {
        var tape = (RowTape)work.TapeOf(this);
        RaggedLayout layout = tape.Layout;
        float* dInput = tape.DInput.Reserve((long)layout.Tokens * _width);
        for (int i = 0; i < layout.Texts; i++)
        {
            for (int p = 0; p < layout.LengthOf(i); p++)
                tape.Output.DOutsideAt(i)
                    .Slice(p * _width, _width)
                    .CopyTo(new Span<float>(dInput + (long)(layout.OffsetOf(p) + i) * _width, _width));
        }
        work.TapeOf(Inputs[0]).AddGradient(Inputs[0].Shape, dInput);
    }

    public override double TapeFloats(ShardSize size) => 2 * size.Texts * Shape.Width + 2 * size.Tokens * _width;
}

/// <summary>A masked text with its pads where Keras shows them: zeros, or the last output again.</summary>
internal sealed unsafe class PadNode(LayerNode input, int length, SkippedPads pads)
    : LayerNode("pads", [input], input.Shape with { Steps = length })
{
    private readonly Func<int, int> _steps = _ => length;

    public override NodeTape CreateTape() => new Tape();

    public override string? StepsRule => "pads";

    public override void Forward(ShardWorkspace work, in LayerPass pass)
    {
        var tape = (Tape)work.TapeOf(this);
        NodeTape below = work.TapeOf(Inputs[0]);
        RaggedLayout from = below.Layout,
            to = tape.Layout;
        to.BuildFrom(from, _steps);
        tape.Output.Enter(to.Texts, to.Tokens, Shape.Width);
        float* inputs = below.Read(Inputs[0].Shape, tape.Joined);
        for (int i = 0; i < to.Texts; i++)
        {
            for (int p = 0; p < length; p++)
            {
                int source = SourceOf(p, from.LengthOf(i));
                Span<float> output = tape.Output.OutputAt(to.OffsetOf(p) + i);
                if (source < 0)
                    output.Clear();
                else
                    new ReadOnlySpan<float>(
                        inputs + (long)(from.OffsetOf(source) + i) * Shape.Width,
                        Shape.Width
                    ).CopyTo(output);
            }
        }
    }

    public override void Backward(ShardWorkspace work, in LayerPass pass, BackwardNeeds needs)
    {
        var tape = (Tape)work.TapeOf(this);
        NodeTape below = work.TapeOf(Inputs[0]);
        RaggedLayout from = below.Layout,
            to = tape.Layout;
        float* dInput = tape.DInput.Reserve((long)from.Tokens * Shape.Width);
        new Span<float>(dInput, from.Tokens * Shape.Width).Clear();
        for (int i = 0; i < to.Texts; i++)
        {
            for (int p = 0; p < length; p++)
            {
                int source = SourceOf(p, from.LengthOf(i));
                if (source >= 0)
                    VectorMath.Add(
                        tape.Output.DOutsideAt(to.OffsetOf(p) + i),
                        new Span<float>(dInput + (long)(from.OffsetOf(source) + i) * Shape.Width, Shape.Width)
                    );
            }
        }
        below.AddGradient(Inputs[0].Shape, dInput);
    }

    /// <summary>The step of the text that stands at a place of the padded text; -1 for zeros.</summary>
    private int SourceOf(int place, int steps)
    {
        if (pads.Side == PaddingSide.Pre)
            return Math.Max(-1, place - (length - steps));
        if (place < steps)
            return place;
        return pads.Holds ? steps - 1 : -1;
    }

    private sealed class Tape() : NodeTape(new OutputRows())
    {
        public AlignedBuffer Joined { get; } = new();

        public AlignedBuffer DInput { get; } = new();
    }
}
