using System.Collections.Concurrent;
using Firn.Cli.Output;

namespace Firn.Cli.Commands;

/// <summary>
/// Labels lines as they arrive: one thread reads, each batch is cleaned, looked up and scored by a thread of the pool, and
/// the caller writes, all at once and in the lines' order. Memory is bounded: the reader waits while enough batches are
/// under way.
/// </summary>
internal sealed class LabelPipeline(Predictor predictor, int threads)
{
    private const int BatchLines = 1024;

    private readonly Predictor predictor = predictor.WithThreads(1); // a batch a thread
    private readonly int threads = threads > 0 ? threads : Environment.ProcessorCount;

    /// <summary>Hands each batch to <paramref name="write"/> until the source ends or <paramref name="stop"/> is asked for.</summary>
    public void Run(TextReader source, Action<Batch> write, CancellationToken stop)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var underWay = new BlockingCollection<Task<Batch>>(threads);
        // Of the background: a read that waits for a terminal must not keep the process alive.
        var reading = new Thread(() => Read(source, underWay, end.Token)) { IsBackground = true };
        reading.Start();
        try
        {
            foreach (Task<Batch> batch in underWay.GetConsumingEnumerable(stop))
                write(batch.GetAwaiter().GetResult());
            reading.Join();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        finally
        {
            end.Cancel();
        }
    }

    private void Read(TextReader source, BlockingCollection<Task<Batch>> underWay, CancellationToken end)
    {
        var reader = new LineReader(source);
        try
        {
            for (var lines = new List<string>(); reader.ReadBatch(lines, BatchLines); lines = [])
            {
                List<string> texts = lines;
                underWay.Add(Task.Run(() => new Batch(texts, predictor.Predict(texts)), end), end);
            }
            underWay.CompleteAdding();
        }
        catch (Exception failure) when (failure is OperationCanceledException or ObjectDisposedException)
        {
            // The caller has left.
        }
        catch (Exception failure)
        {
            underWay.Add(Task.FromException<Batch>(failure), CancellationToken.None);
        }
    }

    /// <summary>Lines and what the model says of them.</summary>
    internal readonly record struct Batch(IReadOnlyList<string> Lines, IReadOnlyList<Prediction> Predictions);
}
