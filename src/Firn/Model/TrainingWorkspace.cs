using Firn.Data;
using Firn.Kernels;
using Firn.Layers;
using Firn.Text;

namespace Firn.Model;

/// <summary>What a mini-batch gave.</summary>
/// <param name="LossSum">
/// Sum of the texts' losses, class weights applied; divide by the batch's size for the mean.
/// </param>
/// <param name="Correct">Texts whose most probable class is their label.</param>
/// <param name="Tokens">Tokens in the batch.</param>
internal readonly record struct BatchResult(double LossSum, int Correct, long Tokens);

/// <summary>
/// The engine for mini-batches: loss and gradients of the groups that train; applies nothing. Which gradients exist is
/// decided here once: a group that does not train has no buffer, and no step of the backward pass is there for it
/// alone.
/// </summary>
internal sealed unsafe class TrainingWorkspace
{
    private const int DefaultShards = 16,
        MaxShards = BatchPlanLimits.Shards,
        MinTexts = 8;

    private readonly ModelLayers _layers;
    private readonly BatchPlan _plan = CreatePlan();
    private readonly PaddedBatch? _padded;
    private readonly ShardWorkspace?[] _workers; // one a thread, or one a shard where shards wait for each other
    private readonly Parameter[] _dense;
    private readonly GradientBuffer[] _shardGradients = new GradientBuffer[MaxShards];
    private readonly GradientBuffer _sum;
    private readonly InputProjection _inputs;
    private readonly double[] _shardLoss = new double[MaxShards];
    private readonly int[] _shardCorrect = new int[MaxShards];
    private readonly float[] _classWeights;
    private readonly List<List<Action<int, ShardWorkspace>>> _segments =
    [
        [],
    ]; // steps of a shard; between two lists all shards meet
    private readonly List<Action> _meetings = [];
    private readonly Action<int, int> _runShard,
        _addSlice;
    private readonly IBatchStatistics[] _statistics;
    private bool _backwardReachesInputs;
    private int _segment;
    private int[] _labels = [];
    private StepDropout _dropout;

    /// <param name="model">Its weights are read, never written.</param>
    /// <param name="trainable">The groups that get gradients.</param>
    /// <param name="threads">Threads to use; 0 for all of the machine. Results do not depend on it.</param>
    /// <param name="projectEachToken">
    /// Does without the shared projection of equal words; for tests and comparisons.
    /// </param>
    /// <param name="movable">
    /// The rows of the table that get gradients where the embedding trains; null for all but row 0.
    /// </param>
    public TrainingWorkspace(
        TextClassifier model,
        IReadOnlySet<ParameterGroup> trainable,
        int threads,
        bool projectEachToken = false,
        MovableRows? movable = null
    )
    {
        Model = model;
        Trainable = trainable;
        Threads = threads > 0 ? threads : Environment.ProcessorCount;
        _layers = new ModelLayers(model, trains: true);
        _padded = _layers.Padding is { } padding ? new PaddedBatch(padding) : null;
        _dense = [.. model.Parameters.Where(p => p.Group != ParameterGroup.Embedding && trainable.Contains(p.Group))];
        _sum = new GradientBuffer(_dense);
        _inputs = InputProjection.Create(_layers, model.Options, trainable, Threads, movable, projectEachToken);
        _classWeights = new float[model.Options.Classes];
        _statistics = [.. _layers.Nodes.OfType<IBatchStatistics>()];
        Compose();
        _workers = new ShardWorkspace?[_meetings.Count > 0 ? MaxShards : Threads];
        _runShard = RunShard;
        _addSlice = AddSlice;
    }

    /// <summary>A plan as this engine cuts its batches.</summary>
    public static BatchPlan CreatePlan() => new(DefaultShards, MaxShards, MinTexts);

    public TextClassifier Model { get; }

    /// <summary>The sets that labels are numbers of, for a model of several labels a text.</summary>
    public LabelSets? Sets { get; init; }

    public IReadOnlySet<ParameterGroup> Trainable { get; }

    public int Threads { get; }

    /// <summary>Rows of the embedding's gradient; null unless the embedding trains.</summary>
    public SparseRows? EmbeddingGradient => _inputs.EmbeddingGradient;

    /// <summary>The gradient of the mean loss by all dense weights that train, in one run.</summary>
    public GradientBuffer Gradients => _sum;

    /// <summary>The gradient by one of them; empty when its group does not train.</summary>
    public Span<float> GradientOf(Parameter parameter) => _sum.Has(parameter) ? _sum.Of(parameter) : [];

