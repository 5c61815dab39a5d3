using Firn.Kernels;

namespace Firn.Model;

/// <summary>
/// One direction forward only: folded rows instead of the input product, and no memory of gates and cells, so that a
/// step's work stays in the nearest cache. Only the outputs are kept, for the pooling.
/// </summary>
internal static unsafe class ScoringLstm
{
    /// <summary>
    /// Runs all steps; <paramref name="rows"/> [M] are the table's rows in the layout's order, <paramref name="pads"/> the
    /// states that texts start from, or null for zero.
    /// </summary>
    public static void Forward(LstmLayer lstm, FoldedTable folded, PadStates? pads, RaggedLayout layout, ReadOnlySpan<int> rows, LstmTape tape)
    {
        int hidden = lstm.Hidden;
        tape.ReserveScoring(layout, hidden);
        pads?.Enter(layout, tape);
        for (int step = 0; step < layout.Steps; step++)
        {
            int alive = layout.AliveAt(step), first = layout.OffsetOf(step);
            float* outputs = tape.Outputs + (long)first * hidden;
            float* before = step == 0 ? tape.InitialOutput : tape.Outputs + (long)layout.OffsetOf(step - 1) * hidden;
            if (alive == 1 && before != null)
            {
                MatrixVector.Multiply(before, lstm.PackedRecurrent, folded.RowAt(rows[first], tape.Gates), tape.Gates, backwards: step % 2 == 0);
            }
            else
            {
                for (int i = 0; i < alive; i++)
                    folded.CopyRow(rows[first + i], tape.Gates + (long)i * 4 * hidden);
                if (before != null)
                    Gemm.Multiply(before, hidden, alive, lstm.PackedRecurrent, tape.Gates, 4 * hidden, tape.Gates);
            }
            LstmCell.Forward(alive, hidden, tape.Gates, before == null ? null : tape.Cells, tape.Cells, tape.TanhCells, outputs);
        }
    }
}
