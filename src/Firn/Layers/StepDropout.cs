using Firn.Kernels;

namespace Firn.Layers;

/// <summary>
/// The dropout of one training step: which masks there are and the random stream of each. A mask follows from the seed,
/// the step and the text's place in the batch alone. The default value drops nothing, as in prediction.
/// </summary>
internal readonly struct StepDropout(DropoutRates rates, CounterRandom step)
{
    private const ulong EmbeddingPart = 0, InputPart = 1, RecurrentPart = 3, HeadPart = 8, HigherParts = 16, PartsOfLevel = 256;

    public double EmbeddingRate { get; } = rates.Embedding;

    public double InputRate { get; } = rates.Input;

    public double RecurrentRate { get; } = rates.Recurrent;

    public double HeadRate { get; } = rates.Dense;

    public bool Tied { get; } = rates.TiedEmbedding;

    /// <summary>Per value of the embedded words of a text; of a distinct row when tied.</summary>
    public CounterRandom Embedding(int positionOrRow) => step.Derive(EmbeddingPart).Derive((ulong)positionOrRow);

    /// <summary>Held over time, by layer.</summary>
    public CounterRandom Input(LayerPlace layer, int position) => step.Derive(Part(layer, InputPart, 0)).Derive((ulong)position);

    /// <summary>Held over time, by layer.</summary>
    public CounterRandom Recurrent(LayerPlace layer, int position) => step.Derive(Part(layer, RecurrentPart, 1)).Derive((ulong)position);

    /// <summary>Of what enters a dense layer.</summary>
    public CounterRandom Head(int layer, int position) => step.Derive(HeadPart + (ulong)layer).Derive((ulong)position);

    /// <summary>Draws the recurrent masks of texts, [n,H]; null where nothing is dropped.</summary>
    public unsafe float* DrawRecurrent(SequenceLayer layer, ReadOnlySpan<int> positions, AlignedBuffer buffer)
    {
        if (RecurrentRate <= 0)
            return null;
        float* mask = buffer.Reserve((long)positions.Length * layer.Size);
        for (int i = 0; i < positions.Length; i++)
            DropoutMask.Fill(Recurrent(layer.Place, positions[i]), 0, RecurrentRate, new Span<float>(mask + (long)i * layer.Size, layer.Size));
        return mask;
    }

    private static ulong Part(LayerPlace layer, ulong first, ulong kind) => layer is { Level: 0, Index: < 2 }
        ? first + (ulong)layer.Index
        : HigherParts + PartsOfLevel * (ulong)layer.Level + 2 * (ulong)layer.Index + kind;
}

/// <summary>Shares of values that training sets to zero, by place.</summary>
/// <param name="Embedding">Of the embedded words.</param>
/// <param name="TiedEmbedding">Drawn once a distinct word of a batch.</param>
/// <param name="Input">Of a layer's input, held over time.</param>
/// <param name="Recurrent">Of a recurrent state, held over time.</param>
/// <param name="Dense">Of what enters a dense layer.</param>
internal readonly record struct DropoutRates(double Embedding, bool TiedEmbedding, double Input, double Recurrent, double Dense);
