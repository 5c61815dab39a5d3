using System.Diagnostics;
using System.IO.Pipelines;
using Firn.Server.Contracts;
using Firn.Server.Settings;
using Firn.Server.Telemetry;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Firn.Server.Operations;

/// <summary>
/// A request's body under guard: what is held of it counts against the budget of all bodies as it arrives, and a sender
/// who falls silent, or drips, is refused within seconds however much came before. The memory counts until the request
/// ends.
/// </summary>
internal sealed class GuardedBody : PipeReader, IRequestBodyPipeFeature, IDisposable
{
    private readonly PipeReader _inner;
    private readonly BodyBudget _budget;
    private readonly ServingLimits _limits;
    private readonly ServerMeters _meters;
    private readonly bool _grpc;
    private readonly long _due;
    private ReadResult _last;
    private long _held;
    private long _charged;
    private long _windowStart;
    private long _windowBytes;

    /// <summary>
    /// Guards a body; a gRPC call may wait between its messages, and only a message that was begun must go on.
    /// </summary>
    public GuardedBody(PipeReader inner, BodyBudget budget, ServingLimits limits, ServerMeters meters, bool grpc)
    {
        (_inner, _budget, _limits, _meters, _grpc) = (inner, budget, limits, meters, grpc);
        _windowStart = Stopwatch.GetTimestamp();
        _due = _windowStart + Ticks(limits.RequestTimeout);
    }

    /// <inheritdoc/>
    public PipeReader Reader => this;

    /// <summary>Counts memory that a body takes in another form, such as decompressed.</summary>
    /// <exception cref="ServingException">The budget is used up.</exception>
    public void Charge(long bytes)
    {
        long more = bytes - BodyBudget.Free - _charged;
        if (more <= 0)
            return;
        if (!_budget.TryTake(more))
            throw Refuse(
                "memory",
                StatusCode.ResourceExhausted,
                "the server holds as many bodies as it may; try again in a moment, or send fewer texts at a time"
            );
        _charged += more;
    }

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ValueTask<ReadResult> read = _inner.ReadAsync(cancellationToken);
        return read.IsCompletedSuccessfully
            ? new ValueTask<ReadResult>(Received(read.Result))
            : WaitAsync(read, cancellationToken);
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        if (!_inner.TryRead(out result))
            return false;
        result = Received(result);
        return true;
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _held = _last.Buffer.Slice(consumed).Length;
        _inner.AdvanceTo(consumed, examined);
    }

    /// <inheritdoc/>
    public override void CancelPendingRead() => _inner.CancelPendingRead();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => _inner.Complete(exception);

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        _budget.Give(_charged);
        _charged = 0;
    }

    private async ValueTask<ReadResult> WaitAsync(ValueTask<ReadResult> read, CancellationToken cancellation)
    {
        if (_grpc && _held == 0)
        {
            ReadResult first = await read.ConfigureAwait(false);
            _windowStart = Stopwatch.GetTimestamp();
            _windowBytes = 0;
            return Received(first);
        }
        while (true)
        {
            long end = _windowStart + Ticks(_limits.BodyWindow);
            end = _grpc ? end : Math.Min(end, _due);
            TimeSpan left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), end);
            ReadResult result;
            await using (
                var timer = new Timer(
                    static body => ((PipeReader)body!).CancelPendingRead(),
                    _inner,
                    left > TimeSpan.Zero ? left : TimeSpan.Zero,
                    Timeout.InfiniteTimeSpan
                )
            )
                result = await read.ConfigureAwait(false);
            if (!result.IsCanceled)
                return Received(result);
            _last = result;
            if (Stopwatch.GetTimestamp() >= end)
            {
                Discard();
                throw Refuse(
                    "slow",
                    StatusCode.DeadlineExceeded,
                    Stopwatch.GetTimestamp() >= _due
                        ? $"the body was not there after {_limits.RequestTimeout.TotalSeconds:0.###} s; send less at "
                            + $"a time"
                        : $"the body came more slowly than {_limits.MinBodyBytesPerSecond:0} bytes/s over "
                            + $"{_limits.BodyWindow.TotalSeconds:0.###} s"
                );
            }
            // A timer of an earlier wait, or the reader's own user, cancelled: the bytes are still to come.
            _inner.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            read = _inner.ReadAsync(cancellation);
        }
    }

    private ReadResult Received(ReadResult result)
    {
        _last = result;
        long length = result.Buffer.Length;
        _windowBytes += length - _held;
        _held = length;
        if (_windowBytes >= _limits.MinBodyBytesPerSecond * _limits.BodyWindow.TotalSeconds)
        {
            _windowStart = Stopwatch.GetTimestamp();
            _windowBytes = 0;
        }
        if (length > BodyBudget.Free)
        {
            try
            {
                Charge(length);
            }
            catch
            {
                Discard();
                throw;
            }
        }
        return result;
    }

    /// <summary>Lets go of the bytes, so that their memory is free before the refusal is even sent.</summary>
    private void Discard()
    {
        _inner.AdvanceTo(_last.Buffer.End);
        _held = 0;
        Dispose();
    }

    private Exception Refuse(string reason, StatusCode code, string message)
    {
        _meters.Limited(reason);
        if (_grpc)
            return new RpcException(new Status(code, message));
        return code == StatusCode.ResourceExhausted
            ? ServingException.Overloaded(message)
            : new BadHttpRequestException(message, StatusCodes.Status408RequestTimeout);
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
