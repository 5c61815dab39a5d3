using Firn.Data;
using Firn.Kernels;
using Firn.Layers;
using Firn.Text;

namespace Firn.Model;

/// <summary>What a mini-batch gave.</summary>
/// <param name="LossSum">Sum of the texts' losses, class weights applied; divide by the batch's size for the mean.</param>
/// <param name="Correct">Texts whose most probable class is their label.</param>
/// <param name="Tokens">Tokens in the batch.</param>
internal readonly record struct BatchResult(double LossSum, int Correct, long Tokens);

/// <summary>
/// The engine for mini-batches: loss and gradients of the groups that train; applies nothing. Which gradients exist is
/// decided here once: a group that does not train has no buffer, and no step of the backward pass is there for it alone.
/// </summary>
internal sealed unsafe class TrainingWorkspace
{
    private const int UsualShards = 16, MostShards = 64, LeastTexts = 8;

    private readonly ModelLayers layers;
    private readonly BatchPlan plan = CreatePlan();
    private readonly PaddedBatch? padded;
    private readonly ShardWorkspace[] workers;
    private readonly Parameter[] dense;
    private readonly GradientBuffer[] shardGradients = new GradientBuffer[MostShards];
    private readonly GradientBuffer sum;
    private readonly InputProjection inputs;
    private readonly double[] shardLoss = new double[MostShards];
    private readonly int[] shardCorrect = new int[MostShards];
    private readonly float[] classWeights;
    private readonly List<Action<int, ShardWorkspace>> backward = [];
    private readonly Action<int, int> runShard, addSlice;
    private bool backwardReachesInputs;
    private int[] labels = [];
    private StepDropout dropout;

    /// <param name="model">Its weights are read, never written.</param>
    /// <param name="trainable">The groups that get gradients.</param>
    /// <param name="threads">Threads to use; 0 for all of the machine. Results do not depend on it.</param>
    /// <param name="projectEachToken">Does without the shared projection of equal words; for tests and comparisons.</param>
    /// <param name="movable">The rows of the table that get gradients where the embedding trains; null for all but row 0.</param>
    public TrainingWorkspace(TextClassifier model, IReadOnlySet<ParameterGroup> trainable, int threads, bool projectEachToken = false, MovableRows? movable = null)
    {
        padded = model.Options.PaddedLength > 0 ? new PaddedBatch(model.Options.PaddedLength) : null;
        Model = model;
        Trainable = trainable;
        Threads = threads > 0 ? threads : Environment.ProcessorCount;
        layers = new ModelLayers(model);
        workers = new ShardWorkspace[Threads];
        for (int i = 0; i < Threads; i++)
            workers[i] = layers.CreateWorkspace();
        dense = [.. model.Parameters.Where(p => p.Group != ParameterGroup.Embedding && trainable.Contains(p.Group))];
        sum = new GradientBuffer(dense);
        inputs = InputProjection.Create(layers, model.Options, trainable, Threads, movable, projectEachToken);
        classWeights = new float[model.Options.Classes];
        ComposeBackward();
        runShard = RunShard;
        addSlice = AddSlice;
    }

    /// <summary>A plan as this engine cuts its batches.</summary>
    public static BatchPlan CreatePlan() => new(UsualShards, MostShards, LeastTexts);

    public TextClassifier Model { get; }

    /// <summary>The sets that labels are numbers of, for a model of several labels a text.</summary>
    public LabelSets? Sets { get; init; }

    public IReadOnlySet<ParameterGroup> Trainable { get; }

    public int Threads { get; }

    /// <summary>Rows of the embedding's gradient; null unless the embedding trains.</summary>
    public SparseRows? EmbeddingGradient => inputs.EmbeddingGradient;

    /// <summary>The gradient of the mean loss by all dense weights that train, in one run.</summary>
    public GradientBuffer Gradients => sum;

    /// <summary>The gradient by one of them; empty when its group does not train.</summary>
    public Span<float> GradientOf(Parameter parameter) => sum.Has(parameter) ? sum.Of(parameter) : [];

