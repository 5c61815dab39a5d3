using Firn.Kernels;

namespace Firn.Layers;

/// <summary>
/// A layer from rows over time to rows over time, in one direction: a linear map of each input row, then whatever the kind of
/// layer makes of the sums. Layers side by side (two directions, several widths) are one level of a model, their outputs joined.
/// </summary>
/// <param name="map">What it begins with.</param>
/// <param name="size">Values of an output, F.</param>
/// <param name="place">Where it stands in the model.</param>
internal abstract unsafe class SequenceLayer(InputMap map, int size, LayerPlace place)
{
    public InputMap Map { get; } = map;

    /// <summary>F.</summary>
    public int Size { get; } = size;

    public LayerPlace Place { get; } = place;

    /// <summary>Whether texts are read from their end.</summary>
    public bool Reversed => Place.Reversed;

    /// <summary>Packs what <see cref="Forward"/> reads; needed again after weights change.</summary>
    public abstract void PackForward();

    /// <summary>Packs what <see cref="Backward"/> reads.</summary>
    public abstract void PackBackward();

    /// <summary>Scratch memory that fits the layer.</summary>
    public abstract SequenceTape CreateTape();

    /// <summary>Floats of a tape for a shard of so many tokens and texts, beside the inputs and what every layer keeps.</summary>
    /// <param name="tokens">M.</param>
    /// <param name="texts">n.</param>
    /// <param name="dropsStates">Whether recurrent dropout is on.</param>
    protected abstract double OwnFloats(double tokens, double texts, bool dropsStates);

    /// <summary>Floats of the packed weights behind the map, for both passes.</summary>
    public abstract double PackedFloats { get; }

    /// <summary>Floats of a tape between a shard's forward and backward pass.</summary>
    /// <param name="tokens">M.</param>
    /// <param name="texts">n.</param>
    /// <param name="dropout">Has masks.</param>
    /// <param name="everyOutput">Whether every output gets a gradient.</param>
    public double TapeFloats(double tokens, double texts, in DropoutRates dropout, bool everyOutput) =>
        tokens * (Map.Columns + Size) // sums, outputs
        + texts * Size // gradient of the last output
        + (everyOutput ? tokens * Size : 0)
        + (dropout.Input > 0 ? texts * Map.Width : 0)
        + OwnFloats(tokens, texts, dropout.Recurrent > 0);

    /// <summary>Floats of a tape that only scores.</summary>
    /// <param name="tokens">M.</param>
    /// <param name="texts">n.</param>
    public virtual double ScoringFloats(double tokens, double texts) => TapeFloats(tokens, texts, default, everyOutput: false);

    /// <summary>From the sums in tape.Sums to tape.Outputs.</summary>
    public abstract void Forward(RaggedLayout layout, SequenceTape tape);

    /// <summary>
    /// From tape.DOutput (last outputs) and tape.DOutside (all outputs) to the gradient of the sums, which replaces tape.Sums.
    /// </summary>
    public abstract void Backward(RaggedLayout layout, SequenceTape tape);

    /// <summary>
    /// Gradients of all weights but the map's kernel, written to their places, after <see cref="Backward"/>; leaves the gradient
    /// of the sums packed in <paramref name="scratch"/> for that kernel's.
    /// </summary>
    public void WeightGradients(RaggedLayout layout, SequenceTape tape, PackedMatrix scratch, GradientBuffer destination)
    {
        scratch.Pack(tape.Sums, layout.Tokens, Map.Columns);
        OwnGradients(layout, tape, scratch, destination);
        if (Map.Bias is not { } bias)
            return;
        Span<float> dBias = destination.Of(bias);
        dBias.Clear();
        VectorMath.AddColumnSums(new(tape.Sums, layout.Tokens * Map.Columns), layout.Tokens, dBias);
    }

    /// <summary>Gradients of the weights behind the map; <paramref name="dSums"/> is the packed gradient of the sums.</summary>
    protected abstract void OwnGradients(RaggedLayout layout, SequenceTape tape, PackedMatrix dSums, GradientBuffer destination);
}

/// <summary>Where a sequence layer stands: what its name, its tape and its random numbers follow from.</summary>
/// <param name="Level">0 on the embedding, 1 on the layers of level 0, and so on.</param>
/// <param name="Index">Its number on the level.</param>
/// <param name="Reversed">Whether it reads texts from their end.</param>
internal readonly record struct LayerPlace(int Level, int Index, bool Reversed)
{
    /// <summary>What the names of its weights begin with: <c>lstm</c>, <c>lstm_backward</c>, <c>lstm_2</c> on the second level.</summary>
    public string Prefix(string kind) => kind + (Reversed ? "_backward" : "") + (Level > 0 ? FormattableString.Invariant($"_{Level + 1}") : "");

    /// <summary>Its stream for starting values.</summary>
    public CounterRandom Stream(CounterRandom random) => random.Derive(this is { Level: 0, Index: < 2 } ? (ulong)Index : HigherStreams + 64 * (ulong)Level + (ulong)Index);

    private const ulong HigherStreams = 64; // below: the streams of pooling and dense weights
}
