using Firn.Kernels;

namespace Firn.Model;

/// <summary>The scratch memory of one worker: everything between ids and logits for the shard at hand.</summary>
internal sealed unsafe class ShardWorkspace
{
    private readonly AlignedBuffer features = new(), dFeatures = new(), logits = new();
    private readonly int featureSize, units;

    public ShardWorkspace(ModelLayers layers)
    {
        featureSize = layers.Dense.Features;
        units = layers.Dense.Units;
        Tapes = [.. layers.Levels.Select(level => level.Select(layer => layer.CreateTape()).ToArray())];
        Joined = [.. layers.Levels.Select(_ => new JoinedInput())];
    }

    public RaggedLayout Layout { get; } = new();

    /// <summary>One a layer, level by level.</summary>
    public SequenceTape[][] Tapes { get; }

    /// <summary>Those of the last level, which the pooling reads.</summary>
    public SequenceTape[] Top => Tapes[^1];

    /// <summary>One a level; that of level 0 is not used.</summary>
    public JoinedInput[] Joined { get; }

    /// <summary>[n,F].</summary>
    public float* Features => features.Pointer;

    /// <summary>[n,F].</summary>
    public float* DFeatures => dFeatures.Pointer;

    /// <summary>[n,K]; the loss replaces them by their gradient.</summary>
    public float* Logits => logits.Pointer;

    /// <summary>Row of the largest output, [n,F], for max pooling.</summary>
    public int[] PoolRows { get; set; } = [];

    public AttentionTape Attention { get; } = new();

    /// <summary>A right-hand matrix of the moment.</summary>
    public PackedMatrix Scratch { get; } = new();

    public SequenceTape TapeOf(SequenceLayer layer) => Tapes[layer.Place.Level][layer.Place.Index];

    public Span<float> FeaturesOf(int text) => new(Features + (long)text * featureSize, featureSize);

    public Span<float> DFeaturesOf(int text) => new(DFeatures + (long)text * featureSize, featureSize);

    public Span<float> LogitsOf(int text) => new(Logits + (long)text * units, units);

    /// <summary>Ids to logits for a shard of the plan.</summary>
    public void Forward(ModelLayers layers, InputProjection inputs, BatchPlan plan, int shard, in StepDropout dropout)
    {
        Range range = plan.RangeOf(shard);
        Layout.Build(plan.Length.AsSpan(range));
        foreach (SequenceLayer layer in layers.OnEmbedding)
        {
            SequenceTape tape = TapeOf(layer);
            tape.Reserve(Layout, layer);
            tape.DrawMasks(dropout, layer, plan.Position.AsSpan(range));
            inputs.Forward(shard, this, layer);
            layer.Forward(Layout, tape);
        }
        Above(layers, dropout, plan.Position.AsSpan(range));
        Output(layers);
        dFeatures.Reserve((long)Layout.Texts * featureSize);
    }

    /// <summary>The levels above the embedding's, from the outputs of the first.</summary>
    public void Above(ModelLayers layers, in StepDropout dropout, ReadOnlySpan<int> positions)
    {
        for (int level = 1; level < Tapes.Length; level++)
        {
            Joined[level].Begin(Layout, Tapes[level - 1]);
            foreach (SequenceLayer layer in layers.Levels[level])
            {
                SequenceTape tape = TapeOf(layer);
                tape.Reserve(Layout, layer);
                tape.DrawMasks(dropout, layer, positions);
                Joined[level].Forward(Layout, layer, tape);
                layer.Forward(Layout, tape);
            }
        }
    }

    /// <summary>From the tapes' outputs to logits.</summary>
    public void Output(ModelLayers layers)
    {
        features.Reserve((long)Layout.Texts * featureSize);
        logits.Reserve((long)Layout.Texts * units);
        layers.Pooling.Forward(this);
        if (layers.RectifiesFeatures)
        {
            var values = new Span<float>(Features, Layout.Texts * featureSize);
            Activations.Relu(values, values);
        }
        layers.Dense.Forward(Layout.Texts, Features, Logits);
    }
}
