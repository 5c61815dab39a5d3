using System.Runtime.InteropServices;
using Firn.Kernels;
using Firn.Layers;

namespace Firn.Model;

/// <summary>
/// One direction forward only: folded rows instead of the input product, and no memory of gates and cells, so that a
/// step's work stays in the nearest cache. Only the outputs are kept, for the pooling. The folded rows of a step lie
/// all over a table that no cache may hold, so each step asks for those of the next.
/// </summary>
internal static unsafe class ScoringLstm
{
    private const int Distance = 4; // texts between asking for a row of the first step and reading it
    private const int FewestFused = 4; // texts alive; fewer would leave most of a tile unused

    /// <summary>
    /// Runs all steps; <paramref name="rows"/> [M] are the table's rows in the layout's order,
    /// <paramref name="stored"/> [M] room for where they lie, pinned, <paramref name="pads"/> the states that texts
    /// start from, or null for zero.
    /// </summary>
    public static void Forward(
        LstmLayer lstm,
        FoldedTable folded,
        PadStates? pads,
        RaggedLayout layout,
        ReadOnlySpan<int> rows,
        nint[] stored,
        LstmTape tape
    )
    {
        int hidden = lstm.Hidden,
            width = 4 * hidden;
        tape.ReserveScoring(layout, lstm);
        if (pads is not null)
        {
            pads.Enter(lstm, layout, tape);
            new ReadOnlySpan<float>(tape.InitialCell, layout.Texts * hidden).CopyTo(
                new Span<float>(tape.Cells, layout.Texts * hidden)
            );
        }
        void** at = (void**)Marshal.UnsafeAddrOfPinnedArrayElement(stored, 0);
        for (int i = 0; i < rows.Length; i++)
            at[i] = folded.Locate(rows[i], tape.Gates);
        for (int step = 0; step < layout.Steps; step++)
        {
            int alive = layout.AliveAt(step),
                first = layout.OffsetOf(step);
            float* outputs = tape.Outputs + (long)first * hidden;
            float* before = step == 0 ? tape.InitialOutput : tape.Outputs + (long)layout.OffsetOf(step - 1) * hidden;
            var ahead = new RowsAhead(at + layout.OffsetOf(step + 1), layout.AliveAt(step + 1), folded.ValueBytes);
            if (before == null)
            {
                Begin(folded, at, alive, hidden, ahead, tape);
                continue;
            }
            if (alive >= FewestFused && lstm.ScoringStep is { } fused && folded.AsFloats)
            {
                fused.Run(alive, before, (float**)(at + first), tape.Cells, outputs, ahead);
                continue;
            }
            if (alive == 1)
            {
                ahead.Prefetch(0, 1, 0, width);
                MatrixVector.Multiply(
                    before,
                    lstm.PackedRecurrent,
                    folded.Floats(at[first], tape.Gates),
                    tape.Gates,
                    backwards: step % 2 == 0
                );
            }
            else
            {
                for (int i = 0; i < alive; i++)
                    folded.Copy(at[first + i], tape.Gates + (long)i * width);
                Gemm.Multiply(before, hidden, alive, lstm.PackedRecurrent, tape.Gates, width, tape.Gates, ahead);
            }
            ScoringCell.Forward(alive, hidden, tape.Gates, tape.Cells, tape.Cells, outputs);
        }
    }

    /// <summary>
    /// The first step from the zero state: there is no product, so rows are asked for between the cells of texts.
    /// </summary>
    private static void Begin(FoldedTable folded, void** at, int texts, int hidden, RowsAhead ahead, LstmTape tape)
    {
        var here = new RowsAhead(at, texts, folded.ValueBytes);
        for (int i = 0; i < texts; i++)
        {
            here.Prefetch(i + Distance, 1, 0, 4 * hidden);
            ahead.Prefetch(i, 1, 0, 4 * hidden);
            long state = (long)i * hidden;
            ScoringCell.Forward(
                1,
                hidden,
                folded.Floats(at[i], tape.Gates),
                null,
                tape.Cells + state,
                tape.Outputs + state
            );
        }
    }
}
