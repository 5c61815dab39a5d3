using Firn.Kernels;
using Firn.Layers;
using Firn.Text;

namespace Firn.Model;

/// <summary>
/// Every distinct word of a batch once: its row is projected once and copied to its places, and the gradients of its
/// places are added up before the products with them. Exact, since the product is linear; a batch of tweets has a third
/// as many distinct words as tokens.
/// </summary>
internal sealed unsafe class WordProjection : InputProjection
{
    private const int RowsPerPiece = 128;

    private readonly ModelLayers _layers;
    private readonly int _threads;
    private readonly RowGroups _groups;
    private readonly AlignedBuffer _inputs = new(); // [groups,E], after dropout
    private readonly AlignedBuffer[] _sums; // a layer: [groups,P]
    private readonly AlignedBuffer[] _dTokens; // a layer: [tokens,P], or [tokens,E] of one that gives windows
    private readonly int[][] _groupOfRow; // a shard: [M], for the layer at hand
    private readonly AlignedBuffer[] _dSums,
        _dInputs; // a worker: [piece,P] and [piece,E]
    private readonly PackedMatrix[] _packed; // a worker
    private readonly Action<int, int> _project,
        _endPiece;
    private RaggedIds _texts = RaggedIds.From([]);
    private BatchPlan? _plan;
    private StepDropout _dropout;
    private GradientBuffer[] _destinations = [];

    public WordProjection(
        ModelLayers layers,
        IReadOnlySet<ParameterGroup> trainable,
        int threads,
        MovableRows? movable = null
    )
    {
        _layers = layers;
        _threads = threads;
        if (trainable.Contains(ParameterGroup.Embedding))
            EmbeddingGradient = new SparseRows(layers.Embedding.Dimension, movable);
        _groups = new RowGroups(layers.Embedding);
        _sums = [.. layers.OnEmbedding.Select(_ => new AlignedBuffer())];
        _dTokens = [.. layers.OnEmbedding.Select(_ => new AlignedBuffer())];
        _dSums = [.. Enumerable.Range(0, threads).Select(_ => new AlignedBuffer())];
        _dInputs = [.. Enumerable.Range(0, threads).Select(_ => new AlignedBuffer())];
        _packed = [.. Enumerable.Range(0, threads).Select(_ => new PackedMatrix())];
        _groupOfRow = [.. Enumerable.Range(0, BatchPlanLimits.Shards).Select(_ => Array.Empty<int>())];
        _project = Project;
        _endPiece = EndPiece;
    }

    public override SparseRows? EmbeddingGradient { get; }

    public override void Begin(RaggedIds texts, BatchPlan plan, StepDropout dropout)
    {
        _texts = texts;
        _plan = plan;
        _dropout = dropout;
        _groups.Build(texts, plan);
        _inputs.Reserve((long)_groups.Count * _layers.Embedding.Dimension);
        foreach (SequenceLayer layer in _layers.OnEmbedding)
        {
            layer.Map.Pack();
            if (EmbeddingGradient is not null)
                layer.PackInputGradient();
            _sums[layer.Reader].Reserve((long)_groups.Count * layer.Map.Columns);
            if (!layer.GivesWindows)
                _dTokens[layer.Reader].Reserve(plan.Tokens * layer.Map.Columns);
            else if (EmbeddingGradient is not null)
                _dTokens[layer.Reader].Reserve(plan.Tokens * layer.Map.Width);
        }
        Workers.Run((_groups.Count + RowsPerPiece - 1) / RowsPerPiece, _threads, _project);
    }

    protected override void Project(int shard, ShardWorkspace work, SequenceLayer layer, SequenceTape tape)
    {
        int width = layer.Map.Columns;
        float* from = _sums[layer.Reader].Pointer,
            to = tape.Sums;
        RaggedLayout layout = work.Layout;
        int token = _plan!.FirstToken(shard);
        for (int i = 0; i < layout.Texts; i++)
        {
            for (int p = 0; p < layout.LengthOf(i); p++, token++)
            {
                new ReadOnlySpan<float>(from + (long)_groups.GroupOfToken[token] * width, width).CopyTo(
                    new Span<float>(to + (long)layout.RowOf(i, p, layer.Reversed) * width, width)
                );
            }
        }
    }

    protected override void Backward(
        int shard,
        ShardWorkspace work,
        SequenceLayer layer,
        SequenceTape tape,
        GradientBuffer destination
    )
    {
        RaggedLayout layout = work.Layout;
        if (layer.GivesWindows)
            PassWindows(shard, layout, layer, tape, destination);
        if (layer.GivesWindows && EmbeddingGradient is null)
            return;
        int width = layer.GivesWindows ? layer.Map.Width : layer.Map.Columns;
        float* from = layer.GivesWindows ? tape.Inputs : tape.Sums;
        float* to = _dTokens[layer.Reader].Pointer + (long)_plan!.FirstToken(shard) * width;
        for (int i = 0; i < layout.Texts; i++)
        {
            for (int p = 0; p < layout.LengthOf(i); p++, to += width)
                new ReadOnlySpan<float>(from + (long)layout.RowOf(i, p, layer.Reversed) * width, width).CopyTo(
                    new Span<float>(to, width)
                );
        }
    }

