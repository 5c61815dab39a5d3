using System.Diagnostics;
using Firn.Server.Contracts;

namespace Firn.Server.Batching;

/// <summary>
/// The texts of one request on their way through the model: ids, or vectors, and room for the probabilities.
/// </summary>
internal sealed class ScoreJob
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Texts as ids: text i is <c>ids[offsets[i] .. offsets[i + 1]]</c>. Ids are already known to be in range.
    /// </summary>
    public ScoreJob(int[] ids, int[] offsets, int outputSize)
    {
        Ids = ids;
        Offsets = offsets;
        Probabilities = new float[(offsets.Length - 1) * outputSize];
    }

    /// <summary>Texts as vectors [total tokens, E], cut by offsets counted in tokens.</summary>
    public ScoreJob(float[] vectors, int[] offsets, int outputSize)
    {
        Vectors = vectors;
        Ids = [];
        Offsets = offsets;
        Probabilities = new float[(offsets.Length - 1) * outputSize];
    }

    public int[] Ids { get; }

    public int[] Offsets { get; }

    /// <summary>What the model reads in words without an id, [N,K+1]; null for nothing.</summary>
    public float[]? Unseen { get; init; }

    /// <summary>Vectors in place of ids; null for ids.</summary>
    public float[]? Vectors { get; }

    public int Count => Offsets.Length - 1;

    /// <summary>Where the scores go, [N,K].</summary>
    public float[] Probabilities { get; }

    /// <summary>
    /// When an answer is of no more use, in <see cref="Stopwatch"/> ticks; <see cref="long.MaxValue"/> for never.
    /// </summary>
    public long Deadline { get; init; } = long.MaxValue;

    /// <summary>Set when the client has gone.</summary>
    public CancellationToken Aborted { get; init; }

    /// <summary>When the job was put in the queue, in <see cref="Stopwatch"/> ticks.</summary>
    public long QueuedAt { get; set; }

    /// <summary>Its place in the queue; null before and after. Belongs to the batcher.</summary>
    public LinkedListNode<ScoreJob>? Place { get; set; }

    public Task Done => _done.Task;

    public void Complete() => _done.TrySetResult();

    public void Fail(Exception error) => _done.TrySetException(error);

    /// <summary>Throws when nobody waits for the answer any more.</summary>
    public void ThrowIfUseless() => ThrowIfUseless(Deadline, Aborted);

    /// <summary>Throws when the time is up or the client has gone.</summary>
    public static void ThrowIfUseless(long deadline, CancellationToken aborted)
    {
        if (Stopwatch.GetTimestamp() > deadline)
            throw PastDeadline();
        if (aborted.IsCancellationRequested)
            throw Gone();
    }

    public static ServingException PastDeadline() =>
        new(
            Grpc.Core.StatusCode.DeadlineExceeded,
            "the deadline passed before the answer was there; allow more time or send fewer texts"
        );

    public static ServingException Gone() => new(Grpc.Core.StatusCode.Cancelled, "the client cancelled the request");
}
