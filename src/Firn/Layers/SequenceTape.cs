using Firn.Kernels;

namespace Firn.Layers;

/// <summary>
/// What a sequence layer writes in its forward pass over a shard and reads in its backward pass. Rows follow
/// <see cref="RaggedLayout"/>, in the order in which the layer reads each text. A kind of layer that keeps more derives
/// its own.
/// </summary>
internal unsafe class SequenceTape : OutputRows
{
    private readonly AlignedBuffer _inputs = new(),
        _sums = new(),
        _inputMask = new(),
        _initialOutput = new();
    private readonly RaggedLayout _ownLayout = new();

    /// <summary>The layer's input after dropout, [M,E]; the backward pass may replace it by its gradient.</summary>
    public float* Inputs => _inputs.Pointer;

    /// <summary>
    /// The sums of the layer's <see cref="InputMap"/>, [M,P]; the backward pass replaces them by their gradient.
    /// </summary>
    public float* Sums => _sums.Pointer;

    /// <summary>Mask of the input, one row a text, [n,E]; null for none.</summary>
    public float* InputMask { get; private set; }

    /// <summary>The output before the first step, [n,F]; null for zero.</summary>
    public float* InitialOutput { get; set; }

    /// <summary>E.</summary>
    public int Width { get; private set; }

    /// <summary>How the outputs lie: as the inputs, unless the layer gives another number of steps.</summary>
    public RaggedLayout OutputLayout { get; private set; } = new();

    /// <summary>Rows of inputs, M.</summary>
    protected int Tokens { get; private set; }

    /// <summary>Makes room for the forward pass.</summary>
    public virtual void Reserve(RaggedLayout layout, SequenceLayer layer)
    {
        Enter(layout, layer, (long)layout.Tokens * layer.Map.Columns);
        Width = layer.Map.Width;
    }

    /// <summary>Makes room for <see cref="Inputs"/>.</summary>
    public void ReserveInputs() => _inputs.Reserve((long)Tokens * Width);

    /// <summary>
    /// Makes room for an initial state of every text, [n,F], and points <see cref="InitialOutput"/> there.
    /// </summary>
    public virtual void ReserveInitial() => InitialOutput = _initialOutput.Reserve((long)Texts * Size);

    /// <summary>Draws the masks that are held over time.</summary>
    /// <param name="dropout">The step's.</param>
    /// <param name="layer">Has a stream of its own.</param>
    /// <param name="positions">Places of the texts in the batch.</param>
    public virtual void DrawMasks(in StepDropout dropout, SequenceLayer layer, ReadOnlySpan<int> positions)
    {
        InputMask = null;
        if (!dropout.IsOn || layer.InputDropout <= 0)
            return;
        InputMask = _inputMask.Reserve((long)Texts * Width);
        for (int i = 0; i < Texts; i++)
            DropoutMask.Fill(
                dropout.Input(layer.Place, positions[i]),
                0,
                layer.InputDropout,
                new Span<float>(InputMask + (long)i * Width, Width)
            );
    }

    public override void ReserveGradients(bool everyOutput)
    {
        base.ReserveGradients(everyOutput);
        ReserveLast();
    }

    /// <summary>Takes over the shapes and makes room for so many sums, and for the outputs.</summary>
    protected void Enter(RaggedLayout layout, SequenceLayer layer, long sumsInAll)
    {
        Tokens = layout.Tokens;
        OutputLayout = layout;
        if (!layer.KeepsSteps)
            (OutputLayout = _ownLayout).BuildFrom(layout, layer.StepsFunction);
        Enter(layout.Texts, OutputLayout.Tokens, layer.Size, layer.GivesReversed);
        _sums.Reserve(sumsInAll);
        InitialOutput = null;
    }
}
