using Firn.Kernels;

namespace Firn.Layers;

/// <summary>What one direction of the LSTM keeps between its passes; the sums of its map are the gates'.</summary>
internal sealed unsafe class LstmTape : RecurrentTape
{
    private readonly AlignedBuffer _cells = new(),
        _tanhCells = new(),
        _dCell = new(),
        _initialCell = new();

    /// <summary>Gates i, f, g, o, [M,4H]; the backward pass replaces them by the gradient of their sums.</summary>
    public float* Gates => Sums;

    /// <summary>c, [M,H].</summary>
    public float* Cells => _cells.Pointer;

    /// <summary>tanh(c), [M,H].</summary>
    public float* TanhCells => _tanhCells.Pointer;

    /// <summary>Cell before the first step, [n,H]; null for zero.</summary>
    public float* InitialCell { get; set; }

    /// <summary>Gradient of the cell, [n,H]; after the backward pass that of the initial cell.</summary>
    public float* DCell => _dCell.Pointer;

    public override void Reserve(RaggedLayout layout, SequenceLayer layer)
    {
        base.Reserve(layout, layer);
        long states = (long)layout.Tokens * layer.Size;
        _cells.Reserve(states);
        _tanhCells.Reserve(states);
        InitialCell = null;
    }

    /// <summary>Makes room for an initial cell too.</summary>
    public override void ReserveInitial()
    {
        base.ReserveInitial();
        InitialCell = _initialCell.Reserve((long)Texts * Size);
    }

    /// <summary>Makes room for scoring: outputs of every step, all else of one step only.</summary>
    public void ReserveScoring(RaggedLayout layout, SequenceLayer layer)
    {
        long states = (long)layout.Texts * layer.Size;
        Enter(layout, layer, 4 * states);
        _cells.Reserve(states);
        _tanhCells.Reserve(states);
        InitialCell = null;
    }

    public override void ReserveGradients(bool everyOutput)
    {
        base.ReserveGradients(everyOutput);
        new Span<float>(_dCell.Reserve((long)Texts * Size), Texts * Size).Clear();
    }
}
