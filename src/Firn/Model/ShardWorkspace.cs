using Firn.Kernels;

namespace Firn.Model;

/// <summary>The scratch memory of one worker: everything between ids and logits for the shard at hand.</summary>
internal sealed unsafe class ShardWorkspace
{
    private readonly AlignedBuffer features = new(), dFeatures = new(), logits = new();
    private readonly int featureSize, units;

    public ShardWorkspace(ClassifierOptions options)
    {
        featureSize = options.FeatureSize;
        units = options.OutputSize;
        Tapes = new LstmTape[options.Bidirectional ? 2 : 1];
        for (int d = 0; d < Tapes.Length; d++)
            Tapes[d] = new LstmTape();
    }

    public RaggedLayout Layout { get; } = new();

    /// <summary>One a direction.</summary>
    public LstmTape[] Tapes { get; }

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

    public Span<float> FeaturesOf(int text) => new(Features + (long)text * featureSize, featureSize);

    public Span<float> DFeaturesOf(int text) => new(DFeatures + (long)text * featureSize, featureSize);

    public Span<float> LogitsOf(int text) => new(Logits + (long)text * units, units);

    /// <summary>Ids to logits for a shard of the plan.</summary>
    public void Forward(ModelLayers layers, InputProjection inputs, BatchPlan plan, int shard, in StepDropout dropout)
    {
        Range range = plan.RangeOf(shard);
        Layout.Build(plan.Length.AsSpan(range));
        foreach (LstmLayer lstm in layers.Lstm)
        {
            LstmTape tape = Tapes[lstm.Direction];
            tape.Reserve(Layout, lstm.Width, lstm.Hidden);
            tape.DrawMasks(dropout, lstm.Direction, plan.Position.AsSpan(range));
            inputs.Forward(shard, this, lstm);
            lstm.Forward(Layout, tape);
        }
        Output(layers);
        dFeatures.Reserve((long)Layout.Texts * featureSize);
    }

    /// <summary>From the tapes' outputs to logits.</summary>
    public void Output(ModelLayers layers)
    {
        features.Reserve((long)Layout.Texts * featureSize);
        logits.Reserve((long)Layout.Texts * units);
        layers.Pooling.Forward(this);
        layers.Dense.Forward(Layout.Texts, Features, Logits);
    }
}
