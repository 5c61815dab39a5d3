namespace Firn.Layers;

/// <summary>A function of each value (softmax: of each row), on a sequence or on features; the shape stays.</summary>
/// <param name="Activation">Which.</param>
public sealed record Activate(Activation Activation) : Layer
{
    internal override string Kind => "activate";

    internal override LayerNode Build(ModelBuilder builder, LayerNode input)
    {
        builder.CheckNamed(Activation, "activation");
        return builder.Add(new ActivateNode(builder.Rows(input), Activation));
    }
}

/// <summary>y = act(x), value by value, or row by row.</summary>
internal sealed unsafe class ActivateNode(LayerNode input, Activation activation)
    : RowNode(activation.ToString().ToLowerInvariant(), input, input.Shape.Width)
{
    // Of all values at once, but for softmax.
    private int Run(RowTape tape) => activation == Activation.Softmax ? InputWidth : tape.Output.Count * InputWidth;

    protected override void Forward(RowTape tape, in LayerPass pass)
    {
        int values = tape.Output.Count * InputWidth,
            run = Run(tape);
        for (int at = 0; at < values; at += run)
            activation.Forward(new(tape.Input + at, run), new(tape.Output.Outputs + at, run));
    }

    protected override void InputGradient(RowTape tape, in LayerPass pass, float* dInput)
    {
        int values = tape.Output.Count * InputWidth,
            run = Run(tape);
        tape.Output.DAll.CopyTo(new Span<float>(dInput, values));
        for (int at = 0; at < values; at += run)
            activation.Backward(new(tape.Input + at, run), new(tape.Output.Outputs + at, run), new(dInput + at, run));
    }
}
