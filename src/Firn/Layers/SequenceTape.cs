using Firn.Kernels;

namespace Firn.Layers;

/// <summary>
/// What a sequence layer writes in its forward pass over a shard and reads in its backward pass. Rows follow
/// <see cref="RaggedLayout"/>, in the order in which the layer reads each text. A kind of layer that keeps more derives its own.
/// </summary>
internal unsafe class SequenceTape
{
    private readonly AlignedBuffer inputs = new(), sums = new(), outputs = new(), inputMask = new(), dOutput = new(), dOutside = new();

    /// <summary>The layer's input after dropout, [M,E]; the backward pass may replace it by its gradient.</summary>
    public float* Inputs => inputs.Pointer;

    /// <summary>The sums of the layer's <see cref="InputMap"/>, [M,P]; the backward pass replaces them by their gradient.</summary>
    public float* Sums => sums.Pointer;

    /// <summary>[M,F].</summary>
    public float* Outputs => outputs.Pointer;

    /// <summary>Mask of the input, one row a text, [n,E]; null for none.</summary>
    public float* InputMask { get; private set; }

    /// <summary>The output before the first step, [n,F]; null for zero.</summary>
    public float* InitialOutput { get; set; }

    /// <summary>
    /// Gradient of each text's last output before the backward pass, [n,F]; after it, where there is an initial output,
    /// that one's gradient.
    /// </summary>
    public float* DOutput => dOutput.Pointer;

    /// <summary>Gradient of every output from what stands above, [M,F]; null where only last outputs are read.</summary>
    public float* DOutside { get; private set; }

    /// <summary>E.</summary>
    public int Width { get; private set; }

    /// <summary>F.</summary>
    public int Size { get; private set; }

    /// <summary>Whether rows stand in the order from the end of each text.</summary>
    public bool Reversed { get; private set; }

    /// <summary>n.</summary>
    protected int Texts { get; private set; }

    /// <summary>M.</summary>
    protected int Tokens { get; private set; }

    public Span<float> OutputAt(int row) => new(Outputs + (long)row * Size, Size);

    public Span<float> DOutsideAt(int row) => new(DOutside + (long)row * Size, Size);

    /// <summary>Makes room for the forward pass.</summary>
    public virtual void Reserve(RaggedLayout layout, SequenceLayer layer)
    {
        Enter(layout, layer, (long)layout.Tokens * layer.Map.Columns);
        Width = layer.Map.Width;
        DOutside = null;
    }

    /// <summary>Makes room for <see cref="Inputs"/>.</summary>
    public void ReserveInputs() => inputs.Reserve((long)Tokens * Width);

    /// <summary>Draws the masks that are held over time.</summary>
    /// <param name="dropout">The step's.</param>
    /// <param name="layer">Has a stream of its own.</param>
    /// <param name="positions">Places of the texts in the batch.</param>
    public virtual void DrawMasks(in StepDropout dropout, SequenceLayer layer, ReadOnlySpan<int> positions)
    {
        InputMask = dropout.InputRate > 0 ? inputMask.Reserve((long)Texts * Width) : null;
        for (int i = 0; InputMask != null && i < Texts; i++)
            DropoutMask.Fill(dropout.Input(layer.Place, positions[i]), 0, dropout.InputRate, new Span<float>(InputMask + (long)i * Width, Width));
    }

    /// <summary>Makes room for the backward pass, all gradients zero; <paramref name="everyOutput"/> for <see cref="DOutside"/>.</summary>
    public virtual void ReserveGradients(bool everyOutput)
    {
        new Span<float>(dOutput.Reserve((long)Texts * Size), Texts * Size).Clear();
        DOutside = null;
        if (everyOutput)
        {
            DOutside = dOutside.Reserve((long)Tokens * Size);
            new Span<float>(DOutside, Tokens * Size).Clear();
        }
    }

    /// <summary>Takes over the shapes and makes room for so many sums, and for the outputs.</summary>
    protected void Enter(RaggedLayout layout, SequenceLayer layer, long sumsInAll)
    {
        (Size, Reversed, Texts, Tokens) = (layer.Size, layer.Reversed, layout.Texts, layout.Tokens);
        sums.Reserve(sumsInAll);
        outputs.Reserve((long)Tokens * Size);
        InitialOutput = null;
    }
}
