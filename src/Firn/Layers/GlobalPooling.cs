using Firn.Kernels;

namespace Firn.Layers;

/// <summary>
/// The largest value of each unit over the text: a sequence [T,F] to features [F]; zero for an empty text.
/// </summary>
public sealed record GlobalMaxPooling : Layer
{
    internal override string Kind => "global_max_pooling";

    internal override PadUse Pads => PadUse.Sees;

    internal override LayerNode Build(ModelBuilder builder, LayerNode input) =>
        builder.Add(new GlobalMaxNode(builder.Rows(builder.Sequence(input))));
}

/// <summary>The mean of each unit over the text: a sequence [T,F] to features [F]; zero for an empty text.</summary>
public sealed record GlobalAveragePooling : Layer
{
    internal override string Kind => "global_average_pooling";

    internal override PadUse Pads => PadUse.Skips;

    internal override LayerNode Build(ModelBuilder builder, LayerNode input) =>
        builder.Add(new GlobalAverageNode(builder.Rows(builder.Sequence(input))));
}

/// <summary>
/// The last step of a sequence [T,F] as features [F]; directly behind a recurrent layer the output after the last step
/// of each direction. Zero for an empty text.
/// </summary>
public sealed record LastState : Layer
{
    internal override string Kind => "last_state";

    internal override PadUse Pads => PadUse.Skips;

    internal override LayerNode Build(ModelBuilder builder, LayerNode input)
    {
        LayerNode below = input;
        while (below is DropoutNode)
            below = below.Inputs[0];
        if (below != input && below is SequenceNode { IsRecurrent: true, Layers.Length: > 1 })
        {
            throw builder.Problem(
                "a dropout stands between it and a layer of two directions, whose last states it takes; "
                    + "put the dropout behind it"
            );
        }
        return builder.Add(new LastStateNode(builder.Rows(builder.Sequence(input))));
    }
}

/// <summary>
/// A pooling that treats each part of its input by itself: its features lie side by side in the parts' order.
/// </summary>
internal abstract class PoolingNode(string name, LayerNode input)
    : LayerNode(name, [input], SignalShape.Features(input.Shape.Width))
{
    public override void Forward(ShardWorkspace work, in LayerPass pass)
    {
        NodeTape tape = work.TapeOf(this),
            below = work.TapeOf(Inputs[0]);
        tape.Layout = below.Layout;
        tape.Output.Enter(below.Layout.Texts, below.Layout.Texts, Shape.Width);
        int at = 0;
        foreach (OutputRows part in below.Parts)
        {
            for (int i = 0; i < below.Layout.Texts; i++)
                Forward(tape, part, i, at, tape.Output.OutputAt(i).Slice(at, part.Size));
            at += part.Size;
        }
    }

    public override void Backward(ShardWorkspace work, in LayerPass pass, BackwardNeeds needs)
    {
        NodeTape tape = work.TapeOf(this);
        int at = 0;
        foreach (OutputRows part in work.TapeOf(Inputs[0]).Parts)
        {
            for (int i = 0; i < tape.Layout.Texts; i++)
                Backward(tape, part, i, at, tape.Output.DOutsideAt(i).Slice(at, part.Size));
            at += part.Size;
        }
    }

    /// <summary>
    /// The features that one part's outputs over a text give; the first of them is feature <paramref name="at"/>.
    /// </summary>
    protected abstract void Forward(NodeTape tape, OutputRows part, int text, int at, Span<float> to);

    /// <summary>From the gradient of those features to the part's.</summary>
    protected abstract void Backward(NodeTape tape, OutputRows part, int text, int at, ReadOnlySpan<float> from);
}

internal sealed unsafe class LastStateNode(LayerNode input) : PoolingNode("last state", input)
{
    private readonly bool _ofState = input is SequenceNode { IsRecurrent: true };

    public override bool ReadsLastOutputs => _ofState;

    protected override void Forward(NodeTape tape, OutputRows part, int text, int at, Span<float> to)
    {
        int length = tape.Layout.LengthOf(text);
        if (length > 0)
            part.OutputAt(tape.Layout.OffsetOf(length - 1) + text).CopyTo(to);
        else if (_ofState && part is SequenceTape sequence && sequence.InitialOutput != null)
            new ReadOnlySpan<float>(sequence.InitialOutput + (long)text * part.Size, part.Size).CopyTo(to);
        else
            to.Clear();
    }

    protected override void Backward(NodeTape tape, OutputRows part, int text, int at, ReadOnlySpan<float> from)
    {
        int length = tape.Layout.LengthOf(text);
        if (_ofState)
            // others may read it too
            VectorMath.Add(from, new Span<float>(part.DOutput + (long)text * part.Size, part.Size));
        else if (length > 0)
            VectorMath.Add(from, part.DOutsideAt(tape.Layout.OffsetOf(length - 1) + text));
    }
}

internal sealed class GlobalAverageNode(LayerNode input) : PoolingNode("mean pooling", input)
{
    protected override void Forward(NodeTape tape, OutputRows part, int text, int at, Span<float> to)
    {
        to.Clear();
        int length = tape.Layout.LengthOf(text);
        for (int step = 0; step < length; step++)
            VectorMath.AddScaled(1f / length, part.OutputAt(tape.Layout.OffsetOf(step) + text), to);
    }

    protected override void Backward(NodeTape tape, OutputRows part, int text, int at, ReadOnlySpan<float> from)
    {
        int length = tape.Layout.LengthOf(text);
        for (int step = 0; step < length; step++)
            VectorMath.AddScaled(1f / length, from, part.DOutsideAt(tape.Layout.OffsetOf(step) + text));
    }
}

/// <summary>Of equal values the first is the largest.</summary>
internal sealed unsafe class GlobalMaxNode(LayerNode input) : PoolingNode("max pooling", input)
{
    public override NodeTape CreateTape() => new Tape();

    protected override void Forward(NodeTape tape, OutputRows part, int text, int at, Span<float> to)
    {
        var own = (Tape)tape;
        RaggedLayout layout = tape.Layout;
        if (text == 0 && at == 0)
            own.Steps.Reserve(layout.Texts * Shape.Width);
        Span<float> steps = own.Steps.Span.Slice(text * Shape.Width + at, to.Length);
        steps.Clear();
        if (layout.LengthOf(text) == 0)
            to.Clear();
        else
            part.OutputAt(text).CopyTo(to);
        for (int step = 1; step < layout.LengthOf(text); step++)
            MaximumOverTime.Take(part.OutputAt(layout.OffsetOf(step) + text), step, to, steps);
    }

    protected override void Backward(NodeTape tape, OutputRows part, int text, int at, ReadOnlySpan<float> from)
    {
        if (tape.Layout.LengthOf(text) == 0)
            return;
        Span<float> steps = ((Tape)tape).Steps.Span.Slice(text * Shape.Width + at, from.Length);
        if (part is ConvolutionTape { OnlyMaximum: true } windows)
        {
            windows.GiveMaximum(text, from, steps);
            return;
        }
        for (int j = 0; j < from.Length; j++)
            part.DOutsideAt(tape.Layout.OffsetOf((int)steps[j]) + text)[j] += from[j];
    }

    private sealed class Tape() : NodeTape(new OutputRows())
    {
        /// <summary>Step of the largest output, [n,F].</summary>
        public AlignedBuffer Steps { get; } = new();
    }
}
