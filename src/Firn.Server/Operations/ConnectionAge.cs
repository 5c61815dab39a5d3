using System.Diagnostics;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Firn.Server.Operations;

/// <summary>
/// How old a connection may become. Clients keep connections for ever, and a balancer that shares out connections would
/// never send anything to a new server; so an old one is ended with its next answer. Ages differ by a tenth, at random,
/// so that clients do not come back all at once.
/// </summary>
internal sealed class ConnectionAge(TimeSpan most)
{
    private const double Spread = 0.1;

    /// <summary>Notes when a connection will be old.</summary>
    public ConnectionDelegate Stamp(ConnectionDelegate next) =>
        connection =>
        {
            double share = 1 + (Spread * ((2 * Random.Shared.NextDouble()) - 1));
            connection.Features.Set(
                new Limit(Stopwatch.GetTimestamp() + (long)(most.TotalSeconds * share * Stopwatch.Frequency))
            );
            return next(connection);
        };

    /// <summary>Whether the request's connection is too old to be kept.</summary>
    public static bool IsPast(HttpContext context) =>
        context.Features.Get<Limit>() is { } limit && Stopwatch.GetTimestamp() > limit.At;

    private sealed record Limit(long At);
}