    /// <summary>
    /// Loss and gradients of the texts <paramref name="batch"/> (indices into <paramref name="texts"/>);
    /// <paramref name="labels"/> by text index; <paramref name="classWeights"/> [Classes], or empty for 1. As in Keras the
    /// mean is over the texts, not over the weights. A model of padded texts gets its pads here. Dropout follows from (seed, step, place in the batch) alone.
    /// </summary>
    public BatchResult ForwardBackward(RaggedIds texts, ReadOnlySpan<int> batch, ReadOnlySpan<int> labels,
        ReadOnlySpan<float> classWeights, ulong seed, long step)
    {
        if (batch.IsEmpty)
            return default;
        ReadOnlySpan<int> chosen = batch;
        if (padded is not null)
        {
            padded.Build(texts, batch);
            texts = padded.Texts;
            chosen = padded.Places;
        }
        plan.Build(texts, chosen);
        ReadLabels(labels, batch, classWeights);
        dropout = new StepDropout(Model.Options.Dropout, new CounterRandom(seed).Derive((ulong)step));
        for (int shard = 0; shard < plan.Shards; shard++)
            shardGradients[shard] ??= new GradientBuffer(dense);
        layers.PackForward();
        layers.PackBackward();
        inputs.Begin(texts, plan, dropout);
        Workers.Run(plan.Shards, Threads, runShard);
        if (backwardReachesInputs)
            inputs.End(shardGradients);
        Reduce();
        double loss = 0;
        int correct = 0;
        for (int shard = 0; shard < plan.Shards; shard++)
        {
            loss += shardLoss[shard];
            correct += shardCorrect[shard];
        }
        return new BatchResult(loss, correct, padded?.Tokens ?? plan.Tokens);
    }

    /// <summary>Scales all gradients so that their joint norm is at most <paramref name="limit"/>; returns the norm before.</summary>
    public double ClipByGlobalNorm(double limit)
    {
        double squares = VectorMath.SumOfSquares(sum.All);
        Span<float> rows = EmbeddingGradient is { } sparse ? sparse.Values.AsSpan(0, sparse.Count * sparse.Width) : [];
        double norm = Math.Sqrt(squares + VectorMath.SumOfSquares(rows));
        if (norm > limit)
        {
            VectorMath.Scale((float)(limit / norm), sum.All);
            VectorMath.Scale((float)(limit / norm), rows);
        }
        return norm;
    }

    private void ReadLabels(ReadOnlySpan<int> byText, ReadOnlySpan<int> batch, ReadOnlySpan<float> weights)
    {
        if (labels.Length < plan.Count)
            labels = new int[plan.Count];
        for (int i = 0; i < plan.Count; i++)
        {
            labels[i] = byText[batch[plan.Position[i]]];
            Throw.IfOutside(labels[i], 0, (Sets?.Count ?? Model.Options.Classes) - 1, "label");
        }
        if (weights.IsEmpty)
            classWeights.AsSpan().Fill(1);
        else
            weights.CopyTo(classWeights);
    }

    /// <summary>The backward pass as the list of steps that the trainable groups need.</summary>
    private void ComposeBackward()
    {
        bool encoder = Trainable.Contains(ParameterGroup.Lstm);
        bool dense = Trainable.Contains(ParameterGroup.Dense);
        backwardReachesInputs = encoder || Trainable.Contains(ParameterGroup.Embedding);
        bool pooling = backwardReachesInputs || (dense && Model.Options.Pooling == Pooling.Attention);
        backward.Add((shard, work) => layers.Head.Backward(work.Layout.Texts, work.Head, dropout, plan.Position.AsSpan(plan.RangeOf(shard)),
            dense ? shardGradients[shard] : null, pooling ? work.DFeatures : null));
        if (pooling)
            backward.Add(BackwardPooling);
        if (dense)
            backward.Add((shard, work) => layers.PoolingLayer.WeightGradients(work, shardGradients[shard]));
        if (!backwardReachesInputs)
            return;
        for (int level = layers.Levels.Length - 1; level >= 0; level--)
            ComposeBackward(level, encoder);
    }

