using Firn.Interop.Keras.Layers;

namespace Firn.Interop.Keras.Weights;

/// <summary>A tensor that a layer has, by its settings.</summary>
/// <param name="Role">What it is.</param>
/// <param name="Shape">Its extent; 0 for what the settings leave open.</param>
/// <param name="Moves">Whether training moves it where its layer is trained.</param>
internal readonly record struct WeightSlot(string Role, int[] Shape, bool Moves = true)
{
    /// <summary>Whether a tensor has this extent.</summary>
    public bool Fits(IReadOnlyList<int> shape)
    {
        if (shape.Count != Shape.Length)
            return false;
        for (int i = 0; i < Shape.Length; i++)
        {
            if (Shape[i] != 0 && Shape[i] != shape[i])
                return false;
        }
        return true;
    }

    /// <summary>The extent in words: <c>(any, 64)</c>.</summary>
    public string Shown => $"({string.Join(", ", Shape.Select(s => s == 0 ? "any" : $"{s}"))})";

    /// <summary>The tensors of a layer, in Keras' order.</summary>
    public static IReadOnlyList<WeightSlot> Of(KerasLayer? layer) =>
        layer switch
        {
            EmbeddingLayer embedding => [new("embeddings", [embedding.InputDim, embedding.OutputDim])],
            DenseLayer dense => [new("kernel", [0, dense.Units]), .. Bias(dense.UseBias, dense.Units)],
            Conv1DLayer conv =>
            [
                new("kernel", [conv.KernelSize, 0, conv.Filters]),
                .. Bias(conv.UseBias, conv.Filters),
            ],
            LstmLayer lstm => Recurrent(lstm, 4, [4 * lstm.Units]),
            GruLayer gru => Recurrent(gru, 3, gru.ResetAfter ? [2, 3 * gru.Units] : [3 * gru.Units]),
            SimpleRnnLayer rnn => Recurrent(rnn, 1, [rnn.Units]),
            BidirectionalLayer both => [.. Within("forward/", both.Forward), .. Within("backward/", both.Backward)],
            TimeDistributedLayer each => Of(each.Inner),
            BatchNormalizationLayer norm =>
            [
                .. Normalized(norm.Scale, norm.Center),
                new("moving_mean", [0], Moves: false),
                new("moving_variance", [0], Moves: false),
            ],
            LayerNormalizationLayer norm => Normalized(norm.Scale, norm.Center),
            _ => [],
        };

    private static WeightSlot[] Bias(bool has, int units) => has ? [new("bias", [units])] : [];

    private static WeightSlot[] Recurrent(RecurrentLayer layer, int gates, int[] bias)
    {
        WeightSlot kernel = new("kernel", [0, gates * layer.Units]);
        WeightSlot recurrent = new("recurrent_kernel", [layer.Units, gates * layer.Units]);
        return layer.UseBias ? [kernel, recurrent, new("bias", bias)] : [kernel, recurrent];
    }

    private static IEnumerable<WeightSlot> Within(string direction, RecurrentLayer layer) =>
        Of(layer).Select(slot => slot with { Role = direction + slot.Role });

    private static WeightSlot[] Normalized(bool scale, bool center) =>
        [.. new[] { (scale, "gamma"), (center, "beta") }.Where(p => p.Item1).Select(p => new WeightSlot(p.Item2, [0]))];
}
