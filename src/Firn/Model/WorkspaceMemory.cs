using Firn.Kernels;

namespace Firn.Model;

/// <summary>The largest batch of a run, as the buffers of a <see cref="TrainingWorkspace"/> see it.</summary>
/// <param name="Shards">Most shards of a batch.</param>
/// <param name="ShardTokens">Most tokens of a shard.</param>
/// <param name="ShardTexts">Most texts of a shard.</param>
/// <param name="Tokens">Most tokens of a batch.</param>
/// <param name="Rows">Most distinct rows of the table in a batch.</param>
internal readonly record struct LargestBatch(int Shards, int ShardTokens, int ShardTexts, long Tokens, int Rows);

/// <summary>
/// What training and scoring allocate, by formula from the shapes: each line names the buffers it counts. Buffers grow by
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
    public static long Activations(TextShape model, ClassifierOptions options, bool lstm, bool embedding, LargestBatch batch, int threads)
    {
        long e = model.Width, h = options.HiddenSize, t = batch.ShardTokens, n = batch.ShardTexts, directions = options.Bidirectional ? 2 : 1;
        long f = options.FeatureSize;
        bool words = options.InputDropout == 0 && (options.EmbeddingDropout == 0 || options.TiedEmbeddingDropout);
        bool everyOutput = options.Pooling != Pooling.LastState;

        double tape = 8 * t * h // gates, cells, their tanh, outputs, recurrent states
            + 2 * n * h // gradients of the last state and its cell
            + (everyOutput ? t * h : 0) // gradient of every output
            + (options.InputDropout > 0 ? n * e : 0) + (options.RecurrentDropout > 0 ? n * h : 0) // masks
            + (words ? 0 : t * e); // inputs
        double worker = directions * tape + n * (2 * f + model.Outputs)
            + (lstm ? t * Padded(4 * h) : 0) // gradients of the gates, packed
            + (options.Pooling == Pooling.Attention ? 4 * t * f + 2 * t : 0);
        double packed = directions * (e + h) * Padded(4 * h) * (embedding ? 2 : 1) + directions * 4 * h * Padded(h); // weights as panels
        double projection = words
            ? batch.Rows * e + directions * (batch.Rows + batch.Tokens) * 4 * h // WordProjection: rows, their sums, tokens' gradients
                + threads * (double)batch.Rows / Math.Max(1, batch.Shards) * (8 * h + e)
            : embedding ? batch.Tokens * e : 0; // TokenProjection
        double groups = words || embedding ? 4 * batch.Tokens + model.Rows : 0; // RowGroups
        return Bytes(Math.Min(threads, batch.Shards) * worker + packed + projection + groups);
    }

    /// <summary>Texts that a worker scores at a time, sorted by length.</summary>
    public const int ScoredAtATime = 128;

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
        long h = options.HiddenSize, directions = options.Bidirectional ? 2 : 1;
        double folded = directions * ((double)rows * 4 * h + model.Rows + threads * foldRows * model.Width);
        double workers = threads * ScoredAtATime * (directions * 7 * h + 2.0 * options.FeatureSize)
            + longestTokens * (directions * h + (options.Pooling == Pooling.Attention ? 4.0 * options.FeatureSize : 0) + 3); // 3: rows and where they are stored
        double packed = directions * (model.Width + h) * Padded(4 * h);
        return (long)(sizeof(float) * (folded + workers + packed + 6L * texts + 2L * rows));
    }

    private static long Bytes(double floats) => (long)(sizeof(float) * Growth * floats);

    private static long Padded(long columns) => (columns + PackedMatrix.Lanes - 1) / PackedMatrix.Lanes * PackedMatrix.Lanes;
}

/// <summary>The numbers of a model's weights.</summary>
/// <param name="Rows">Rows of the table, R.</param>
/// <param name="Width">E.</param>
/// <param name="LstmWeights">Weights of the LSTM, both directions.</param>
/// <param name="DenseWeights">Weights of pooling and dense layer.</param>
/// <param name="Outputs">K.</param>
internal readonly record struct TextShape(int Rows, int Width, long LstmWeights, long DenseWeights, int Outputs)
{
    /// <summary>Weights of the table.</summary>
    public long TableWeights => (long)Rows * Width;

    /// <summary>The shape of a model of these options over a table.</summary>
    public static TextShape Of(ClassifierOptions options, int rows, int width)
    {
        long h = options.HiddenSize, f = options.FeatureSize, k = options.OutputSize, directions = options.Bidirectional ? 2 : 1;
        long attention = options.Pooling == Pooling.Attention ? f * f + 2 * f : 0;
        return new TextShape(rows, width, directions * 4 * h * (width + h + 1), attention + f * k + k, (int)k);
    }

    /// <summary>Weights of a group.</summary>
    public long Of(ParameterGroup group) => group switch
    {
        ParameterGroup.Embedding => TableWeights,
        ParameterGroup.Lstm => LstmWeights,
        _ => DenseWeights,
    };
}
