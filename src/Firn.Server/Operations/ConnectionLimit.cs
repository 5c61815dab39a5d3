using System.IO.Pipelines;
using Firn.Server.Settings;
using Firn.Server.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Firn.Server.Operations;

/// <summary>
/// Bounds the open connections of both ports together. A newcomer beyond the limit takes the place of the connection
/// that has been idle longest; where none is idle it may still ask for health, in places that are kept for that. A
/// connection that sends nothing is closed after the time for headers.
/// </summary>
internal sealed class ConnectionLimit(ServingLimits limits, ServerMeters meters)
{
    // Places for probes beyond the limit, and as many again for connections that were asked to leave and have not left
    // yet.
    private const int Kept = 32;
    private const int Leaving = 256;

    private readonly Lock _gate = new();
    private readonly HashSet<Visitor> _visitors = [];

    /// <summary>Lets a connection in, or closes it.</summary>
    public ConnectionDelegate Admit(ConnectionDelegate next) =>
        async connection =>
        {
            if (Enter(connection) is not { } visitor)
            {
                meters.Limited("connections");
                connection.Abort(new ConnectionAbortedException("There are as many connections as there may be."));
                return;
            }
            connection.Features.Set(visitor);
            try
            {
                await next(connection).ConfigureAwait(false);
            }
            finally
            {
                lock (_gate)
                    _visitors.Remove(visitor);
            }
        };

    /// <summary>Waits for the first byte, and not for long.</summary>
    public ConnectionDelegate AwaitFirstByte(ConnectionDelegate next) =>
        async connection =>
        {
            if (await SpeaksAsync(connection).ConfigureAwait(false))
                await next(connection).ConfigureAwait(false);
        };

    /// <summary>Whether a path is one that probes ask for.</summary>
    public static bool IsHealth(PathString path) =>
        path.StartsWithSegments("/healthz")
        || path.StartsWithSegments("/readyz")
        || path.StartsWithSegments("/v2/health")
        || path.StartsWithSegments("/grpc.health.v1.Health");

    private async ValueTask<bool> SpeaksAsync(ConnectionContext connection)
    {
        PipeReader input = connection.Transport.Input;
        if (!input.TryRead(out ReadResult read))
        {
            CancellationToken closing =
                connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(closing);
            patience.CancelAfter(limits.HeaderTimeout);
            try
            {
                read = await input.ReadAsync(patience.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // What arrived in this very moment is still a request.
                if (!input.TryRead(out read))
                {
                    meters.Limited("silent");
                    return false;
                }
            }
            catch (Exception error) when (error is IOException or ConnectionAbortedException)
            {
                return false;
            }
        }
        bool speaks = !read.Buffer.IsEmpty;
        // Nothing is taken and nothing counts as seen, so the next reader gets it at once.
        input.AdvanceTo(read.Buffer.Start);
        return speaks;
    }

    private Visitor? Enter(ConnectionContext connection)
    {
        Visitor? evicted = null;
        Visitor? visitor = null;
        lock (_gate)
        {
            int staying = _visitors.Count(v => !v.Leaving);
            if (staying >= limits.MaxConnections)
                evicted = _visitors.Where(v => v.Idle && !v.Leaving).MinBy(v => v.IdleSince);
            if (evicted is not null)
            {
                evicted.Leaving = true;
                staying--;
            }
            if (staying < limits.MaxConnections + Kept && _visitors.Count < limits.MaxConnections + Kept + Leaving)
                _visitors.Add(visitor = new Visitor(connection, probesOnly: staying >= limits.MaxConnections));
        }
        if (evicted is not null)
        {
            meters.Limited("idle");
            evicted.Evict();
        }
        return visitor;
    }
}
