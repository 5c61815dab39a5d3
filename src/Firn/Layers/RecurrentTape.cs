using Firn.Kernels;

namespace Firn.Layers;

/// <summary>
/// What every recurrent layer keeps beside its sums and outputs: the states that enter each step, and their dropout.
/// </summary>
internal unsafe class RecurrentTape : SequenceTape
{
    private readonly AlignedBuffer _entered = new(),
        _mask = new();

    /// <summary>
    /// The state that enters each step after recurrent dropout, [M,H]; step 0 is set only with an initial state.
    /// </summary>
    public float* Entered => _entered.Pointer;

    /// <summary>Mask of the recurrent state, one row a text, [n,H]; null for none.</summary>
    public float* RecurrentMask { get; private set; }

    public override void Reserve(RaggedLayout layout, SequenceLayer layer)
    {
        base.Reserve(layout, layer);
        _entered.Reserve((long)layout.Tokens * layer.Size);
        RecurrentMask = null;
    }

    public override void DrawMasks(in StepDropout dropout, SequenceLayer layer, ReadOnlySpan<int> positions)
    {
        base.DrawMasks(dropout, layer, positions);
        RecurrentMask = null;
        if (!dropout.IsOn || layer.RecurrentDropout <= 0)
            return;
        RecurrentMask = _mask.Reserve((long)positions.Length * layer.Size);
        for (int i = 0; i < positions.Length; i++)
            DropoutMask.Fill(
                dropout.Recurrent(layer.Place, positions[i]),
                0,
                layer.RecurrentDropout,
                new Span<float>(RecurrentMask + (long)i * layer.Size, layer.Size)
            );
    }

    /// <summary>Takes the states of a step's first texts to the next, through the mask where there is one.</summary>
    /// <param name="states">[texts,H].</param>
    /// <param name="row">First row of the step that they enter.</param>
    /// <param name="texts">How many go on.</param>
    public void Enter(float* states, int row, int texts)
    {
        int count = texts * Size;
        var from = new ReadOnlySpan<float>(states, count);
        var to = new Span<float>(Entered + (long)row * Size, count);
        if (RecurrentMask != null)
            VectorMath.Multiply(from, new(RecurrentMask, count), to);
        else
            from.CopyTo(to);
    }
}
