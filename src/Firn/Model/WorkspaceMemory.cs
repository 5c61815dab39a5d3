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
    public static long Gradients(TextShape model, bool encoder, bool dense, bool embedding, LargestBatch batch)
    {
        long trained = (encoder ? model.EncoderWeights : 0) + (dense ? model.DenseWeights : 0);
        long floats = (batch.Shards + 1) * trained;
        double sparse = embedding ? 1.25 * batch.Rows * (model.Width + 3) : 0; // SparseRows
        return Bytes(floats + sparse);
    }

    /// <summary>Bytes of everything between ids and gradients on so many threads.</summary>
    public static long Activations(
        TextShape model,
        ClassifierOptions options,
        bool encoder,
        bool embedding,
        LargestBatch batch,
        int threads
    )
    {
        long e = model.Width;
        ModelLayers layers = ModelLayers.OfShape(options, model.Width, trains: true, out _);
        bool words = InputProjection.SharesWords(layers, options);
        var size = new ShardSize(batch.ShardTokens, batch.ShardTexts, Trains: true);
        double tapes = 0,
            packed = 0,
            panels = 0,
            projection = words ? batch.Rows * e
            : embedding ? batch.Tokens * e
            : 0;
        foreach (LayerNode node in layers.Nodes)
        {
            tapes += node.TapeFloats(size);
            var sequence = node as SequenceNode;
            packed += node.PackedFloats(backward: embedding || sequence is not { OnEmbedding: true });
            foreach (SequenceLayer layer in sequence?.Layers ?? [])
                panels = Math.Max(
                    panels,
                    layer.GivesWindows ? 0 : size.Tokens * PackedMatrix.Padded(layer.Map.Columns)
                ); // gradients of the sums, packed
        }
        foreach (SequenceLayer layer in layers.OnEmbedding)
        {
            bool windows = layer.GivesWindows;
            tapes += words && !(windows && embedding) ? 0 : size.Tokens * layer.Map.Width;
            double windowInputs = embedding ? layer.Map.Width : 0,
                dToken = windows ? windowInputs : layer.Map.Columns;
            // WordProjection: sums of rows, tokens' gradients, a piece of rows a thread.
            projection += words
                ? (double)batch.Rows * layer.Map.Columns
                    + batch.Tokens * dToken
                    + threads
                        * (double)batch.Rows
                        / Math.Max(1, batch.Shards)
                        * (2.0 * layer.Map.Columns + e)
                        / layers.OnEmbedding.Length
                : 0;
        }
        double worker = tapes + (encoder ? panels : 0);
        int workers = layers.Nodes.Any(node => node is IBatchStatistics)
            ? batch.Shards
            : Math.Min(threads, batch.Shards);
        double groups = words || embedding ? 4 * batch.Tokens + model.Rows : 0; // RowGroups
        return Bytes(workers * worker + packed + projection + groups);
    }

    /// <summary>
    /// Texts that a worker scores at a time, sorted by length: whole tiles of <see cref="RecurrentStep"/>.
    /// </summary>
    public const int ScoredAtATime = 126;

    /// <summary>Bytes to score texts once without a folded table.</summary>
    /// <param name="model">The shape.</param>
    /// <param name="options">The shape.</param>
    /// <param name="texts">Texts in the call.</param>
    /// <param name="rows">Distinct rows of their words.</param>
    /// <param name="longestTokens">Tokens of the longest texts, <see cref="ScoredAtATime"/> a thread.</param>
    /// <param name="threads">Threads.</param>
    public static long Scoring(
        TextShape model,
        ClassifierOptions options,
        int texts,
        int rows,
        long longestTokens,
        int threads
    )
    {
        const long foldRows = 256;
        ModelLayers layers = ModelLayers.OfShape(options, model.Width, trains: false, out _);
        var size = new ShardSize(longestTokens, threads * ScoredAtATime, Trains: false);
        double folded = 0,
            packed = layers.Nodes.Sum(node => node.PackedFloats(backward: false)),
            workers = layers.Nodes.Sum(node => node.ScoringFloats(size));
        foreach (SequenceLayer layer in layers.OnEmbedding)
            folded +=
                (layer.Map.IsIdentity ? 0 : (double)rows * layer.Map.Columns)
                + model.Rows
                + threads * foldRows * model.Width;
        workers += 4.0 * longestTokens; // rows, read from either end, and where they are stored
        return (long)(sizeof(float) * (folded + workers + packed + 6L * texts + 2L * rows));
    }

    private static long Bytes(double floats) => (long)(sizeof(float) * Growth * floats);
}

/// <summary>The numbers of a model's weights.</summary>
/// <param name="Rows">Rows of the table, R.</param>
/// <param name="Width">E.</param>
/// <param name="EncoderWeights">Weights of the layers over time.</param>
/// <param name="DenseWeights">Weights of pooling and dense layer.</param>
/// <param name="Outputs">K.</param>
internal readonly record struct TextShape(int Rows, int Width, long EncoderWeights, long DenseWeights, int Outputs)
{
    /// <summary>Weights of the table.</summary>
    public long TableWeights => (long)Rows * Width;

    /// <summary>The shape of a model of these options over a table.</summary>
    public static TextShape Of(ClassifierOptions options, int rows, int width)
    {
        ModelLayers.OfShape(options, width, trains: false, out IReadOnlyList<Parameter> weights);
        long Of(ParameterGroup group) => weights.Where(p => p.Group == group).Sum(p => p.Count);
        return new TextShape(rows, width, Of(ParameterGroup.Encoder), Of(ParameterGroup.Dense), options.OutputSize);
    }

    /// <summary>Weights of a group.</summary>
    public long Of(ParameterGroup group) =>
        group switch
        {
            ParameterGroup.Embedding => TableWeights,
            ParameterGroup.Encoder => EncoderWeights,
            ParameterGroup.Dense => DenseWeights,
            _ => 0,
        };
}
