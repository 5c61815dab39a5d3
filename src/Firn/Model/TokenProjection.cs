using Firn.Kernels;
using Firn.Layers;
using Firn.Text;

namespace Firn.Model;

/// <summary>
/// Every token by itself: rows gathered with dropout on the way, one product a shard. Where dropout leaves few enough
/// values the products skip the zeros, and so the whole rows of words without a vector: the same sums in less time.
/// </summary>
internal sealed unsafe class TokenProjection : InputProjection
{
    private const int RowsPerPiece = 64;

    private readonly ModelLayers layers;
    private readonly bool sparse;
    private readonly RowGroups? groups; // these three are null unless the embedding trains
    private readonly AlignedBuffer? dTokens;
    private readonly Action<int, int>? addPiece;
    private readonly int threads;
    private RaggedIds texts = RaggedIds.From([]);
    private BatchPlan? plan;
    private StepDropout dropout;

    public TokenProjection(ModelLayers layers, IReadOnlySet<ParameterGroup> trainable, int threads, MovableRows? movable = null)
    {
        sparse = layers.OnEmbedding.All(layer => !layer.Map.IsIdentity && SparseGemm.Fits(layer.Map.Columns)
            && (layers.Padding is { Fills: true } || (1 - layers.EmbeddingDropout) * (1 - layer.InputDropout) <= SparseGemm.Worthwhile));
        this.layers = layers;
        this.threads = threads;
        if (!trainable.Contains(ParameterGroup.Embedding))
            return;
        groups = new RowGroups(layers.Embedding);
        dTokens = new AlignedBuffer();
        EmbeddingGradient = new SparseRows(layers.Embedding.Dimension, movable);
        addPiece = AddPiece;
    }

    public override SparseRows? EmbeddingGradient { get; }

    public override void Begin(RaggedIds texts, BatchPlan plan, StepDropout dropout)
    {
        this.texts = texts;
        this.plan = plan;
        this.dropout = dropout;
        foreach (SequenceLayer layer in layers.OnEmbedding)
        {
            if (sparse)
                layer.Map.CopyRows();
            else
                layer.Map.Pack();
        }
        if (groups is null || dTokens is null)
            return;
        foreach (SequenceLayer layer in layers.OnEmbedding)
            layer.PackInputGradient();
        groups.Build(texts, plan);
        int size = checked((int)plan.Tokens * layers.Embedding.Dimension);
        new Span<float>(dTokens.Reserve(size), size).Clear();
    }

    protected override void Project(int shard, ShardWorkspace work, SequenceLayer layer, SequenceTape tape)
    {
        tape.ReserveInputs();
        Range range = plan!.RangeOf(shard);
        EmbeddingLayer.Forward(layers.Embedding, texts, plan.Text.AsSpan(range), plan.Position.AsSpan(range), dropout, work.Layout, layer.Reversed, tape);
        if (sparse)
            layer.Map.ProjectSparse(tape.Inputs, work.Layout.Tokens, tape.Sums);
        else
            layer.Map.Project(tape.Inputs, work.Layout.Tokens, tape.Sums);
    }

    protected override void Backward(int shard, ShardWorkspace work, SequenceLayer layer, SequenceTape tape, GradientBuffer destination)
    {
        bool kernelTrains = Trains(layer, destination);
        if (layer.GivesWindows)
            layer.WindowGradients(work.Layout, tape, new MapInputs(tape.Inputs), kernelTrains ? destination.PointerTo(layer.Map.Kernel) : null, dTokens is null ? null : tape.Inputs);
        else if (kernelTrains && sparse)
            SparseGemm.MultiplyTransposed(tape.Inputs, layer.Map.Width, work.Layout.Tokens, tape.Sums, layer.Map.Columns, destination.PointerTo(layer.Map.Kernel));
        else if (kernelTrains)
            Gemm.MultiplyTransposed(tape.Inputs, layer.Map.Width, work.Scratch, false, destination.PointerTo(layer.Map.Kernel));
        if (dTokens is null)
            return;
        Range range = plan!.RangeOf(shard);
        if (!layer.GivesWindows)
            layer.Map.InputGradient(tape.Sums, work.Layout.Tokens, tape.Inputs);
        EmbeddingLayer.Backward(layers.Embedding, texts, plan.Text.AsSpan(range), plan.Position.AsSpan(range), dropout, work.Layout,
            layer.Reversed, tape, dTokens.Pointer + (long)plan.FirstToken(shard) * layer.Map.Width);
    }

    public override void End(GradientBuffer[] shardGradients)
    {
        if (groups is null)
            return;
        EmbeddingGradient!.Begin(groups);
        Workers.Run((EmbeddingGradient.Count + RowsPerPiece - 1) / RowsPerPiece, threads, addPiece!);
    }

    private void AddPiece(int piece, int worker)
    {
        SparseRows sum = EmbeddingGradient!;
        int end = Math.Min(sum.Count, (piece + 1) * RowsPerPiece);
        for (int i = piece * RowsPerPiece; i < end; i++)
        {
            foreach (int token in groups!.TokensOf(sum.GroupOf(i)))
                VectorMath.Add(new(dTokens!.Pointer + (long)token * sum.Width, sum.Width), sum[i]);
        }
    }
}
