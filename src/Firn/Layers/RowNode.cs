using Firn.Kernels;

namespace Firn.Layers;

/// <summary>A layer that treats each row by itself: over time each step, else each text.</summary>
internal abstract unsafe class RowNode(string name, LayerNode input, int width)
    : LayerNode(name, [input], input.Shape with { Width = width })
{
    public sealed override bool IsCausal => true;

    protected int InputWidth => Inputs[0].Shape.Width;

    public override NodeTape CreateTape() => new RowTape();

    public sealed override void Forward(ShardWorkspace work, in LayerPass pass)
    {
        var tape = (RowTape)work.TapeOf(this);
        NodeTape below = work.TapeOf(Inputs[0]);
        tape.Layout = below.Layout;
        tape.Output.Enter(below.Layout.Texts, Shape.OverTime ? below.Layout.Tokens : below.Layout.Texts, Shape.Width);
        tape.Input = below.Read(Inputs[0].Shape, tape.Joined);
        Forward(tape, pass);
    }

    public sealed override void Backward(ShardWorkspace work, in LayerPass pass, BackwardNeeds needs)
    {
        var tape = (RowTape)work.TapeOf(this);
        if ((needs & BackwardNeeds.Weights) != 0)
            WeightGradients(tape, work, pass);
        if ((needs & BackwardNeeds.Input) == 0)
            return;
        float* dInput = tape.DInput.Reserve((long)tape.Output.Count * InputWidth);
        InputGradient(tape, pass, dInput);
        work.TapeOf(Inputs[0]).AddGradient(Inputs[0].Shape, dInput);
    }

    public override double TapeFloats(ShardSize size) => size.RowsOf(Shape) * (2.0 * Shape.Width + 2.0 * InputWidth);

    /// <summary>From tape.Input [M,E] to tape.Output [M,F].</summary>
    protected abstract void Forward(RowTape tape, in LayerPass pass);

    /// <summary>From the gradient of the outputs to that of the inputs [M,E].</summary>
    protected abstract void InputGradient(RowTape tape, in LayerPass pass, float* dInput);

    /// <summary>Writes the gradients of the weights; before <see cref="InputGradient"/>.</summary>
    protected virtual void WeightGradients(RowTape tape, ShardWorkspace work, in LayerPass pass) { }
}

/// <summary>What a <see cref="RowNode"/> keeps.</summary>
internal sealed unsafe class RowTape() : NodeTape(new OutputRows())
{
    /// <summary>What it read, [M,E].</summary>
    public float* Input { get; set; }

    /// <summary>Room for that where it must be joined.</summary>
    public AlignedBuffer Joined { get; } = new();

    /// <summary>Room for its gradient.</summary>
    public AlignedBuffer DInput { get; } = new();

    /// <summary>Room for what a kind of layer keeps besides.</summary>
    public AlignedBuffer Own { get; } = new();

    public Span<float> InputAt(int row, int width) => new(Input + (long)row * width, width);
}

/// <summary>How signals of several parts are read and given gradients.</summary>
internal static unsafe class Signals
{
    /// <summary>
    /// The values [M,F] in the order of positions: where they lie, or joined in <paramref name="room"/>.
    /// </summary>
    public static float* Read(this NodeTape tape, SignalShape shape, AlignedBuffer room)
    {
        if (tape.Parts is [{ Reversed: false } one])
            return one.Outputs;
        float* joined = room.Reserve((long)tape.Layout.Tokens * shape.Width);
        JoinedRows.Join(tape.Layout, tape.Parts, joined, shape.Width);
        return joined;
    }

    /// <summary>Adds a gradient [M,F] in the order of positions.</summary>
    public static void AddGradient(this NodeTape tape, SignalShape shape, float* gradient) =>
        JoinedRows.Part(tape.Layout, tape.Parts, gradient, shape.Width);
}
