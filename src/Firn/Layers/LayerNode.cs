namespace Firn.Layers;

/// <summary>What flows between two layers.</summary>
/// <param name="Width">Values of a step, or of a text, F.</param>
/// <param name="OverTime">Whether there is a row a step, or one a text.</param>
/// <param name="Steps">Steps of every text where padding makes them equal; 0 for as many as a text has.</param>
internal readonly record struct SignalShape(int Width, bool OverTime, int Steps = 0)
{
    public static SignalShape Features(int width) => new(width, false);

    /// <summary>As reports show it.</summary>
    public override string ToString() =>
        OverTime
            ? FormattableString.Invariant(
                $"{(Steps > 0 ? Steps.ToString(System.Globalization.CultureInfo.InvariantCulture) : "T")} × {Width}"
            )
            : FormattableString.Invariant($"{Width}");
}

/// <summary>What a pass over a shard is made with.</summary>
/// <param name="dropout">The step's; the default drops nothing.</param>
/// <param name="positions">Places of the texts in the batch; not read where nothing is dropped.</param>
/// <param name="source">Feeds the layers that read the embedding.</param>
/// <param name="shard">The shard's number.</param>
/// <param name="gradients">Receives those of the weights; null in scoring.</param>
internal readonly ref struct LayerPass(
    StepDropout dropout,
    ReadOnlySpan<int> positions,
    EmbeddingSource source,
    int shard = 0,
    GradientBuffer? gradients = null
)
{
    public StepDropout Dropout { get; } = dropout;

    public ReadOnlySpan<int> Positions { get; } = positions;

    public EmbeddingSource Source { get; } = source;

    public int Shard { get; } = shard;

    public GradientBuffer? Gradients { get; } = gradients;
}

/// <summary>From token ids to the outputs of the layers that read the embedding, and back.</summary>
internal abstract class EmbeddingSource
{
    /// <summary>Runs a layer on the embedding: makes room in its tape, and leaves its outputs there.</summary>
    public abstract void Forward(ShardWorkspace work, SequenceLayer layer, SequenceTape tape, in LayerPass pass);

    /// <summary>
    /// Told of a recurrent layer further up before its steps, which may begin from a state that pads left.
    /// </summary>
    public virtual void Begin(ShardWorkspace work, SequenceLayer layer, SequenceTape tape) { }

    /// <summary>Told of a layer over time when its outputs are there.</summary>
    public virtual void End(SequenceLayer layer, SequenceTape tape) { }

    /// <summary>
    /// Takes the gradient of the sums out of tape.Sums, after the layer's backward pass and weight gradients.
    /// </summary>
    public virtual void Backward(ShardWorkspace work, SequenceLayer layer, SequenceTape tape, in LayerPass pass) =>
        throw new InvalidOperationException("Scoring has no backward pass.");
}

/// <summary>What of a layer's backward pass the weights that train need.</summary>
[Flags]
internal enum BackwardNeeds
{
    None = 0,

    /// <summary>Gradients of its own weights.</summary>
    Weights = 1,

    /// <summary>The gradient of what it reads.</summary>
    Input = 2,
}

/// <summary>
/// A layer at its place in a model: a model is a list of these, each behind those that it reads. It owns weights and
/// knows forward, backward and the memory of both; what one worker keeps of a shard stands in a <see cref="NodeTape"/>.
/// </summary>
/// <param name="name">What its weights' names begin with; of layers without weights, its kind.</param>
/// <param name="inputs">What it reads.</param>
/// <param name="shape">What it gives.</param>
internal abstract unsafe class LayerNode(string name, LayerNode[] inputs, SignalShape shape)
{
    public string Name { get; } = name;

    public LayerNode[] Inputs { get; } = inputs;

    public SignalShape Shape { get; } = shape;

    /// <summary>Its place in the model's list.</summary>
    public int Index { get; set; }

    /// <summary>
    /// What stands in place of the pads that a masked text was read without; null where there are none, or they stand
    /// there.
    /// </summary>
    public SkippedPads? Skipped { get; set; }

    /// <summary>What reports say of it.</summary>
    public string Title { get; init; } = name;

