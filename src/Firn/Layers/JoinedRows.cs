using Firn.Kernels;

namespace Firn.Layers;

/// <summary>The outputs of a level's layers side by side, in the order of positions.</summary>
internal static unsafe class JoinedRows
{
    /// <summary>Copies the outputs of the parts to <paramref name="joined"/> [M,F].</summary>
    public static void Join(RaggedLayout layout, OutputRows[] parts, float* joined, int features)
    {
        if (parts is [{ Reversed: false } one])
        {
            one.All.CopyTo(new Span<float>(joined, one.Count * one.Size));
            return;
        }
        for (int p = 0; p < layout.Steps; p++)
        {
            int at = 0;
            foreach (OutputRows tape in parts)
            {
                float* to = joined + (long)layout.OffsetOf(p) * features + at;
                for (int i = 0; i < layout.AliveAt(p); i++, to += features)
                    tape.OutputAt(layout.RowOf(i, p, tape.Reversed)).CopyTo(new Span<float>(to, tape.Size));
                at += tape.Size;
            }
        }
    }

    /// <summary>Adds the gradients <paramref name="dJoined"/> [M,F] to those of the parts.</summary>
    public static void Part(RaggedLayout layout, OutputRows[] parts, float* dJoined, int features)
    {
        if (parts is [{ Reversed: false } one])
        {
            VectorMath.Add(new(dJoined, one.Count * one.Size), one.DAll);
            return;
        }
        int at = 0;
        foreach (OutputRows tape in parts)
        {
            for (int i = 0; i < layout.Texts; i++)
            {
                for (int p = 0; p < layout.LengthOf(i); p++)
                    VectorMath.Add(
                        new(dJoined + (long)layout.RowOf(i, p, false) * features + at, tape.Size),
                        tape.DOutsideAt(layout.RowOf(i, p, tape.Reversed))
                    );
            }
            at += tape.Size;
        }
    }
}

/// <summary>What the gradient of a map's kernel is made of.</summary>
/// <param name="DSums">The packed gradient of its sums.</param>
/// <param name="Destination">Where it goes; null where it does not train.</param>
internal readonly record struct KernelGradient(PackedMatrix DSums, GradientBuffer? Destination);

/// <summary>
/// What a layer over time above the embedding reads: the joined outputs of the layer below, with the input dropout of
/// each direction, and the way back. The scratch memory of one worker.
/// </summary>
internal sealed unsafe class JoinedInput
{
    private readonly AlignedBuffer _joined = new(),
        _dJoined = new();
    private int _features;

    /// <summary>Joins the outputs of the level below; before its readers.</summary>
    public void Begin(RaggedLayout layout, OutputRows[] below)
    {
        _features = 0;
        foreach (OutputRows part in below)
            _features += part.Size;
        JoinedRows.Join(layout, below, _joined.Reserve((long)layout.Tokens * _features), _features);
    }

    /// <summary>Sets tape.Sums of one reader.</summary>
    public void Forward(RaggedLayout layout, SequenceLayer layer, SequenceTape tape)
    {
        tape.ReserveInputs();
        for (int i = 0; i < layout.Texts; i++)
        {
            for (int p = 0; p < layout.LengthOf(i); p++)
            {
                var to = new Span<float>(tape.Inputs + (long)layout.RowOf(i, p, layer.Reversed) * _features, _features);
                new ReadOnlySpan<float>(
                    _joined.Pointer + (long)layout.RowOf(i, p, false) * _features,
                    _features
                ).CopyTo(to);
                Mask(tape, i, to);
            }
        }
        layer.Map.Project(tape.Inputs, layout.Tokens, tape.Sums);
    }

    /// <summary>Before the backward passes of the readers.</summary>
    public void BeginBackward(RaggedLayout layout)
    {
        int size = layout.Tokens * _features;
        new Span<float>(_dJoined.Reserve(size), size).Clear();
    }

    /// <summary>
    /// The gradient of one reader's kernel, where it trains, and where asked for its gradient of the input, which is
    /// added.
    /// </summary>
    public void Backward(RaggedLayout layout, SequenceLayer layer, SequenceTape tape, KernelGradient kernel, bool input)
    {
        float* dKernel =
            layer.Map.IsIdentity || kernel.Destination is null ? null : kernel.Destination.PointerTo(layer.Map.Kernel);
        if (layer.GivesWindows)
            layer.WindowGradients(layout, tape, new MapInputs(tape.Inputs), dKernel, input ? tape.Inputs : null);
        else if (dKernel != null)
            Gemm.MultiplyTransposed(tape.Inputs, layer.Map.Width, kernel.DSums, false, dKernel);
        if (!input)
            return;
        if (!layer.GivesWindows)
            layer.Map.InputGradient(tape.Sums, layout.Tokens, tape.Inputs);
        for (int i = 0; i < layout.Texts; i++)
        {
            for (int p = 0; p < layout.LengthOf(i); p++)
            {
                var gradient = new Span<float>(
                    tape.Inputs + (long)layout.RowOf(i, p, layer.Reversed) * _features,
                    _features
                );
                Mask(tape, i, gradient);
                VectorMath.Add(
                    gradient,
                    new Span<float>(_dJoined.Pointer + (long)layout.RowOf(i, p, false) * _features, _features)
                );
            }
        }
    }

    /// <summary>Gives the level below the sum of what its readers gave.</summary>
    public void End(RaggedLayout layout, OutputRows[] below) =>
        JoinedRows.Part(layout, below, _dJoined.Pointer, _features);

    private void Mask(SequenceTape tape, int text, Span<float> values)
    {
        if (tape.InputMask != null)
            VectorMath.Multiply(values, new(tape.InputMask + (long)text * _features, _features), values);
    }
}
