using Firn.Kernels;

namespace Firn.Model;

/// <summary>
/// What one direction of the LSTM writes in its forward pass over a shard and reads in its backward pass. Rows follow
/// <see cref="RaggedLayout"/>.
/// </summary>
internal sealed unsafe class LstmTape
{
    private readonly AlignedBuffer inputs = new(), gates = new(), cells = new(), tanhCells = new(), outputs = new(), recurrent = new();
    private readonly AlignedBuffer inputMask = new(), recurrentMask = new(), dOutput = new(), dCell = new(), dOutside = new(), initialOutput = new();
    private int width, hidden, texts, tokens;

    /// <summary>The layer's input after dropout, [M,E]; the backward pass may replace it by its gradient.</summary>
    public float* Inputs => inputs.Pointer;

    /// <summary>Gates i, f, g, o, [M,4H]; the backward pass replaces them by the gradient of their sums.</summary>
    public float* Gates => gates.Pointer;

    /// <summary>c, [M,H].</summary>
    public float* Cells => cells.Pointer;

    /// <summary>tanh(c), [M,H].</summary>
    public float* TanhCells => tanhCells.Pointer;

    /// <summary>h, [M,H].</summary>
    public float* Outputs => outputs.Pointer;

    /// <summary>The state that enters each step after recurrent dropout, [M,H]; step 0 is set only with an initial state.</summary>
    public float* Recurrent => recurrent.Pointer;

    /// <summary>Mask of the input, one row a text, [n,E]; null for none.</summary>
    public float* InputMask { get; private set; }

    /// <summary>Mask of the recurrent state, one row a text, [n,H]; null for none.</summary>
    public float* RecurrentMask { get; private set; }

    /// <summary>State before the first step, [n,H]; null for zero.</summary>
    public float* InitialOutput { get; set; }

    /// <summary>Cell before the first step, [n,H]; null for zero.</summary>
    public float* InitialCell { get; set; }

    /// <summary>
    /// Gradient of each text's last state before the backward pass, [n,H]; after it, where there is an initial state,
    /// that state's gradient.
    /// </summary>
    public float* DOutput => dOutput.Pointer;

    /// <summary>Gradient of the cell, [n,H]; after the backward pass that of the initial cell.</summary>
    public float* DCell => dCell.Pointer;

    /// <summary>Gradient of every output from the pooling, [M,H]; null where only last states are read.</summary>
    public float* DOutside { get; private set; }

    public Span<float> OutputAt(int row) => new(Outputs + (long)row * hidden, hidden);

    public Span<float> DOutsideAt(int row) => new(DOutside + (long)row * hidden, hidden);

    /// <summary>Makes room for the forward pass.</summary>
    public void Reserve(RaggedLayout layout, int width, int hidden)
    {
        this.width = width;
        this.hidden = hidden;
        texts = layout.Texts;
        tokens = layout.Tokens;
        long states = (long)tokens * hidden;
        gates.Reserve(4 * states);
        cells.Reserve(states);
        tanhCells.Reserve(states);
        outputs.Reserve(states);
        recurrent.Reserve(states);
        InitialOutput = InitialCell = null;
        DOutside = null;
    }

    /// <summary>Makes room for an initial state of every text, [n,H], and points <see cref="InitialOutput"/> there.</summary>
    public void ReserveInitial() => InitialOutput = initialOutput.Reserve((long)texts * hidden);

    /// <summary>Makes room for <see cref="Inputs"/>.</summary>
    public void ReserveInputs(int width) => inputs.Reserve((long)tokens * width);

    /// <summary>Makes room for <see cref="ScoringLstm"/>: outputs of every step, all else of one step only.</summary>
    public void ReserveScoring(RaggedLayout layout, int hidden)
    {
        this.hidden = hidden;
        texts = layout.Texts;
        long states = (long)texts * hidden;
        gates.Reserve(4 * states);
        cells.Reserve(states);
        tanhCells.Reserve(states);
        outputs.Reserve((long)layout.Tokens * hidden);
        InitialOutput = InitialCell = null;
    }

    /// <summary>Draws the masks that are held over time.</summary>
    public void DrawMasks(in StepDropout dropout, int direction, ReadOnlySpan<int> positions)
    {
        InputMask = dropout.InputRate > 0 ? inputMask.Reserve((long)texts * width) : null;
        RecurrentMask = dropout.RecurrentRate > 0 ? recurrentMask.Reserve((long)texts * hidden) : null;
        for (int i = 0; i < texts; i++)
        {
            if (InputMask != null)
                DropoutMask.Fill(dropout.Input(direction, positions[i]), 0, dropout.InputRate, new Span<float>(InputMask + (long)i * width, width));
            if (RecurrentMask != null)
                DropoutMask.Fill(dropout.Recurrent(direction, positions[i]), 0, dropout.RecurrentRate, new Span<float>(RecurrentMask + (long)i * hidden, hidden));
        }
    }

    /// <summary>Makes room for the backward pass, all gradients zero; <paramref name="everyOutput"/> for <see cref="DOutside"/>.</summary>
    public void ReserveGradients(bool everyOutput)
    {
        new Span<float>(dOutput.Reserve((long)texts * hidden), texts * hidden).Clear();
        new Span<float>(dCell.Reserve((long)texts * hidden), texts * hidden).Clear();
        DOutside = null;
        if (everyOutput)
        {
            DOutside = dOutside.Reserve((long)tokens * hidden);
            new Span<float>(DOutside, tokens * hidden).Clear();
        }
    }
}
