using Firn.Kernels;
using Firn.Text;

namespace Firn.Layers;

/// <summary>Token ids to the LSTM's input rows, dropout applied on the way; and the way back.</summary>
internal static unsafe class EmbeddingLayer
{
    /// <summary>Writes tape.Inputs [M,E] for the texts <paramref name="textOf"/> read forward or reversed.</summary>
    public static void Forward(
        EmbeddingTable table,
        RaggedIds texts,
        ReadOnlySpan<int> textOf,
        ReadOnlySpan<int> positions,
        in StepDropout dropout,
        RaggedLayout layout,
        bool reversed,
        SequenceTape tape
    )
    {
        int width = table.Dimension;
        ReadOnlySpan<float> rows = table.InPlace.Span;
        ReadOnlySpan<int> rowOf = table.RowOf;
        for (int i = 0; i < layout.Texts; i++)
        {
            ReadOnlySpan<int> ids = texts[textOf[i]];
            for (int p = 0; p < ids.Length; p++)
            {
                int row = rowOf[ids[p]];
                var to = new Span<float>(tape.Inputs + (long)layout.RowOf(i, p, reversed) * width, width);
                if (row == 0)
                {
                    to.Clear();
                    continue;
                }
                rows.Slice(row * width, width).CopyTo(to);
                Mask(dropout, tape, positions[i], i, p, row, to);
            }
        }
    }

    /// <summary>
    /// From the gradient of the input rows (in tape.Inputs) to that of the embedded words, added to
    /// <paramref name="destination"/> [tokens,E], text after text.
    /// </summary>
    public static void Backward(
        EmbeddingTable table,
        RaggedIds texts,
        ReadOnlySpan<int> textOf,
        ReadOnlySpan<int> positions,
        in StepDropout dropout,
        RaggedLayout layout,
        bool reversed,
        SequenceTape tape,
        float* destination
    )
    {
        int width = table.Dimension;
        ReadOnlySpan<int> rowOf = table.RowOf;
        for (int i = 0; i < layout.Texts; i++)
        {
            ReadOnlySpan<int> ids = texts[textOf[i]];
            for (int p = 0; p < ids.Length; p++, destination += width)
            {
                var gradient = new Span<float>(tape.Inputs + (long)layout.RowOf(i, p, reversed) * width, width);
                Mask(dropout, tape, positions[i], i, p, rowOf[ids[p]], gradient);
                VectorMath.Add(gradient, new Span<float>(destination, width));
            }
        }
    }

    private static void Mask(
        in StepDropout dropout,
        SequenceTape tape,
        int position,
        int text,
        int p,
        int row,
        Span<float> values
    )
    {
        if (dropout.EmbeddingRate > 0)
        {
            if (dropout.Tied)
                DropoutMask.Apply(dropout.Embedding(row), 0, dropout.EmbeddingRate, values);
            else
                DropoutMask.Apply(
                    dropout.Embedding(position),
                    (ulong)p * DropoutMask.Counters(values.Length),
                    dropout.EmbeddingRate,
                    values
                );
        }
        if (tape.InputMask != null)
            VectorMath.Multiply(values, new(tape.InputMask + (long)text * values.Length, values.Length), values);
    }
}
