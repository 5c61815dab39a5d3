using Firn.Kernels;

namespace Firn.Layers;

/// <summary>The scratch memory of one worker: everything between ids and logits for the shard at hand.</summary>
internal sealed unsafe class ShardWorkspace
{
    private readonly AlignedBuffer features = new(), dFeatures = new();
    private readonly int featureSize, units;

    public ShardWorkspace(SequenceLayer[][] levels, Head head)
    {
        featureSize = head.Features;
        units = head.Units;
        Head = head.CreateTape();
        Tapes = [.. levels.Select(level => level.Select(layer => layer.CreateTape()).ToArray())];
        Joined = [.. levels.Select(_ => new JoinedInput())];
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
    public float* Logits => Head.Logits;

    /// <summary>Row of the largest output, [n,F], for max pooling.</summary>
    public int[] PoolRows { get; set; } = [];

    /// <summary>The dense layers' scratch memory.</summary>
    public HeadTape Head { get; }

    public AttentionTape Attention { get; } = new();

    /// <summary>A right-hand matrix of the moment.</summary>
    public PackedMatrix Scratch { get; } = new();

    public SequenceTape TapeOf(SequenceLayer layer) => Tapes[layer.Place.Level][layer.Place.Index];

    public Span<float> FeaturesOf(int text) => new(Features + (long)text * featureSize, featureSize);

    public Span<float> DFeaturesOf(int text) => new(DFeatures + (long)text * featureSize, featureSize);

    public Span<float> LogitsOf(int text) => new(Logits + (long)text * units, units);

    /// <summary>Makes room for the features and their gradient.</summary>
    public void ReserveFeatures()
    {
        features.Reserve((long)Layout.Texts * featureSize);
        dFeatures.Reserve((long)Layout.Texts * featureSize);
    }
}
