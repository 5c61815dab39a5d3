using Firn.Kernels;
using Firn.Layers;

namespace Firn.Model;

/// <summary>
/// The states that k leading pads lead to from the zero state, of every recurrent layer, for k up to a padded length:
/// they depend on k alone, so a model that was trained on padded texts without a mask is scored exactly without running
/// the pads. They are found by running one text of nothing but pads.
/// </summary>
internal sealed unsafe class PadStates
{
    private readonly Dictionary<SequenceLayer, States> _states = [];
    private readonly int _length;

    public PadStates(ModelLayers layers, int length)
    {
        _length = length;
        ShardWorkspace work = layers.CreateWorkspace();
        work.Layout.Build([length]);
        layers.Forward(work, new LayerPass(default, default, new Source(layers.Embedding, _states)));
    }

    /// <summary>Sets each text's initial output, and cell, to those behind its pads.</summary>
    public void Enter(SequenceLayer layer, RaggedLayout layout, SequenceTape tape)
    {
        if (!layer.IsRecurrent)
            return;
        States states = _states[layer];
        tape.ReserveInitial();
        for (int i = 0; i < layout.Texts; i++)
        {
            int k = Math.Max(0, _length - layout.LengthOf(i));
            states
                .Outputs.Span.Slice(k * layer.Size, layer.Size)
                .CopyTo(new Span<float>(tape.InitialOutput + (long)i * layer.Size, layer.Size));
            if (tape is LstmTape lstm)
                states
                    .Cells.Span.Slice(k * layer.Size, layer.Size)
                    .CopyTo(new Span<float>(lstm.InitialCell + (long)i * layer.Size, layer.Size));
        }
    }

    /// <summary>[length + 1,H] each; cells of an LSTM only.</summary>
    private sealed record States(AlignedBuffer Outputs, AlignedBuffer Cells);

    /// <summary>Feeds pads, and keeps what each recurrent layer made of them.</summary>
    private sealed class Source(EmbeddingTable table, Dictionary<SequenceLayer, States> states) : EmbeddingSource
    {
        public override void Forward(ShardWorkspace work, SequenceLayer layer, SequenceTape tape, in LayerPass pass)
        {
            tape.Reserve(work.Layout, layer);
            fixed (float* row = table.VectorInPlace(TextPadding.Pad))
                layer.Map.ProjectOne(row, tape.Sums);
            int columns = layer.Map.Columns;
            for (int k = 1; k < work.Layout.Tokens; k++)
                new ReadOnlySpan<float>(tape.Sums, columns).CopyTo(
                    new Span<float>(tape.Sums + (long)k * columns, columns)
                );
            if (layer is LstmLayer { IsUsual: true } lstm)
                Run(lstm, (LstmTape)tape, work.Layout.Tokens);
            else
                layer.Forward(work.Layout, tape);
        }

        /// <summary>
        /// The steps as <see cref="ScoringLstm"/> takes them, so that a padded text gets the same bits.
        /// </summary>
        private static void Run(LstmLayer lstm, LstmTape tape, int steps)
        {
            int hidden = lstm.Hidden,
                width = 4 * hidden;
            var gates = new AlignedBuffer(width);
            for (int k = 0; k < steps; k++)
            {
                long at = (long)k * hidden;
                float* cells = tape.Cells + at,
                    outputs = tape.Outputs + at,
                    sums = tape.Sums + (long)k * width;
                if (k == 0)
                {
                    ScoringCell.Forward(1, hidden, sums, null, cells, outputs);
                    continue;
                }
                MatrixVector.Multiply(outputs - hidden, lstm.PackedRecurrent, sums, gates.Pointer);
                ScoringCell.Forward(1, hidden, gates.Pointer, cells - hidden, cells, outputs);
            }
        }

        public override void End(SequenceLayer layer, SequenceTape tape)
        {
            if (!layer.IsRecurrent)
                return;
            int values = tape.Count * layer.Size;
            var kept = new States(
                new AlignedBuffer(values + layer.Size),
                new AlignedBuffer(tape is LstmTape ? values + layer.Size : 0)
            );
            tape.All.CopyTo(kept.Outputs.Span[layer.Size..]);
            if (tape is LstmTape lstm)
                new ReadOnlySpan<float>(lstm.Cells, values).CopyTo(kept.Cells.Span[layer.Size..]);
            states[layer] = kept;
        }
    }
}
