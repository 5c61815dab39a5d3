using Firn.Kernels;

namespace Firn.Layers;

/// <summary>
/// Layers over time side by side on one input, each of which begins with a linear map of every step: a recurrent layer
/// of one or two directions, a convolution, a dense layer a step. On the embedding the map is the
/// <see cref="EmbeddingSource"/>'s affair.
/// </summary>
internal sealed unsafe class SequenceNode(string name, LayerNode input, SequenceLayer[] layers, SignalShape shape)
    : LayerNode(name, [input], shape)
{
    private readonly Parameter[] _weights = [.. layers.SelectMany(layer => layer.Weights)];

    public SequenceLayer[] Layers => layers;

    public bool OnEmbedding => Inputs[0] is EmbeddingNode;

    public override IReadOnlyList<Parameter> Weights => _weights;

    public override bool IsCausal =>
        layers is [{ Reversed: false, KeepsSteps: true } one] && (one.IsRecurrent || one is LinearLayer);

    public override string? StepsRule { get; } = layers[0].KeepsSteps ? null : layers[0].StepsRule;

    /// <summary>Whether its last outputs are those of a state.</summary>
    public bool IsRecurrent => layers[0].IsRecurrent;

    public override NodeTape CreateTape() => new Tape(layers);

    public override void PackForward()
    {
        foreach (SequenceLayer layer in layers)
        {
            layer.PackForward();
            if (!OnEmbedding)
                layer.Map.Pack();
        }
    }

    public override void PackBackward()
    {
        foreach (SequenceLayer layer in layers)
        {
            layer.PackBackward();
            if (!OnEmbedding)
                layer.PackInputGradient();
        }
    }

    public override void Forward(ShardWorkspace work, in LayerPass pass)
    {
        var tape = (Tape)work.TapeOf(this);
        NodeTape below = work.TapeOf(Inputs[0]);
        if (!OnEmbedding)
            tape.Joined.Begin(below.Layout, below.Parts);
        for (int k = 0; k < layers.Length; k++)
        {
            SequenceTape own = tape.Layers[k];
            if (OnEmbedding)
            {
                pass.Source.Forward(work, layers[k], own, pass);
            }
            else
            {
                own.Reserve(below.Layout, layers[k]);
                own.DrawMasks(pass.Dropout, layers[k], pass.Positions);
                pass.Source.Begin(work, layers[k], own);
                tape.Joined.Forward(below.Layout, layers[k], own);
                layers[k].Forward(below.Layout, own);
            }
            pass.Source.End(layers[k], own);
        }
        tape.Layout = tape.Layers[0].OutputLayout;
    }

    public override void Backward(ShardWorkspace work, in LayerPass pass, BackwardNeeds needs)
    {
        var tape = (Tape)work.TapeOf(this);
        NodeTape below = work.TapeOf(Inputs[0]);
        bool input = (needs & BackwardNeeds.Input) != 0,
            weights = (needs & BackwardNeeds.Weights) != 0;
        if (!OnEmbedding && input)
            tape.Joined.BeginBackward(below.Layout);
        for (int k = 0; k < layers.Length; k++)
        {
            SequenceTape own = tape.Layers[k];
            layers[k].Backward(below.Layout, own);
            if (weights)
                layers[k].WeightGradients(below.Layout, own, work.Scratch, pass.Gradients!);
            if (OnEmbedding)
                pass.Source.Backward(work, layers[k], own, pass);
            else
                tape.Joined.Backward(
                    below.Layout,
                    layers[k],
                    own,
                    weights ? new KernelGradient(work.Scratch, pass.Gradients!) : default,
                    input
                );
        }
        if (!OnEmbedding && input)
            tape.Joined.End(below.Layout, below.Parts);
    }

    public override double TapeFloats(ShardSize size) =>
        layers.Sum(layer => layer.TapeFloats(size.Tokens, size.Texts, EveryOutput))
        + (
            OnEmbedding
                ? 0
                : layers.Length * size.Tokens * layers[0].Map.Width + 2.0 * size.Tokens * layers[0].Map.Width
        ); // inputs, JoinedInput

    public override double ScoringFloats(ShardSize size) =>
        layers.Sum(layer =>
            OnEmbedding
                ? layer.ScoringFloats(size.Tokens, size.Texts)
                : layer.TapeFloats(size.Tokens, size.Texts, everyOutput: false) + size.Tokens * layer.Map.Width
        ) + (OnEmbedding ? 0 : size.Tokens * layers[0].Map.Width);

    public override double PackedFloats(bool backward) =>
        layers.Sum(layer =>
            layer.PackedFloats + layer.Map.Width * PackedMatrix.Padded(layer.Map.Columns) * (backward ? 2 : 1)
        );

    /// <summary>Whether some layer gives every output a gradient, not the last ones or the largest alone.</summary>
    public bool EveryOutput { get; private set; }

    /// <summary>Tells it the layers that read it, once all are there.</summary>
    public void ReadBy(IReadOnlyList<LayerNode> readers)
    {
        EveryOutput = readers.Any(reader => !reader.ReadsLastOutputs);
        if (layers is not [ConvolutionLayer convolution])
            return;
        convolution.OnlyMaximum = readers is [GlobalMaxNode];
        EveryOutput &= !convolution.OnlyMaximum;
    }

    private sealed class Tape : NodeTape
    {
        public Tape(SequenceLayer[] layers)
            : this([.. layers.Select(layer => layer.CreateTape())]) { }

        private Tape(SequenceTape[] tapes)
            : base([.. tapes]) => Layers = tapes;

        public SequenceTape[] Layers { get; }

        public JoinedInput Joined { get; } = new();
    }
}
