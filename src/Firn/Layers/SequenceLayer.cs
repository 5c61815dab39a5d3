using Firn.Kernels;

namespace Firn.Layers;

/// <summary>
/// A layer from rows over time to rows over time, in one direction: a linear map of each input row, then whatever the
/// kind of layer makes of the sums. Layers side by side (two directions, several widths) are one level of a model,
/// their outputs joined.
/// </summary>
/// <param name="map">What it begins with.</param>
/// <param name="size">Values of an output, F.</param>
/// <param name="place">Where it stands in the model.</param>
internal abstract unsafe class SequenceLayer(InputMap map, int size, LayerPlace place)
{
    private Func<int, int>? _stepsFunction;

    public InputMap Map { get; } = map;

    /// <summary>F.</summary>
    public int Size { get; } = size;

    public LayerPlace Place { get; } = place;

    /// <summary>Whether texts are read from their end.</summary>
    public bool Reversed => Place.Reversed;

    /// <summary>
    /// Whether outputs that were read from the end stand for the positions at which they were read, as one of two
    /// directions' do.
    /// </summary>
    public bool GivesReversed { get; init; } = place.Reversed;

    /// <summary>Dropout of the input, one mask a text held over time.</summary>
    public double InputDropout { get; init; }

    /// <summary>Dropout of the state, one mask a text held over time.</summary>
    public double RecurrentDropout { get; init; }

    /// <summary>Among the layers that read the embedding, its number; set by the model.</summary>
    public int Reader { get; set; } = -1;

    /// <summary>Whether its outputs get a gradient, since weights in it or below train; set by the trainer.</summary>
    public bool GetsGradient { get; set; } = true;

    /// <summary>Whether it carries a state from step to step, whose last is worth reading.</summary>
    public virtual bool IsRecurrent => false;

    /// <summary>Whether it gives one output a step.</summary>
    public virtual bool KeepsSteps => true;

    /// <summary>How it changes the number of steps; see <see cref="LayerNode.StepsRule"/>.</summary>
    public virtual string? StepsRule => null;

    /// <summary>Outputs for a text of so many steps.</summary>
    public virtual int StepsOf(int steps) => steps;

    /// <summary>The same as a value.</summary>
    public Func<int, int> StepsFunction => _stepsFunction ??= StepsOf;

    /// <summary>All weights.</summary>
    public IEnumerable<Parameter> Weights => [.. Map.Weights, .. OwnWeights];

    /// <summary>Those behind the map.</summary>
    protected virtual IEnumerable<Parameter> OwnWeights => [];

    /// <summary>Packs what <see cref="Forward"/> reads; needed again after weights change.</summary>
    public virtual void PackForward() { }

    /// <summary>Packs what <see cref="Backward"/> reads.</summary>
    public virtual void PackBackward() { }

    /// <summary>Packs the map for the gradient of its input.</summary>
    public virtual void PackInputGradient() => Map.PackTransposed();

    /// <summary>
    /// Whether few sums have a gradient, so that <see cref="Backward"/> leaves tape.Sums as they are, and
    /// <see cref="WindowGradients"/> takes the place of the products with them.
    /// </summary>
    public virtual bool GivesWindows => false;

    /// <summary>
    /// The gradient of the map's kernel, and of its input, by those few; where <see cref="GivesWindows"/>.
    /// </summary>
    /// <param name="layout">Of the inputs.</param>
    /// <param name="tape">After <see cref="Backward"/>.</param>
    /// <param name="inputs">The map's.</param>
    /// <param name="dKernel">Receives the kernel's, [E,P]; null for none.</param>
    /// <param name="dInputs">Receives the inputs', [M,E], in the layer's order of rows; null for none.</param>
    public virtual void WindowGradients(
        RaggedLayout layout,
        SequenceTape tape,
        in MapInputs inputs,
        float* dKernel,
        float* dInputs
    ) => throw new InvalidOperationException("This layer has a gradient of every sum.");

    /// <summary>Scratch memory that fits the layer.</summary>
    public virtual SequenceTape CreateTape() => new();