    private void ComposeBackward(int level, bool trains)
    {
        if (level > 0)
            backward.Add((_, work) => work.Joined[level].BeginBackward(work.Layout));
        foreach (SequenceLayer layer in layers.Levels[level])
        {
            backward.Add((_, work) => layer.Backward(work.Layout, work.TapeOf(layer)));
            if (trains)
                backward.Add((shard, work) => layer.WeightGradients(work.Layout, work.TapeOf(layer), work.Scratch, shardGradients[shard]));
            if (level == 0)
            {
                backward.Add((shard, work) => inputs.Backward(shard, work, layer, shardGradients[shard]));
                continue;
            }
            if (trains)
                backward.Add((shard, work) => JoinedInput.KernelGradient(layer, work.TapeOf(layer), work.Scratch, shardGradients[shard]));
            backward.Add((_, work) => work.Joined[level].Backward(work.Layout, layer, work.TapeOf(layer)));
        }
        if (level > 0)
            backward.Add((_, work) => work.Joined[level].End(work.Layout, work.Tapes[level - 1]));
    }

    private void RunShard(int shard, int worker)
    {
        ShardWorkspace work = workers[worker];
        Forward(work, shard);
        (shardLoss[shard], shardCorrect[shard]) = Sets is { } sets
            ? Loss(work, labels.AsSpan(plan.RangeOf(shard)), sets, classWeights, plan.Count)
            : Loss(work, labels.AsSpan(plan.RangeOf(shard)), classWeights, plan.Count);
        foreach (Action<int, ShardWorkspace> step in backward)
            step(shard, work);
    }

    /// <summary>Replaces the logits by the gradient of the mean loss; gives the loss summed and the texts that are right.</summary>
    private static (double Loss, int Correct) Loss(ShardWorkspace work, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights, int batch)
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
    private static (double Loss, int Correct) Loss(ShardWorkspace work, ReadOnlySpan<int> labels, LabelSets sets, ReadOnlySpan<float> weights, int batch)
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

    /// <summary>Ids to logits.</summary>
    private void Forward(ShardWorkspace work, int shard)
    {
        Range range = plan.RangeOf(shard);
        work.Layout.Build(plan.Length.AsSpan(range));
        ReadOnlySpan<int> positions = plan.Position.AsSpan(range);
        foreach (SequenceLayer layer in layers.OnEmbedding)
        {
            SequenceTape tape = work.TapeOf(layer);
            tape.Reserve(work.Layout, layer);
            tape.DrawMasks(dropout, layer, positions);
            inputs.Forward(shard, work, layer);
            layer.Forward(work.Layout, tape);
        }
        layers.ForwardAbove(work, dropout, positions);
    }

    private void BackwardPooling(int shard, ShardWorkspace work)
    {
        int values = work.Layout.Texts * layers.Head.Features;
        if (layers.RectifiesFeatures)
            Activations.ReluBackward(new(work.Features, values), new(work.DFeatures, values));
        foreach (SequenceTape tape in work.Top)
            tape.ReserveGradients(layers.PoolingLayer.ReadsEveryOutput);
        layers.PoolingLayer.Backward(work);
    }

    /// <summary>
    /// Adds the shards' gradients up in shard order. The one place where gradients of several workers meet: machines
    /// that share a batch would exchange <see cref="Gradients"/> and <see cref="EmbeddingGradient"/> here.
    /// </summary>
    private void Reduce() => Workers.Run(Threads, Threads, addSlice);

    private void AddSlice(int slice, int worker)
    {
        int from = (int)((long)sum.Length * slice / Threads), to = (int)((long)sum.Length * (slice + 1) / Threads);
        Span<float> destination = sum.All[from..to];
        shardGradients[0].All[from..to].CopyTo(destination);
        for (int shard = 1; shard < plan.Shards; shard++)
            VectorMath.Add(shardGradients[shard].All[from..to], destination);
    }
}