    /// <summary>
    /// Loss and gradients of the texts <paramref name="batch"/> (indices into <paramref name="texts"/>);
    /// <paramref name="labels"/> by text index; <paramref name="classWeights"/> [Classes], or empty for 1. As in Keras
    /// the mean is over the texts, not over the weights. A model of padded texts gets its pads here. Dropout follows
    /// from (seed, step, place in the batch) alone.
    /// </summary>
    public BatchResult ForwardBackward(
        RaggedIds texts,
        ReadOnlySpan<int> batch,
        ReadOnlySpan<int> labels,
        ReadOnlySpan<float> classWeights,
        ulong seed,
        long step
    )
    {
        if (batch.IsEmpty)
            return default;
        ReadOnlySpan<int> chosen = batch;
        if (_padded is not null)
        {
            _padded.Build(texts, batch);
            texts = _padded.Texts;
            chosen = _padded.Places;
        }
        _plan.Build(texts, chosen);
        ReadLabels(labels, batch, classWeights);
        _dropout = new StepDropout(
            _layers.EmbeddingDropout,
            Model.Options.TiedEmbeddingDropout,
            new CounterRandom(seed).Derive((ulong)step)
        );
        for (int shard = 0; shard < _plan.Shards; shard++)
            _shardGradients[shard] ??= new GradientBuffer(_dense);
        _layers.PackForward();
        _layers.PackBackward();
        _inputs.Begin(texts, _plan, _dropout);
        for (_segment = 0; _segment < _segments.Count; _segment++)
        {
            Workers.Run(_plan.Shards, Threads, _runShard);
            if (_segment < _meetings.Count)
                _meetings[_segment]();
        }
        if (_backwardReachesInputs)
            _inputs.End(_shardGradients);
        if (Model.Options.Multichannel)
            EmbeddingGradient?.ClearFirstHalf();
        Reduce();
        double loss = 0;
        int correct = 0;
        for (int shard = 0; shard < _plan.Shards; shard++)
        {
            loss += _shardLoss[shard];
            correct += _shardCorrect[shard];
        }
        return new BatchResult(loss, correct, _padded?.Tokens ?? _plan.Tokens);
    }

    /// <summary>Lets moving means and variances follow those of the batch.</summary>
    public void FollowStatistics()
    {
        foreach (IBatchStatistics layer in _statistics)
            layer.Follow();
    }

    /// <summary>
    /// Scales all gradients so that their joint norm is at most <paramref name="limit"/>; returns the norm before.
    /// </summary>
    public double ClipByGlobalNorm(double limit)
    {
        double squares = VectorMath.SumOfSquares(_sum.All);
        Span<float> rows = EmbeddingGradient is { } sparse ? sparse.Values.AsSpan(0, sparse.Count * sparse.Width) : [];
        double norm = Math.Sqrt(squares + VectorMath.SumOfSquares(rows));
        if (norm > limit)
        {
            VectorMath.Scale((float)(limit / norm), _sum.All);
            VectorMath.Scale((float)(limit / norm), rows);
        }
        return norm;
    }

    private void ReadLabels(ReadOnlySpan<int> byText, ReadOnlySpan<int> batch, ReadOnlySpan<float> weights)
    {
        if (_labels.Length < _plan.Count)
            _labels = new int[_plan.Count];
        for (int i = 0; i < _plan.Count; i++)
        {
            _labels[i] = byText[batch[_plan.Position[i]]];
            Throw.IfOutside(_labels[i], 0, (Sets?.Count ?? Model.Options.Classes) - 1, "label");
        }
        if (weights.IsEmpty)
            _classWeights.AsSpan().Fill(1);
        else
            weights.CopyTo(_classWeights);
    }

    /// <summary>
    /// A shard's way as the list of steps that the trainable groups need: all layers forward, the loss, and back what
    /// must.
    /// </summary>
    private void Compose()
    {
        Decide();
        Add((shard, work) => work.Layout.Build(_plan.Length.AsSpan(_plan.RangeOf(shard))));
        foreach (LayerNode node in _layers.Nodes)
        {
            if (node is IBatchStatistics { Gathers: true } batch)
                Meet((shard, work) => batch.Gather(work, PassOf(shard)), () => batch.Compact(_plan.Shards));
            Add((shard, work) => node.Forward(work, PassOf(shard)));
        }
        Add(Loss);
        LayerNode last = _layers.Nodes[^1];
        Add((_, work) => work.TapeOf(last).Output.ReplaceOutputs());
        for (int i = _layers.Nodes.Count - 1; i > 0; i--)
        {
            if (_layers.Nodes[i].Needs != BackwardNeeds.None)
                ComposeBackward(_layers.Nodes[i]);
        }
    }

    /// <summary>Finds which layers must be gone back through.</summary>
    private void Decide()
    {
        bool embedding = Trainable.Contains(ParameterGroup.Embedding);
        _layers.Nodes[0].Needs = embedding ? BackwardNeeds.Weights : BackwardNeeds.None;
        foreach (LayerNode node in _layers.Nodes.Skip(1))
        {
            node.Needs =
                (node.Weights.Any(_sum.Has) ? BackwardNeeds.Weights : BackwardNeeds.None)
                | (
                    node.Inputs.Any(input => input.Needs != BackwardNeeds.None)
                        ? BackwardNeeds.Input
                        : BackwardNeeds.None
                );
            if (node is IBatchStatistics batch)
                batch.Gathers = (node.Needs & BackwardNeeds.Weights) != 0;
            if (node is not SequenceNode { OnEmbedding: true } reader)
                continue;
            _backwardReachesInputs |= node.Needs != BackwardNeeds.None;
            foreach (SequenceLayer layer in reader.Layers)
                layer.GetsGradient = node.Needs != BackwardNeeds.None;
        }
    }

