using System.Text.Json.Nodes;
using Firn.Server.Models;
using Microsoft.AspNetCore.Http;

namespace Firn.Server.Rest;

/// <summary>
/// The page at <c>/</c> to try a model in a browser: one document that loads nothing and talks to this server alone. It
/// asks for a text's classes as any client does; where keys are in use it does not tell the models' names.
/// </summary>
internal static class PlaygroundPage
{
    private const string Start = "/*FACTS*/";
    private const string End = "/*END*/";

    private static readonly Lazy<(string Before, string After)> Document = new(Read);

    public static IResult Answer(HttpContext context, ModelCatalog catalog, bool keys)
    {
        context.Response.Headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; base-uri "
            + "'none'; form-action 'none'; frame-ancestors 'none'";
        context.Response.Headers.CacheControl = "no-cache";
        string[] models = keys ? [] : [.. catalog.Models.Keys.Order(StringComparer.Ordinal)];
        // The serializer's own escapes (<, >, &) keep any name inside the script.
        string facts = new JsonObject
        {
            ["models"] = new JsonArray([.. models.Select(name => (JsonNode)name)]),
            ["keys"] = keys,
        }.ToJsonString();
        return Results.Content(Document.Value.Before + facts + Document.Value.After, "text/html; charset=utf-8");
    }

    private static (string Before, string After) Read()
    {
        using Stream stream =
            typeof(PlaygroundPage).Assembly.GetManifestResourceStream("playground.html")
            ?? throw new InvalidOperationException("The page is missing from the assembly.");
        using var reader = new StreamReader(stream);
        string page = reader.ReadToEnd();
        return (
            page[..page.IndexOf(Start, StringComparison.Ordinal)],
            page[(page.IndexOf(End, StringComparison.Ordinal) + End.Length)..]
        );
    }
}
