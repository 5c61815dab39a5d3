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

    private readonly ModelLayers _layers;
    private readonly bool _sparse;
    private readonly RowGroups? _groups; // these three are null unless the embedding trains
    private readonly AlignedBuffer? _dTokens;
    private readonly Action<int, int>? _addPiece;
    private readonly int _threads;
    private RaggedIds _texts = RaggedIds.From([]);
    private BatchPlan? _plan;
    private StepDropout _dropout;

    public TokenProjection(
        ModelLayers layers,
        IReadOnlySet<ParameterGroup> trainable,
        int threads,
        MovableRows? movable = null
    )
    {
        _sparse = layers.OnEmbedding.All(layer =>
            !layer.Map.IsIdentity
            && SparseGemm.Fits(layer.Map.Columns)
            && (
                layers.Padding is { Fills: true }
                || (1 - layers.EmbeddingDropout) * (1 - layer.InputDropout) <= SparseGemm.Worthwhile
            )
        );
        _layers = layers;
        _threads = threads;
        if (!trainable.Contains(ParameterGroup.Embedding))
            return;
        _groups = new RowGroups(layers.Embedding);
        _dTokens = new AlignedBuffer();
        EmbeddingGradient = new SparseRows(layers.Embedding.Dimension, movable);
        _addPiece = AddPiece;
    }

    public override SparseRows? EmbeddingGradient { get; }

    public override void Begin(RaggedIds texts, BatchPlan plan, StepDropout dropout)
    {
        _texts = texts;
        _plan = plan;
        _dropout = dropout;
        foreach (SequenceLayer layer in _layers.OnEmbedding)
        {
            if (_sparse)
                layer.Map.CopyRows();
            else
                layer.Map.Pack();
        }
        if (_groups is null || _dTokens is null)
            return;
        foreach (SequenceLayer layer in _layers.OnEmbedding)
            layer.PackInputGradient();
        _groups.Build(texts, plan);
        int size = checked((int)plan.Tokens * _layers.Embedding.Dimension);
        new Span<float>(_dTokens.Reserve(size), size).Clear();
    }

    protected override void Project(int shard, ShardWorkspace work, SequenceLayer layer, SequenceTape tape)
    {
        tape.ReserveInputs();
        Range range = _plan!.RangeOf(shard);
        EmbeddingLayer.Forward(
            _layers.Embedding,
            _texts,
            _plan.Text.AsSpan(range),
            _plan.Position.AsSpan(range),
            _dropout,
            work.Layout,
            layer.Reversed,
            tape
        );
        if (_sparse)
            layer.Map.ProjectSparse(tape.Inputs, work.Layout.Tokens, tape.Sums);
        else
            layer.Map.Project(tape.Inputs, work.Layout.Tokens, tape.Sums);
    }

    protected override void Backward(
        int shard,
        ShardWorkspace work,
        SequenceLayer layer,
        SequenceTape tape,
        GradientBuffer destination
    )
    {
        bool kernelTrains = Trains(layer, destination);
        if (layer.GivesWindows)
            layer.WindowGradients(
                work.Layout,
                tape,
                new MapInputs(tape.Inputs),
                kernelTrains ? destination.PointerTo(layer.Map.Kernel) : null,
                _dTokens is null ? null : tape.Inputs
            );
        else if (kernelTrains && _sparse)
            SparseGemm.MultiplyTransposed(
                tape.Inputs,
                layer.Map.Width,
                work.Layout.Tokens,
                tape.Sums,
                layer.Map.Columns,
                destination.PointerTo(layer.Map.Kernel)
            );
        else if (kernelTrains)
            Gemm.MultiplyTransposed(
                tape.Inputs,
                layer.Map.Width,
                work.Scratch,
                false,
                destination.PointerTo(layer.Map.Kernel)
            );
        if (_dTokens is null)
            return;
        Range range = _plan!.RangeOf(shard);
        if (!layer.GivesWindows)
            layer.Map.InputGradient(tape.Sums, work.Layout.Tokens, tape.Inputs);
        EmbeddingLayer.Backward(
            _layers.Embedding,
            _texts,
            _plan.Text.AsSpan(range),
            _plan.Position.AsSpan(range),
            _dropout,
            work.Layout,
            layer.Reversed,
            tape,
            _dTokens.Pointer + (long)_plan.FirstToken(shard) * layer.Map.Width
        );
    }

    public override void End(GradientBuffer[] shardGradients)
    {
        if (_groups is null)
            return;
        EmbeddingGradient!.Begin(_groups);
        Workers.Run((EmbeddingGradient.Count + RowsPerPiece - 1) / RowsPerPiece, _threads, _addPiece!);
    }

    private void AddPiece(int piece, int worker)
    {
        SparseRows sum = EmbeddingGradient!;
        int end = Math.Min(sum.Count, (piece + 1) * RowsPerPiece);
        for (int i = piece * RowsPerPiece; i < end; i++)
        {
            foreach (int token in _groups!.TokensOf(sum.GroupOf(i)))
                VectorMath.Add(new(_dTokens!.Pointer + (long)token * sum.Width, sum.Width), sum[i]);
        }
    }
}
