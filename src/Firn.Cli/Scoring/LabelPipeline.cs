using Firn.Cli.Output;

namespace Firn.Cli.Scoring;

/// <summary>Labels lines as they arrive, in their order.</summary>
internal sealed class LabelPipeline(Predictor predictor, int threads)
{
    private const int BatchLines = 1024;

    private readonly Predictor _predictor = predictor.WithThreads(1); // a batch a thread
    private readonly int _threads = threads > 0 ? threads : Environment.ProcessorCount;

    /// <summary>
    /// Hands each batch to <paramref name="write"/> until the source ends or <paramref name="stop"/> is asked for.
    /// </summary>
    public void Run(TextReader source, Action<Batch> write, CancellationToken stop)
    {
        var reader = new LineReader(source);
        OrderedPipeline.Run(
            () =>
            {
                var lines = new List<string>();
                return reader.ReadBatch(lines, BatchLines) ? lines : null;
            },
            lines => new Batch(lines, _predictor.Predict(lines)),
            write,
            _threads,
            stop
        );
    }

    /// <summary>Lines and what the model says of them.</summary>
    internal readonly record struct Batch(IReadOnlyList<string> Lines, IReadOnlyList<Prediction> Predictions);
}
