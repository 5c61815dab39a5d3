using System.Buffers;
using System.Collections.Concurrent;

namespace Firn.Server.Rest;

/// <summary>
/// Reads large bodies one after the other, on one thread. A body of 16 MB may need ten times its length while it is
/// read, so this bounds the memory whatever the number of clients; and what the runtime's pools keep of it they keep
/// for one thread, not for each thread that ever read a large body.
/// </summary>
internal static class LargeBodies
{
    /// <summary>Bytes from which a body is large.</summary>
    public const int Least = 1 << 20;

    private static readonly Lazy<BlockingCollection<Action>> Waiting = new(Start);

    /// <summary>Arrays for large bodies, few of which are kept.</summary>
    public static ArrayPool<byte> Arrays { get; } = ArrayPool<byte>.Create(1 << 25, 2);

    /// <summary>Reads a body when its turn comes, unless nobody waits for it any more.</summary>
    public static Task<T> ReadAsync<T>(Func<T> read, CancellationToken aborted)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Waiting.Value.Add(
            () =>
            {
                try
                {
                    aborted.ThrowIfCancellationRequested();
                    done.SetResult(read());
                }
                catch (Exception error)
                {
                    done.SetException(error);
                }
            },
            CancellationToken.None
        );
        return done.Task;
    }

    private static BlockingCollection<Action> Start()
    {
        var waiting = new BlockingCollection<Action>();
        var reader = new Thread(() =>
        {
            foreach (Action read in waiting.GetConsumingEnumerable())
                read();
        })
        {
            IsBackground = true,
            Name = "large bodies",
        };
        reader.Start();
        return waiting;
    }
}