    private void ComposeBackward(LayerNode node)
    {
        foreach (LayerNode input in node.Inputs.Distinct())
        {
            // Its first reader on the way back makes room for the gradient, to which all add.
            LayerNode[] readers =
            [
                .. _layers.Nodes.Where(reader => reader.Needs != BackwardNeeds.None && reader.Inputs.Contains(input)),
            ];
            if (input is EmbeddingNode || input.Needs == BackwardNeeds.None || readers[^1] != node)
                continue;
            bool everyOutput =
                readers.Any(reader => !reader.ReadsLastOutputs) && input is not SequenceNode { EveryOutput: false };
            Add(
                (_, work) =>
                {
                    foreach (OutputRows part in work.TapeOf(input).Parts)
                        part.ReserveGradients(everyOutput);
                }
            );
        }
        if (node is IBatchStatistics { Gathers: true } batch)
            Meet(
                (shard, work) => batch.GatherGradients(work, PassOf(shard)),
                () => batch.SettleGradients(_plan.Shards)
            );
        Add((shard, work) => node.Backward(work, PassOf(shard), node.Needs));
    }

    private void Add(Action<int, ShardWorkspace> step) => _segments[^1].Add(step);

    /// <summary>A step after which all shards wait for what <paramref name="together"/> makes of theirs.</summary>
    private void Meet(Action<int, ShardWorkspace> step, Action together)
    {
        Add(step);
        _meetings.Add(together);
        _segments.Add([]);
    }

    private LayerPass PassOf(int shard) =>
        new(_dropout, _plan.Position.AsSpan(_plan.RangeOf(shard)), _inputs, shard, _shardGradients[shard]);

    private void RunShard(int shard, int worker)
    {
        ref ShardWorkspace? work = ref _workers[_meetings.Count > 0 ? shard : worker];
        work ??= _layers.CreateWorkspace();
        foreach (Action<int, ShardWorkspace> step in _segments[_segment])
            step(shard, work);
    }

    private void Loss(int shard, ShardWorkspace work) =>
        (_shardLoss[shard], _shardCorrect[shard]) = Sets is { } sets
            ? Loss(work, _labels.AsSpan(_plan.RangeOf(shard)), sets, _classWeights, _plan.Count)
            : Loss(work, _labels.AsSpan(_plan.RangeOf(shard)), _classWeights, _plan.Count);

    /// <summary>
    /// Replaces the logits by the gradient of the mean loss; gives the loss summed and the texts that are right.
    /// </summary>
    private static (double Loss, int Correct) Loss(
        ShardWorkspace work,
        ReadOnlySpan<int> labels,
        ReadOnlySpan<float> weights,
        int batch
    )
    {
        double loss = 0;
        int correct = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            Span<float> z = work.LogitsOf(i);
            int label = labels[i];
            float weight = weights[label];
            if (z.Length == 1)
            {
                correct += (z[0] > 0 ? 1 : 0) == label ? 1 : 0;
                loss += weight * Losses.SigmoidCrossEntropy(z[0], label, out z[0]);
            }
            else
            {
                correct += IndexOfMax(z) == label ? 1 : 0;
                loss += weight * Losses.SoftmaxCrossEntropy(z, label, z);
            }
            foreach (ref float dz in z)
                dz *= weight / batch;
        }
        return (loss, correct);
    }

    /// <summary>The same for several labels a text; right is a text whose classes are all so.</summary>
    private static (double Loss, int Correct) Loss(
        ShardWorkspace work,
        ReadOnlySpan<int> labels,
        LabelSets sets,
        ReadOnlySpan<float> weights,
        int batch
    )
    {
        double loss = 0;
        int correct = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            Span<float> z = work.LogitsOf(i);
            ReadOnlySpan<bool> has = sets[labels[i]];
            bool right = true;
            for (int k = 0; k < z.Length; k++)
                right &= z[k] > 0 == has[k];
            correct += right ? 1 : 0;
            loss += Losses.SigmoidsCrossEntropy(z, has, weights, z);
            foreach (ref float dz in z)
                dz /= batch;
        }
        return (loss, correct);
    }

    private static int IndexOfMax(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int k = 1; k < values.Length; k++)
        {
            if (values[k] > values[best])
                best = k;
        }
        return best;
    }

    /// <summary>
    /// Adds the shards' gradients up in shard order. The one place where gradients of several workers meet: machines
    /// that share a batch would exchange <see cref="Gradients"/> and <see cref="EmbeddingGradient"/> here.
    /// </summary>
    private void Reduce() => Workers.Run(Threads, Threads, _addSlice);

    private void AddSlice(int slice, int worker)
    {
        int from = (int)((long)_sum.Length * slice / Threads),
            to = (int)((long)_sum.Length * (slice + 1) / Threads);
        Span<float> destination = _sum.All[from..to];
        _shardGradients[0].All[from..to].CopyTo(destination);
        for (int shard = 1; shard < _plan.Shards; shard++)
            VectorMath.Add(_shardGradients[shard].All[from..to], destination);
    }
}
