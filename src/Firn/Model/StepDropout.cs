using Firn.Kernels;

namespace Firn.Model;

/// <summary>
/// The dropout of one training step: which masks there are and the random stream of each. A mask follows from the seed,
/// the step and the text's place in the batch alone. The default value drops nothing, as in prediction.
/// </summary>
internal readonly struct StepDropout(ClassifierOptions options, CounterRandom step)
{
    private const ulong EmbeddingPart = 0, InputPart = 1, RecurrentPart = 3;

    public double EmbeddingRate { get; } = options.EmbeddingDropout;

    public double InputRate { get; } = options.InputDropout;

    public double RecurrentRate { get; } = options.RecurrentDropout;

    public bool Tied { get; } = options.TiedEmbeddingDropout;

    /// <summary>Per value of the embedded words of a text; of a distinct row when tied.</summary>
    public CounterRandom Embedding(int positionOrRow) => step.Derive(EmbeddingPart).Derive((ulong)positionOrRow);

    /// <summary>Held over time, by direction.</summary>
    public CounterRandom Input(int direction, int position) => step.Derive(InputPart + (ulong)direction).Derive((ulong)position);

    /// <summary>Held over time, by direction.</summary>
    public CounterRandom Recurrent(int direction, int position) => step.Derive(RecurrentPart + (ulong)direction).Derive((ulong)position);
}
