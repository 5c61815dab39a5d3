using Firn.Server.Settings;
using Firn.Server.Telemetry;
using Grpc.Core;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Firn.Server.Operations;

/// <summary>
/// What stands before every request: its connection counts as busy, its host is known, its body is guarded, its answer
/// is typed as it says.
/// </summary>
internal sealed class RequestGuard(ServerState state, ServerSettings settings, BodyBudget budget, ServerMeters meters)
{
    private readonly bool _ages = settings.MaxConnectionAge > TimeSpan.Zero;
    private readonly StringSegment[] _hosts = [.. settings.AllowedHosts.Select(host => new StringSegment(host))];

    public async Task PassAsync(HttpContext context, RequestDelegate next)
    {
        if (state.Stopping || (_ages && ConnectionAge.IsPast(context)))
            EndConnection(context);
        bool grpc = Refusals.IsGrpc(context.Request);
        if (!grpc)
            context.Response.Headers.XContentTypeOptions = "nosniff";
        Visitor? visitor = context.Features.Get<Visitor>();
        visitor?.Begin();
        GuardedBody? body = null;
        try
        {
            if (await RefuseAsync(context, visitor).ConfigureAwait(false))
                return;
            if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? true)
            {
                body = new GuardedBody(context.Request.BodyReader, budget, settings.Limits, meters, grpc);
                context.Features.Set<IRequestBodyPipeFeature>(body);
            }
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            body?.Dispose();
            visitor?.End();
        }
    }

    /// <summary>Tells the client, with this answer, to send the next request elsewhere.</summary>
    private static void EndConnection(HttpContext context)
    {
        if (HttpProtocol.IsHttp11(context.Request.Protocol))
            context.Response.Headers.Connection = "close";
        else
            context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose(); // GOAWAY; open calls finish
    }

    /// <summary>Answers what is not let in; health is under every name and on every connection.</summary>
    private async ValueTask<bool> RefuseAsync(HttpContext context, Visitor? visitor)
    {
        bool known = _hosts.Length == 0 || HostString.MatchesAny(context.Request.Host.Host ?? "", _hosts);
        if ((visitor is not { ProbesOnly: true } && known) || ConnectionLimit.IsHealth(context.Request.Path))
            return false;
        if (known)
            EndConnection(context);
        await (
            known
                ? Refusals.AnswerAsync(
                    context,
                    StatusCode.Unavailable,
                    "the server has as many connections as it may; try again in a moment"
                )
                : Refusals.AnswerAsync(
                    context,
                    StatusCode.InvalidArgument,
                    "this server is not known under the name in Host; --allowed-hosts lists its names"
                )
        ).ConfigureAwait(false);
        return true;
    }
}
