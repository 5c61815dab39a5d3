using Firn.Kernels;
using Firn.Layers;

namespace Firn.Model;

/// <summary>The largest batch of a run, as the buffers of a <see cref="TrainingWorkspace"/> see it.</summary>
/// <param name="Shards">Most shards of a batch.</param>
/// <param name="ShardTokens">Most tokens of a shard.</param>
/// <param name="ShardTexts">Most texts of a shard.</param>
/// <param name="Tokens">Most tokens of a batch.</param>
/// <param name="Rows">Most distinct rows of the table in a batch.</param>
internal readonly record struct LargestBatch(int Shards, int ShardTokens, int ShardTexts, long Tokens, int Rows);

/// <summary>
/// What training and scoring allocate, by the shapes: each layer tells what its passes keep. Buffers grow by
/// an eighth at a time, so they end a sixteenth larger than needed in the mean.
/// </summary>
internal static class WorkspaceMemory
{
    private const double Growth = 1 + 1 / 16.0;

    /// <summary>Bytes of the gradients: a buffer a shard and their sum, and the table's sparse rows.</summary>
    public static long Gradients(TextShape model, bool lstm, bool dense, bool embedding, LargestBatch batch)
    {
        long trained = (lstm ? model.LstmWeights : 0) + (dense ? model.DenseWeights : 0);
        long floats = (batch.Shards + 1) * trained;
        double sparse = embedding ? 1.25 * batch.Rows * (model.Width + 3) : 0; // SparseRows
        return Bytes(floats + sparse);
    }

    /// <summary>Bytes of everything between ids and gradients on so many threads.</summary>
    public static long Activations(TextShape model, ClassifierOptions options, bool encoder, bool embedding, LargestBatch batch, int threads)
    {
        long e = model.Width, t = batch.ShardTokens, n = batch.ShardTexts, f = options.FeatureSize;
        bool words = options.InputDropout == 0 && (options.EmbeddingDropout == 0 || options.TiedEmbeddingDropout);
        ModelLayers layers = ModelLayers.OfShape(options, model.Width, out _);
        double tapes = 0, packed = 0, panels = 0, projection = words ? batch.Rows * e : embedding ? batch.Tokens * e : 0;
        for (int level = 0; level < layers.Levels.Length; level++)
        {
            bool everyOutput = level + 1 < layers.Levels.Length || options.Pooling != Pooling.LastState;
            foreach (SequenceLayer layer in layers.Levels[level])
            {
                double columns = PackedMatrix.Padded(layer.Map.Columns);
                tapes += layer.TapeFloats(t, n, options.Dropout, everyOutput) + (level > 0 || !words ? t * layer.Map.Width : 0);
                panels = Math.Max(panels, t * columns); // gradients of the sums, packed
                packed += layer.PackedFloats + layer.Map.Width * columns * (embedding || level > 0 ? 2 : 1);
                // WordProjection: sums of rows, tokens' gradients, a piece of rows a thread.
                projection += level == 0 && words
                    ? (batch.Rows + batch.Tokens) * layer.Map.Columns + threads * (double)batch.Rows / Math.Max(1, batch.Shards) * (2.0 * layer.Map.Columns + e) / layers.OnEmbedding.Length
                    : 0;
            }
            tapes += level > 0 ? 2.0 * t * layers.Levels[level][0].Map.Width : 0; // JoinedInput
        }
        double worker = tapes + n * (2 * f + layers.Head.TapeFloats) + (encoder ? panels : 0)
            + (options.Pooling == Pooling.Attention ? 4 * t * f + 2 * t : 0);
        double groups = words || embedding ? 4 * batch.Tokens + model.Rows : 0; // RowGroups
        return Bytes(Math.Min(threads, batch.Shards) * worker + packed + projection + groups);
    }

    /// <summary>Texts that a worker scores at a time, sorted by length: whole tiles of <see cref="RecurrentStep"/>.</summary>
    public const int ScoredAtATime = 126;

    /// <summary>Bytes to score texts once without a folded table.</summary>
    /// <param name="model">The shape.</param>
    /// <param name="options">The shape.</param>
    /// <param name="texts">Texts in the call.</param>
    /// <param name="rows">Distinct rows of their words.</param>
    /// <param name="longestTokens">Tokens of the longest texts, <see cref="ScoredAtATime"/> a thread.</param>
    /// <param name="threads">Threads.</param>
    public static long Scoring(TextShape model, ClassifierOptions options, int texts, int rows, long longestTokens, int threads)
    {
        const long foldRows = 256;
        ModelLayers layers = ModelLayers.OfShape(options, model.Width, out _);
        double folded = 0, workers = threads * ScoredAtATime * 2.0 * options.FeatureSize, packed = 0;
        foreach (SequenceLayer layer in layers.OnEmbedding)
        {
            folded += (double)rows * layer.Map.Columns + model.Rows + threads * foldRows * model.Width;
            packed += layer.PackedFloats + model.Width * PackedMatrix.Padded(layer.Map.Columns);
            workers += layer.ScoringFloats(longestTokens, threads * ScoredAtATime);
        }
        foreach (SequenceLayer layer in layers.Levels.Skip(1).SelectMany(level => level))
        {
            packed += layer.PackedFloats + layer.Map.Width * PackedMatrix.Padded(layer.Map.Columns);
            // Above the embedding every layer runs as in training, on the joined outputs below.
            workers += layer.TapeFloats(longestTokens, threads * ScoredAtATime, default, everyOutput: false) + 2.0 * longestTokens * layer.Map.Width;
        }
        workers += longestTokens * ((options.Pooling == Pooling.Attention ? 4.0 * options.FeatureSize : 0) + 3); // 3: rows and where they are stored
        return (long)(sizeof(float) * (folded + workers + packed + 6L * texts + 2L * rows));
    }

    private static long Bytes(double floats) => (long)(sizeof(float) * Growth * floats);

}

/// <summary>The numbers of a model's weights.</summary>
/// <param name="Rows">Rows of the table, R.</param>
/// <param name="Width">E.</param>
/// <param name="LstmWeights">Weights of the layers over time.</param>
/// <param name="DenseWeights">Weights of pooling and dense layer.</param>
/// <param name="Outputs">K.</param>
internal readonly record struct TextShape(int Rows, int Width, long LstmWeights, long DenseWeights, int Outputs)
{
    /// <summary>Weights of the table.</summary>
    public long TableWeights => (long)Rows * Width;

    /// <summary>The shape of a model of these options over a table.</summary>
    public static TextShape Of(ClassifierOptions options, int rows, int width)
    {
        ModelLayers.OfShape(options, width, out IReadOnlyList<Parameter> weights);
        long Of(ParameterGroup group) => weights.Where(p => p.Group == group).Sum(p => p.Count);
        return new TextShape(rows, width, Of(ParameterGroup.Lstm), Of(ParameterGroup.Dense), options.OutputSize);
    }

    /// <summary>Weights of a group.</summary>
    public long Of(ParameterGroup group) => group switch
    {
        ParameterGroup.Embedding => TableWeights,
        ParameterGroup.Lstm => LstmWeights,
        _ => DenseWeights,
    };
}
