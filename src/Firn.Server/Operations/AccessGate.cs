using System.Net;
using System.Threading.RateLimiting;
using Firn.Client;
using Firn.Server.Inputs;
using Firn.Server.Settings;
using Grpc.Core;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using IPNetwork = System.Net.IPNetwork;

namespace Firn.Server.Operations;

/// <summary>
/// Who gets in: the address behind trusted proxies, browsers of other origins, keys and their roles, and rates, by
/// ASP.NET's own parts. Health and the page for browsers are open: they tell nothing of texts, and probes have no keys.
/// </summary>
internal static class AccessGate
{
    private const int NetworkBytesOfSix = 8;
    private static readonly string[] Shown =
    [
        VocabularyIdentity.VersionHeader,
        VocabularyIdentity.Header,
        VocabularyIdentity.CleaningHeader,
        VocabularyIdentity.MaxTokensHeader,
        VocabularyIdentity.TruncationHeader,
        LabelRules.Header,
        BinaryTensors.Header,
        "ETag",
        "Retry-After",
    ];

    public static void Add(IServiceCollection services, ServerSettings settings)
    {
        services.AddSingleton<Refusals>();
        if (settings.CorsOrigins.Count > 0)
        {
            services.AddCors(cors =>
                cors.AddDefaultPolicy(policy =>
                    (
                        settings.CorsOrigins.Contains("*")
                            ? policy.AllowAnyOrigin()
                            : policy.WithOrigins([.. settings.CorsOrigins])
                    )
                        .WithMethods("GET", "HEAD", "POST")
                        .AllowAnyHeader()
                        .WithExposedHeaders(Shown)
                )
            );
        }
        if (settings.TrustedProxies.Count > 0)
        {
            services.Configure<ForwardedHeadersOptions>(forwarded =>
            {
                forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
                forwarded.KnownProxies.Clear();
                forwarded.KnownIPNetworks.Clear();
                // As many proxies as stand in a row: the first address that is none of theirs is the client's.
                forwarded.ForwardLimit = null;
                foreach (IPNetwork network in settings.TrustedProxies)
                    forwarded.KnownIPNetworks.Add(network);
            });
        }
        if (settings.ApiKeys is not null)
            services
                .AddAuthentication(ApiKeyAuthentication.SchemeName)
                .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null);
        if (settings.RateLimit > 0)
            services.AddRateLimiter(limiter => Limit(limiter, settings.RateLimit));
    }

    public static void Use(WebApplication app)
    {
        ServerSettings settings = app.Services.GetRequiredService<ServerSettings>();
        if (settings.TrustedProxies.Count > 0)
            app.UseForwardedHeaders();
        if (settings.CorsOrigins.Count > 0)
            app.UseCors();
        if (settings.ApiKeys is not null)
            app.UseAuthentication();
        if (settings.RateLimit > 0)
            app.UseRateLimiter();
        if (app.Services.GetRequiredService<ServerFiles>().Keys is { } keys)
            app.Use((context, next) => PassAsync(context, next, keys.Value));
    }

    private static async Task PassAsync(HttpContext context, RequestDelegate next, ApiKeys keys)
    {
        ApiRoles needed = NeededFor(context.Request.Path, keys);
        if (needed == ApiRoles.None || context.User.IsInRole(needed.ToString()))
            await next(context).ConfigureAwait(false);
        else if (context.User.Identity?.IsAuthenticated ?? false)
            await context.ForbidAsync().ConfigureAwait(false);
        else
            await context.ChallengeAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// The role for a path. What changes the server asks for <see cref="ApiRoles.Admin"/> itself, whatever its path
    /// looks like.
    /// </summary>
    private static ApiRoles NeededFor(PathString path, ApiKeys keys)
    {
        if (IsOpen(path))
            return ApiRoles.None;
        if (!path.StartsWithSegments("/metrics") && !path.StartsWithSegments("/monitoring"))
            return ApiRoles.Predict;
        return keys.Grants(ApiRoles.Metrics) ? ApiRoles.Metrics : ApiRoles.None;
    }

    private static bool IsOpen(PathString path) => path == "/" || ConnectionLimit.IsHealth(path);

    private static void Limit(RateLimiterOptions limiter, int perSecond)
    {
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
        {
            PathString path = context.Request.Path;
            if (IsOpen(path) || path.StartsWithSegments("/metrics") || path.StartsWithSegments("/monitoring"))
                return RateLimitPartition.GetNoLimiter("");
            return RateLimitPartition.GetTokenBucketLimiter(
                PartitionOf(context),
                _ => new TokenBucketRateLimiterOptions
                {
                    TokenLimit = perSecond,
                    TokensPerPeriod = perSecond,
                    ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                    QueueLimit = 0,
                }
            );
        });
        limiter.OnRejected = (rejected, _) =>
            new ValueTask(
                rejected
                    .HttpContext.RequestServices.GetRequiredService<Refusals>()
                    .RefuseAsync(
                        rejected.HttpContext,
                        StatusCode.ResourceExhausted,
                        "the rate limit is passed; try again in a second"
                    )
            );
    }

    /// <summary>
    /// A key's name, or the address; of IPv6 the network, since one client has as many addresses there as it likes.
    /// </summary>
    private static string PartitionOf(HttpContext context)
    {
        if (context.User.Identity is { IsAuthenticated: true, Name: { } name })
            return "key " + name;
        IPAddress? address = context.Connection.RemoteIpAddress;
        if (
            address is null or { IsIPv4MappedToIPv6: true }
            || address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6
        )
            return Refusals.AddressOf(context);
        return Convert.ToHexString(address.GetAddressBytes().AsSpan(0, NetworkBytesOfSix));
    }
}