    /// <summary>
    /// The gradient of a kernel by a shard's own tokens, not by its piece of the words; that of the inputs to
    /// tape.Inputs.
    /// </summary>
    private void PassWindows(
        int shard,
        RaggedLayout layout,
        SequenceLayer layer,
        SequenceTape tape,
        GradientBuffer destination
    )
    {
        ref int[] rowOf = ref _groupOfRow[shard];
        if (rowOf.Length < layout.Tokens)
            rowOf = new int[layout.Tokens + layout.Tokens / 8];
        int token = _plan!.FirstToken(shard);
        for (int i = 0; i < layout.Texts; i++)
        {
            for (int p = 0; p < layout.LengthOf(i); p++, token++)
                rowOf[layout.RowOf(i, p, layer.Reversed)] = _groups.GroupOfToken[token];
        }
        float* dKernel = Trains(layer, destination) ? destination.PointerTo(layer.Map.Kernel) : null,
            dInputs = null;
        if (EmbeddingGradient is not null)
        {
            tape.ReserveInputs();
            dInputs = tape.Inputs;
        }
        fixed (int* rows = rowOf)
            layer.WindowGradients(layout, tape, new MapInputs(_inputs.Pointer, rows), dKernel, dInputs);
    }

    /// <summary>
    /// One piece of the groups a shard's gradient buffer, so that the sum over pieces is the sum over shards.
    /// </summary>
    public override void End(GradientBuffer[] shardGradients)
    {
        _destinations = shardGradients;
        EmbeddingGradient?.Begin(_groups);
        Workers.Run(_plan!.Shards, _threads, _endPiece);
    }

    private void Project(int piece, int worker)
    {
        int from = piece * RowsPerPiece,
            count = Math.Min(RowsPerPiece, _groups.Count - from),
            width = _layers.Embedding.Dimension;
        float* x = _inputs.Pointer + (long)from * width;
        for (int i = 0; i < count; i++)
        {
            var to = new Span<float>(x + (long)i * width, width);
            int row = _groups.Rows[from + i];
            _layers.Embedding.InPlace.Span.Slice(row * width, width).CopyTo(to);
            Mask(row, to);
        }
        foreach (SequenceLayer layer in _layers.OnEmbedding)
            layer.Map.Project(x, count, _sums[layer.Reader].Pointer + (long)from * layer.Map.Columns);
    }

    private void EndPiece(int piece, int worker)
    {
        int from = (int)((long)_groups.Count * piece / _plan!.Shards),
            to = (int)((long)_groups.Count * (piece + 1) / _plan.Shards);
        foreach (SequenceLayer layer in _layers.OnEmbedding)
        {
            if (!layer.GetsGradient || (layer.GivesWindows && EmbeddingGradient is null))
                continue;
            float* dSum = AddTokens(layer, from, to, layer.GivesWindows ? _dInputs[worker] : _dSums[worker]);
            if (!layer.GivesWindows && Trains(layer, _destinations[piece]))
            {
                _packed[worker].Pack(dSum, to - from, layer.Map.Columns);
                Gemm.MultiplyTransposed(
                    _inputs.Pointer + (long)from * layer.Map.Width,
                    layer.Map.Width,
                    _packed[worker],
                    false,
                    _destinations[piece].PointerTo(layer.Map.Kernel)
                );
            }
            if (EmbeddingGradient is not null)
                AddInputGradient(layer, dSum, from, to, _dInputs[worker]);
        }
    }

    private float* AddTokens(SequenceLayer layer, int from, int to, AlignedBuffer destination)
    {
        int width = layer.GivesWindows ? layer.Map.Width : layer.Map.Columns;
        float* dSum = destination.Reserve((long)(to - from) * width);
        for (int group = from; group < to; group++)
        {
            var sum = new Span<float>(dSum + (long)(group - from) * width, width);
            sum.Clear();
            foreach (int token in _groups.TokensOf(group))
                VectorMath.Add(new(_dTokens[layer.Reader].Pointer + (long)token * width, width), sum);
        }
        return dSum;
    }

    private void AddInputGradient(SequenceLayer layer, float* dSum, int from, int to, AlignedBuffer scratch)
    {
        int width = layer.Map.Width;
        float* dInput = dSum; // of windows the inputs' gradient already
        if (!layer.GivesWindows)
        {
            dInput = scratch.Reserve((long)(to - from) * width);
            layer.Map.InputGradient(dSum, to - from, dInput);
        }
        for (int group = from; group < to; group++)
        {
            int index = EmbeddingGradient!.IndexOf(group);
            if (index < 0)
                continue;
            var row = new Span<float>(dInput + (long)(group - from) * width, width);
            Mask(_groups.Rows[group], row);
            VectorMath.Add(row, EmbeddingGradient[index]);
        }
    }

    private void Mask(int row, Span<float> values)
    {
        if (_dropout.EmbeddingRate > 0)
            DropoutMask.Apply(_dropout.Embedding(row), 0, _dropout.EmbeddingRate, values);
    }
}
