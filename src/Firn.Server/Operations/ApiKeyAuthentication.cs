using System.Runtime.CompilerServices;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Grpc.Core;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Firn.Server.Operations;

/// <summary>
/// ASP.NET's authentication by an API key: <c>Authorization: Bearer KEY</c> or <c>X-API-Key: KEY</c>. Roles are claims.
/// </summary>
internal sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    ServerFiles files,
    Refusals refusals
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";
    private static readonly ConditionalWeakTable<ApiKey, AuthenticateResult> Results = [];

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (KeyOf(Request) is not { Length: > 0 } key)
            return Task.FromResult(AuthenticateResult.NoResult());
        ApiKey? known = files.Keys!.Value.Find(key);
        return Task.FromResult(
            known is null ? AuthenticateResult.Fail("no such key") : Results.GetValue(known, Succeed)
        );
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        return refusals.RefuseAsync(
            Context,
            StatusCode.Unauthenticated,
            "a valid API key is needed: Authorization: Bearer KEY, or X-API-Key: KEY"
        );
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        refusals.RefuseAsync(Context, StatusCode.PermissionDenied, "this API key does not have the role for that");

    private static AuthenticateResult Succeed(ApiKey key)
    {
        IEnumerable<Claim> roles = new[] { ApiRoles.Predict, ApiRoles.Metrics, ApiRoles.Admin }
            .Where(key.May)
            .Select(role => new Claim(ClaimTypes.Role, role.ToString()));
        var user = new ClaimsPrincipal(
            new ClaimsIdentity([new Claim(ClaimTypes.Name, key.Name), .. roles], SchemeName)
        );
        return AuthenticateResult.Success(new AuthenticationTicket(user, SchemeName));
    }

    private static string? KeyOf(HttpRequest request)
    {
        string? authorization = request.Headers.Authorization;
        if (authorization is not null && authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return authorization["Bearer ".Length..].Trim();
        return request.Headers["X-API-Key"];
    }
}
