using System.Globalization;
using System.Threading.RateLimiting;
using Firn.Server.Rest;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Firn.Server.Operations;

/// <summary>
/// Lets a request in when it has a key (where keys are in use) and has not passed its rate. Health, metrics and the page
/// for browsers are open: they tell nothing of texts, and probes have no keys.
/// </summary>
internal sealed class AccessGate : IDisposable
{
    private readonly ApiKeys? keys;
    private readonly PartitionedRateLimiter<string>? limiter;

    public AccessGate(ServerSettings settings)
    {
        keys = settings.ApiKeys is null ? null : ApiKeys.Load(settings.ApiKeys);
        if (settings.RateLimit > 0)
        {
            limiter = PartitionedRateLimiter.Create<string, string>(who => RateLimitPartition.GetTokenBucketLimiter(who, _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = settings.RateLimit,
                TokensPerPeriod = settings.RateLimit,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                QueueLimit = 0,
            }));
        }
    }

    /// <summary>False when no gate is set, so that the middleware can be left out.</summary>
    public bool InUse => keys is not null || limiter is not null;

    public async Task PassAsync(HttpContext context, RequestDelegate next)
    {
        if (IsOpen(context.Request.Path))
        {
            await next(context).ConfigureAwait(false);
            return;
        }
        string? who = keys is null ? context.Connection.RemoteIpAddress?.ToString() : keys.NameOf(KeyOf(context.Request) ?? "");
        if (keys is not null && who is null)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await RefuseAsync(context, StatusCode.Unauthenticated, "a valid API key is needed: Authorization: Bearer KEY, or X-API-Key: KEY").ConfigureAwait(false);
            return;
        }
        if (limiter is not null)
        {
            using RateLimitLease lease = limiter.AttemptAcquire(who ?? "");
            if (!lease.IsAcquired)
            {
                await RefuseAsync(context, StatusCode.ResourceExhausted, "the rate limit is passed; try again in a second").ConfigureAwait(false);
                return;
            }
        }
        await next(context).ConfigureAwait(false);
    }

    public void Dispose() => limiter?.Dispose();

    private static bool IsOpen(PathString path) =>
        path == "/" || path.StartsWithSegments("/healthz") || path.StartsWithSegments("/readyz") || path.StartsWithSegments("/v2/health")
        || path.StartsWithSegments("/monitoring") || path.StartsWithSegments("/grpc.health.v1.Health");

    private static string? KeyOf(HttpRequest request)
    {
        string? authorization = request.Headers.Authorization;
        if (authorization is not null && authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return authorization["Bearer ".Length..].Trim();
        return request.Headers["X-API-Key"];
    }

    private static async Task RefuseAsync(HttpContext context, StatusCode code, string message)
    {
        if (context.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) ?? false)
        {
            // A gRPC error without an answer: status and message stand in the headers of a 200.
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = ((int)code).ToString(CultureInfo.InvariantCulture);
            context.Response.Headers["grpc-message"] = message;
            return;
        }
        await Answers.SendErrorAsync(context, HttpStatus.Of(code), message, retryAfter: code == StatusCode.ResourceExhausted ? 1 : 0).ConfigureAwait(false);
    }
}