    /// <summary>
    /// Floats of a tape for a shard of so many tokens and texts, beside the inputs and what every layer keeps.
    /// </summary>
    /// <param name="tokens">M.</param>
    /// <param name="texts">n.</param>
    protected virtual double OwnFloats(double tokens, double texts) => 0;

    /// <summary>Floats of the packed weights behind the map, for both passes.</summary>
    public virtual double PackedFloats => 0;

    /// <summary>Floats of a tape between a shard's forward and backward pass.</summary>
    /// <param name="tokens">M.</param>
    /// <param name="texts">n.</param>
    /// <param name="everyOutput">Whether every output gets a gradient.</param>
    public double TapeFloats(double tokens, double texts, bool everyOutput) =>
        tokens * (Map.Columns + Size) // sums, outputs
        + texts * Size // gradient of the last output
        + (everyOutput ? tokens * Size : 0)
        + (InputDropout > 0 ? texts * Map.Width : 0)
        + (RecurrentDropout > 0 ? texts * Size : 0)
        + OwnFloats(tokens, texts);

    /// <summary>Floats of a tape that only scores.</summary>
    /// <param name="tokens">M.</param>
    /// <param name="texts">n.</param>
    public virtual double ScoringFloats(double tokens, double texts) => TapeFloats(tokens, texts, everyOutput: false);

    /// <summary>From the sums in tape.Sums to tape.Outputs.</summary>
    public abstract void Forward(RaggedLayout layout, SequenceTape tape);

    /// <summary>
    /// From tape.DOutput (last outputs) and tape.DOutside (all outputs) to the gradient of the sums, which replaces
    /// tape.Sums.
    /// </summary>
    public abstract void Backward(RaggedLayout layout, SequenceTape tape);

    /// <summary>
    /// Gradients of all weights but the map's kernel, written to their places, after <see cref="Backward"/>; leaves the
    /// gradient of the sums packed in <paramref name="scratch"/> for that kernel's.
    /// </summary>
    public void WeightGradients(
        RaggedLayout layout,
        SequenceTape tape,
        PackedMatrix scratch,
        GradientBuffer destination
    )
    {
        if (!GivesWindows)
            scratch.Pack(tape.Sums, layout.Tokens, Map.Columns);
        OwnGradients(layout, tape, scratch, destination);
        if (Map.Bias is not { } bias)
            return;
        Span<float> dBias = destination.Of(bias);
        dBias.Clear();
        VectorMath.AddColumnSums(new(tape.Sums, layout.Tokens * Map.Columns), layout.Tokens, dBias);
    }

    /// <summary>
    /// Gradients of the weights behind the map; <paramref name="dSums"/> is the packed gradient of the sums.
    /// </summary>
    protected virtual void OwnGradients(
        RaggedLayout layout,
        SequenceTape tape,
        PackedMatrix dSums,
        GradientBuffer destination
    ) { }
}

/// <summary>The rows that a map has read.</summary>
/// <param name="rows">[.., E], after dropout.</param>
/// <param name="rowOf">[M]: the row that each step has read; null where they are the steps themselves.</param>
internal readonly unsafe ref struct MapInputs(float* rows, int* rowOf = null)
{
    public float* Rows => rows;

    public int* RowOf => rowOf;
}

/// <summary>Where a sequence layer stands: what its random numbers follow from.</summary>
/// <param name="Level">The number of its layer among those of the model that begin with a map over time.</param>
/// <param name="Index">Its number in the layer: 0, or 1 for the second direction.</param>
/// <param name="Reversed">Whether it reads texts from their end.</param>
internal readonly record struct LayerPlace(int Level, int Index, bool Reversed)
{
    /// <summary>Its stream for starting values.</summary>
    public CounterRandom Stream(CounterRandom random) =>
        random.Derive(
            this is { Level: 0, Index: < 2 } ? (ulong)Index : HigherStreams + 64 * (ulong)Level + (ulong)Index
        );

    private const ulong HigherStreams = 64; // below: the streams of pooling and dense weights
}
