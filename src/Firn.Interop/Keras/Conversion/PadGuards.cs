using Firn.Interop.Keras.Layers;
using EmbeddingLayer = Firn.Interop.Keras.Layers.EmbeddingLayer;

namespace Firn.Interop.Keras.Conversion;

/// <summary>
/// Tables of one number a word by which an exported model keeps pads out (docs/export.md): -1e9 for pads is added in
/// front of a maximum, 0 is multiplied in front of a mean. Where all that would see pads is so guarded, they say
/// nothing, and texts need none.
/// </summary>
internal static class PadGuards
{
    private const float FarBelow = -1e9f;

    /// <summary>Names of the guards; empty where there are none, or pads are seen elsewhere.</summary>
    public static IReadOnlySet<string> Of(KerasFile file)
    {
        ILookup<string, KerasNode> readers = file
            .Nodes.SelectMany(n => n.Inbound.Select(i => (i, n)))
            .ToLookup(p => p.i, p => p.n, StringComparer.Ordinal);
        KerasNode[] tables = [.. file.Nodes.Where(n => n.Layer is EmbeddingLayer)];
        KerasNode[] guards = [.. tables.Where(t => IsGuard(t, readers))];
        if (guards.Length == 0 || tables.Length != guards.Length + 1)
            return new HashSet<string>();
        KerasNode table = tables.Single(t => !guards.Contains(t));
        HashSet<string> guarded = [.. guards.SelectMany(g => readers[g.Name]).Select(n => n.Name)];
        return
            guards.All(g => g.Inbound.SequenceEqual(table.Inbound)) && file.Nodes.All(n => IsBlind(n, table, guarded))
            ? guards.Select(g => g.Name).ToHashSet(StringComparer.Ordinal)
            : [];
    }

    private static bool IsGuard(KerasNode node, ILookup<string, KerasNode> readers)
    {
        if (
            node.Layer is not EmbeddingLayer { OutputDim: 1 } table
            || node.Weights is not [var weights]
            || weights.Values.Length < 2
        )
            return false;
        ReadOnlySpan<float> numbers = weights.Values.Span;
        bool adds = numbers[0] == FarBelow && !numbers[1..].ContainsAnyExcept(0f);
        bool multiplies = numbers[0] == 0 && !numbers[1..].ContainsAnyExcept(1f) && table.MaskZero;
        KerasMerge merge = adds ? KerasMerge.Add : KerasMerge.Multiply;
        KerasPooling pooling = adds ? KerasPooling.Max : KerasPooling.Average;
        return (adds || multiplies)
            && readers[node.Name]
                .All(n =>
                    n is { Layer: MergeLayer joined, Inbound.Count: 2 }
                    && joined.Merge == merge
                    && readers[n.Name].All(p => p.Layer is GlobalPoolingLayer global && global.Pooling == pooling)
                );
    }

    /// <summary>Whether a layer does not see pads, whatever stands at them.</summary>
    private static bool IsBlind(KerasNode node, KerasNode table, HashSet<string> guarded)
    {
        bool masks = ((EmbeddingLayer)table.Layer).MaskZero;
        return node.Layer switch
        {
            PoolingLayer or FlattenLayer or ReshapeLayer or PermuteLayer => false,
            GlobalPoolingLayer { Pooling: KerasPooling.Max } => guarded.Contains(node.Inbound[0]),
            GlobalPoolingLayer => masks || guarded.Contains(node.Inbound[0]),
            RecurrentLayer or BidirectionalLayer => masks,
            // Zeros at the pads are what stands beyond a text's ends.
            Conv1DLayer convolution => !masks
                && convolution.Padding != KerasPadding.Valid
                && convolution.Strides == 1
                && node.Inbound[0] == table.Name
                && !table.Weights[0].Values.Span[..table.Weights[0].Shape[1]].ContainsAnyExcept(0f),
            _ => true,
        };
    }
}
