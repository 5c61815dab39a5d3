using System.Diagnostics;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Firn.Server.Operations;

/// <summary>An open connection as the limit on connections sees it.</summary>
internal sealed class Visitor(ConnectionContext connection, bool probesOnly)
{
    private int _active;
    private int _requests;
    private long _idleSince = Stopwatch.GetTimestamp();

    /// <summary>True where only health is answered: the connection stands in the places that are kept for it.</summary>
    public bool ProbesOnly => probesOnly;

    /// <summary>True once its place was given to another; set under the limit's lock.</summary>
    public bool Leaving { get; set; }

    /// <summary>Whether no request is under way.</summary>
    public bool Idle => Volatile.Read(ref _active) == 0;

    /// <summary>Since when, in <see cref="Stopwatch"/> ticks.</summary>
    public long IdleSince => Volatile.Read(ref _idleSince);

    /// <summary>A request begins.</summary>
    public void Begin()
    {
        Interlocked.Increment(ref _active);
        Volatile.Write(ref _requests, 1);
    }

    /// <summary>A request has ended.</summary>
    public void End()
    {
        Volatile.Write(ref _idleSince, Stopwatch.GetTimestamp());
        Interlocked.Decrement(ref _active);
    }

    /// <summary>Ends the connection: in order where it has served a request, at once where it never had one.</summary>
    public void Evict()
    {
        if (Volatile.Read(ref _requests) > 0)
            connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        else
            connection.Abort(new ConnectionAbortedException("The place was needed for others."));
    }
}
