using System.Runtime.InteropServices;
using Firn.Interop.Keras.Weights;
using Firn.Layers;

namespace Firn.Interop.Keras.Conversion;

/// <summary>
/// An Embedding's weights as Firn's table, whose row 0 is zero and never trains. The weights are not copied where that
/// can be: a frozen table's zero rows, of words that the pretrained vectors lacked, share row 0, and the others move up
/// in place.
/// </summary>
internal static class TableConversion
{
    /// <summary>Takes the weights over; their memory belongs to the table from here on.</summary>
    /// <param name="embedding">The layer.</param>
    public static EmbeddingTable Take(KerasNode embedding)
    {
        KerasWeight weights = WeightConversion.Required(embedding, "embeddings");
        int count = weights.Shape[0],
            width = weights.Shape[1];
        Memory<float> rows = MemoryMarshal.AsMemory(weights.Values);
        if (embedding.Trainable || !IsZero(rows, 0, width))
            return Copied(rows, count, width, shareZeros: !embedding.Trainable);
        var rowOf = new int[count];
        int used = 1;
        for (int id = 1; id < count; id++)
        {
            if (IsZero(rows, id, width))
                continue;
            if (used < id)
                rows.Slice(id * width, width).CopyTo(rows[(used * width)..]);
            rowOf[id] = used++;
        }
        return new EmbeddingTable(rowOf, rows[..(used * width)], width);
    }

    private static EmbeddingTable Copied(Memory<float> rows, int count, int width, bool shareZeros)
    {
        if (!shareZeros && IsZero(rows, 0, width))
            return new EmbeddingTable([.. Enumerable.Range(0, count)], rows, width);
        var rowOf = new int[count];
        int used = 1;
        for (int id = 0; id < count; id++)
            rowOf[id] = shareZeros && IsZero(rows, id, width) ? 0 : used++;
        var copy = new float[checked(used * width)];
        for (int id = 0; id < count; id++)
        {
            if (rowOf[id] > 0)
                rows.Span.Slice(id * width, width).CopyTo(copy.AsSpan(rowOf[id] * width));
        }
        return new EmbeddingTable(rowOf, copy, width);
    }

    private static bool IsZero(Memory<float> rows, int row, int width) =>
        !rows.Span.Slice(row * width, width).ContainsAnyExcept(0f);
}
