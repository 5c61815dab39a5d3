using Microsoft.AspNetCore.Http;

namespace Firn.Server.Rest;

/// <summary>
/// HTTP methods: 405 with <c>Allow</c> for those that a path does not have, 501 for those that HTTP does not have.
/// </summary>
internal static class Verbs
{
    /// <summary>What reads.</summary>
    public const string Read = "GET, HEAD";

    /// <summary>What asks a model, or changes something.</summary>
    public const string Post = "POST";

    private static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        "GET",
        "HEAD",
        "POST",
        "PUT",
        "DELETE",
        "CONNECT",
        "OPTIONS",
        "TRACE",
        "PATCH",
    };

    /// <summary>Refuses a request whose method is not one of these.</summary>
    /// <exception cref="BadHttpRequestException">It is another.</exception>
    public static void Require(HttpContext context, string allowed)
    {
        string method = context.Request.Method;
        if (allowed == Post ? HttpMethods.IsPost(method) : HttpMethods.IsGet(method) || HttpMethods.IsHead(method))
            return;
        context.Response.Headers.Allow = allowed;
        throw Known.Contains(method)
            ? new BadHttpRequestException(
                $"{method} is not allowed here; use {allowed.Replace(", ", " or ", StringComparison.Ordinal)}",
                StatusCodes.Status405MethodNotAllowed
            )
            : new BadHttpRequestException(
                $"this server has no method of that name; use "
                    + $"{allowed.Replace(", ", " or ", StringComparison.Ordinal)}",
                StatusCodes.Status501NotImplemented
            );
    }
}
