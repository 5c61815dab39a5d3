using Firn.Kernels;

namespace Firn.Layers;

/// <summary>
/// The dropout of one training step: the random stream of each mask. A mask follows from the seed, the step and the
/// text's place in the batch alone. The default value drops nothing, as in prediction.
/// </summary>
/// <param name="embeddingRate">Share of the embedded words' values that are set to zero.</param>
/// <param name="tied">Draws those once a distinct word of a batch.</param>
/// <param name="step">The step's stream.</param>
internal readonly struct StepDropout(double embeddingRate, bool tied, CounterRandom step)
{
    /// <summary>The stream of what enters the first dense layer; those of the next ones follow.</summary>
    public const ulong FirstFeatures = 8;

    /// <summary>How many dense layers have such a stream.</summary>
    public const ulong FeatureStreams = 8;

    /// <summary>The first of the streams of layers that are nothing but dropout.</summary>
    public const ulong FirstOwn = 1UL << 40;

    private const ulong EmbeddingPart = 0,
        InputPart = 1,
        RecurrentPart = 3,
        HigherParts = 16,
        PartsOfLevel = 256;

    /// <summary>Whether anything is dropped.</summary>
    public bool IsOn { get; } = true;

    public double EmbeddingRate { get; } = embeddingRate;

    public bool Tied { get; } = tied;

    /// <summary>Per value of the embedded words of a text; of a distinct row when tied.</summary>
    public CounterRandom Embedding(int positionOrRow) => step.Derive(EmbeddingPart).Derive((ulong)positionOrRow);

    /// <summary>Held over time, by layer.</summary>
    public CounterRandom Input(LayerPlace layer, int position) =>
        step.Derive(Part(layer, InputPart, 0)).Derive((ulong)position);

    /// <summary>Held over time, by layer.</summary>
    public CounterRandom Recurrent(LayerPlace layer, int position) =>
        step.Derive(Part(layer, RecurrentPart, 1)).Derive((ulong)position);

    /// <summary>Of a layer that is nothing but dropout.</summary>
    public CounterRandom Own(ulong stream, int position) => step.Derive(stream).Derive((ulong)position);

    private static ulong Part(LayerPlace layer, ulong first, ulong kind) =>
        layer is { Level: 0, Index: < 2 }
            ? first + (ulong)layer.Index
            : HigherParts + PartsOfLevel * (ulong)layer.Level + 2 * (ulong)layer.Index + kind;
}
