namespace Firn.Server.Rest;

/// <summary>The description of the REST interface that the server hands out.</summary>
internal static class OpenApiDocument
{
    public static Stream Open() =>
        typeof(OpenApiDocument).Assembly.GetManifestResourceStream("openapi.json")
        ?? throw new InvalidOperationException("The OpenAPI document is missing from the assembly.");
}
