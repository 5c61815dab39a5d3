using System.Collections.Concurrent;

namespace Firn.Cli.Scoring;

/// <summary>
/// Reads, works and writes at once: one thread reads, each piece is worked on by a thread of the pool, and the caller
/// writes, in the order of reading. Memory is bounded: the reader waits while enough pieces are under way. A failure
/// arrives behind everything that was read before it.
/// </summary>
internal static class OrderedPipeline
{
    /// <summary>Runs until the source ends or <paramref name="stop"/> is asked for.</summary>
    /// <param name="read">The next piece, or null at the end.</param>
    /// <param name="work">Called by several threads at once.</param>
    /// <param name="write">Called by the caller's thread.</param>
    /// <param name="threads">Pieces worked on at once.</param>
    /// <param name="stop">Ends after the piece that is being written.</param>
    public static void Run<TIn, TOut>(
        Func<TIn?> read,
        Func<TIn, TOut> work,
        Action<TOut> write,
        int threads,
        CancellationToken stop
    )
        where TIn : class
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var underWay = new BlockingCollection<Task<TOut>>(2 * threads);
        using var atWork = new CountdownEvent(1);
        TOut Work(TIn piece)
        {
            try
            {
                end.Token.ThrowIfCancellationRequested();
                return work(piece);
            }
            finally
            {
                atWork.Signal();
            }
        }

        // Of the background: a read that waits for a terminal must not keep the process alive.
        var reading = new Thread(() => Read(read, Work, underWay, atWork, end.Token)) { IsBackground = true };
        reading.Start();
        try
        {
            foreach (Task<TOut> piece in underWay.GetConsumingEnumerable(stop))
                write(piece.GetAwaiter().GetResult());
            reading.Join();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested) { }
        finally
        {
            end.Cancel();
            // What the work uses, such as a mapped model, may be released once this method returns.
            atWork.Signal();
            atWork.Wait(CancellationToken.None);
        }
    }

    private static void Read<TIn, TOut>(
        Func<TIn?> read,
        Func<TIn, TOut> work,
        BlockingCollection<Task<TOut>> underWay,
        CountdownEvent atWork,
        CancellationToken end
    )
        where TIn : class
    {
        try
        {
            // The count is zero once the caller has left.
            while (read() is { } piece && atWork.TryAddCount())
                underWay.Add(Task.Run(() => work(piece), CancellationToken.None), end);
            underWay.CompleteAdding();
        }
        catch (Exception failure) when (failure is OperationCanceledException or ObjectDisposedException)
        {
            // The caller has left.
        }
        catch (Exception failure)
        {
            Hand(Task.FromException<TOut>(failure), underWay, end);
        }
    }

    private static void Hand<TOut>(Task<TOut> failure, BlockingCollection<Task<TOut>> underWay, CancellationToken end)
    {
        try
        {
            underWay.Add(failure, end);
        }
        catch (Exception left) when (left is OperationCanceledException or ObjectDisposedException) { }
    }
}
