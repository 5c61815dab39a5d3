using Firn.Server.Models;
using Firn.Server.Operations;
using Firn.Server.Rest;
using Firn.Server.Rpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Prometheus;

namespace Firn.Server;

/// <summary>Which path leads where. The models' paths skip routing: they are most of the traffic and have a form of their own.</summary>
internal static class Endpoints
{
    public const string ModelsPrefix = "/v1/models/";

    public static void Map(WebApplication app)
    {
        var state = app.Services.GetRequiredService<ServerState>();
        var gate = app.Services.GetRequiredService<AccessGate>();
        var rest = app.Services.GetRequiredService<RestHandler>();
        var open = app.Services.GetRequiredService<OpenInferenceHandler>();
        app.Use((context, next) =>
        {
            if (state.Stopping)
                EndConnection(context);
            return next(context);
        });
        if (gate.InUse)
            app.Use((context, next) => gate.PassAsync(context, next.Invoke));
        app.Use((context, next) =>
        {
            string path = context.Request.Path.Value ?? "";
            if (path.StartsWith(ModelsPrefix, StringComparison.Ordinal))
                return rest.HandleAsync(context, path[ModelsPrefix.Length..]);
            if (path == "/v2" || path.StartsWith("/v2/", StringComparison.Ordinal))
                return open.HandleAsync(context, path["/v2".Length..]);
            return context.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) ?? false
                ? UnreadableMessages.ReportAsync(context, next.Invoke)
                : next(context);
        });
        app.UseRouting();
        bool keys = app.Services.GetRequiredService<ServerSettings>().ApiKeys is not null;
        var catalog = app.Services.GetRequiredService<ModelCatalog>();
        app.MapGet("/", (HttpContext context) => PlaygroundPage.Answer(context, catalog, keys));
        app.MapGet("/healthz", () => "ok\n");
        app.MapGet("/readyz", (HttpContext context) =>
        {
            context.Response.StatusCode = state.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            return state.Ready ? "ready\n" : "not ready\n";
        });
        app.MapGet("/openapi.json", () => Results.Stream(OpenApiDocument.Open(), "application/json"));
        app.MapMetrics("/monitoring/prometheus/metrics", app.Services.GetRequiredService<ServerMeters>().Registry);
        app.MapGrpcService<PredictionEndpoint>();
        app.MapGrpcService<ModelEndpoint>();
        app.MapGrpcService<OpenInferenceEndpoint>();
        app.MapGrpcHealthChecksService();
        app.MapGrpcReflectionService();
        app.MapFallback(context => Answers.SendErrorAsync(context, StatusCodes.Status404NotFound,
            "there is nothing here; see /openapi.json for what there is").AsTask());
    }

    /// <summary>Tells the client, with this answer, to send the next request elsewhere.</summary>
    private static void EndConnection(HttpContext context)
    {
        if (HttpProtocol.IsHttp11(context.Request.Protocol))
            context.Response.Headers.Connection = "close";
        else
            context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose(); // GOAWAY; open calls finish
    }
}
