using Firn.Kernels;
using Firn.Layers;

namespace Firn.Model;

/// <summary>
/// The states that k leading zero vectors lead to from the zero state, for k up to a padded length: they depend on k
/// alone, so a model that was trained on padded texts without a mask is scored exactly without running the pads.
/// </summary>
internal sealed unsafe class PadStates
{
    private readonly AlignedBuffer outputs, cells; // [length + 1,H]
    private readonly int length, hidden;

    public PadStates(LstmLayer lstm, int length)
    {
        this.length = length;
        hidden = lstm.Hidden;
        outputs = new AlignedBuffer((length + 1) * hidden);
        cells = new AlignedBuffer((length + 1) * hidden);
        var gates = new AlignedBuffer(4 * hidden);
        fixed (float* bias = lstm.Map.Bias!.Values.Span)
        {
            for (int k = 0; k < length; k++)
            {
                long at = (long)k * hidden;
                MatrixVector.Multiply(outputs.Pointer + at, lstm.PackedRecurrent, bias, gates.Pointer);
                ScoringCell.Forward(1, hidden, gates.Pointer, cells.Pointer + at, cells.Pointer + at + hidden, outputs.Pointer + at + hidden);
            }
        }
    }

    /// <summary>Sets each text's initial output and cell to those behind its pads.</summary>
    public void Enter(RaggedLayout layout, LstmTape tape)
    {
        tape.ReserveInitial();
        for (int i = 0; i < layout.Texts; i++)
        {
            int k = Math.Max(0, length - layout.LengthOf(i));
            outputs.Span.Slice(k * hidden, hidden).CopyTo(new Span<float>(tape.InitialOutput + (long)i * hidden, hidden));
            cells.Span.Slice(k * hidden, hidden).CopyTo(new Span<float>(tape.Cells + (long)i * hidden, hidden));
        }
    }
}