    /// <summary>All its weights.</summary>
    public virtual IReadOnlyList<Parameter> Weights => [];

    /// <summary>All its weights, also those that no schedule trains.</summary>
    public virtual IReadOnlyList<Parameter> Parameters => Weights;

    /// <summary>
    /// Whether it reads of a recurrent layer only the last outputs, and so gives no other a gradient.
    /// </summary>
    public virtual bool ReadsLastOutputs => false;

    /// <summary>
    /// Whether each of its steps follows from the step before it reads there, or from a state that steps before it
    /// left: so that pads in front may be left out.
    /// </summary>
    public virtual bool IsCausal => false;

    /// <summary>
    /// How it changes the number of steps of a text, in words that are equal where the change is; null where it keeps
    /// them.
    /// </summary>
    public virtual string? StepsRule => null;

    /// <summary>
    /// Of each node the needs that the weights that train have; set by the trainer, before its first backward pass.
    /// </summary>
    public BackwardNeeds Needs { get; set; }

    /// <summary>Packs what <see cref="Forward"/> reads; needed again after weights change.</summary>
    public virtual void PackForward() { }

    /// <summary>Packs what <see cref="Backward"/> reads.</summary>
    public virtual void PackBackward() { }

    /// <summary>Scratch memory that fits.</summary>
    public virtual NodeTape CreateTape() => new(new OutputRows());

    /// <summary>Sets the tape's outputs.</summary>
    public abstract void Forward(ShardWorkspace work, in LayerPass pass);

    /// <summary>
    /// From the gradient of its outputs to what is needed: writes gradients of weights, adds to those of its inputs.
    /// </summary>
    public abstract void Backward(ShardWorkspace work, in LayerPass pass, BackwardNeeds needs);

    /// <summary>Floats of a tape between a shard's two passes.</summary>
    /// <param name="size">The shard.</param>
    public virtual double TapeFloats(ShardSize size) => 2 * size.RowsOf(Shape) * Shape.Width;

    /// <summary>Floats of a tape that only scores.</summary>
    /// <param name="size">The texts scored at a time.</param>
    public virtual double ScoringFloats(ShardSize size) => size.RowsOf(Shape) * Shape.Width;

    /// <summary>Whether an input is to be given a gradient.</summary>
    protected static bool GetsGradient(LayerNode input) => input.Needs != BackwardNeeds.None;

    /// <summary>
    /// Floats of packed weights for both passes; <paramref name="backward"/> whether the input's gradient is needed.
    /// </summary>
    public virtual double PackedFloats(bool backward) => 0;
}

/// <summary>A shard as the memory of a tape sees it.</summary>
/// <param name="Tokens">M.</param>
/// <param name="Texts">n.</param>
/// <param name="Trains">Whether it is trained on: there are masks and gradients.</param>
internal readonly record struct ShardSize(double Tokens, double Texts, bool Trains)
{
    /// <summary>Rows of a signal, at most.</summary>
    public double RowsOf(SignalShape shape) => shape.OverTime ? Tokens : Texts;
}

/// <summary>What a node keeps of a shard between its passes.</summary>
internal class NodeTape(params OutputRows[] parts)
{
    /// <summary>Its outputs: side by side where there are several.</summary>
    public OutputRows[] Parts { get; } = parts;

    /// <summary>The first of them.</summary>
    public OutputRows Output => Parts[0];

    /// <summary>How outputs over time lie; of features, how the texts do that they come from.</summary>
    public RaggedLayout Layout { get; set; } = new();
}

/// <summary>The beginning: token ids. What reads it does so by an <see cref="EmbeddingSource"/>.</summary>
internal sealed class EmbeddingNode(SignalShape shape) : LayerNode("embedding", [], shape)
{
    public override bool IsCausal => true;

    public override NodeTape CreateTape() => new();

    public override void Forward(ShardWorkspace work, in LayerPass pass) => work.TapeOf(this).Layout = work.Layout;

    public override void Backward(ShardWorkspace work, in LayerPass pass, BackwardNeeds needs) { }

    public override double TapeFloats(ShardSize size) => 0;

    public override double ScoringFloats(ShardSize size) => 0;
}
