using Firn.Server.Http;
using Firn.Server.Models;
using Firn.Server.Operations;
using Firn.Server.Rest;
using Firn.Server.Rpc;
using Firn.Server.Settings;
using Firn.Server.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Firn.Server;

/// <summary>
/// Which path leads where. The models' paths skip routing: they are most of the traffic and have a form of their own.
/// </summary>
internal static class Endpoints
{
    public const string ModelsPrefix = "/v1/models";

    public static void Map(WebApplication app)
    {
        var state = app.Services.GetRequiredService<ServerState>();
        var settings = app.Services.GetRequiredService<ServerSettings>();
        var rest = app.Services.GetRequiredService<RestHandler>();
        var open = app.Services.GetRequiredService<OpenInferenceHandler>();
        var guard = app.Services.GetRequiredService<RequestGuard>();
        app.Use((context, next) => guard.PassAsync(context, next.Invoke));
        AccessGate.Use(app);
        app.Use(
            (context, next) =>
            {
                string path = context.Request.Path.Value ?? "";
                if (
                    path.StartsWith(ModelsPrefix, StringComparison.Ordinal)
                    && (path.Length == ModelsPrefix.Length || path[ModelsPrefix.Length] == '/')
                )
                    return rest.HandleAsync(
                        context,
                        path.Length == ModelsPrefix.Length ? "" : path[(ModelsPrefix.Length + 1)..]
                    );
                if (path == "/v2" || path.StartsWith("/v2/", StringComparison.Ordinal))
                    return open.HandleAsync(context, path["/v2".Length..]);
                return Refusals.IsGrpc(context.Request)
                    ? UnreadableMessages.ReportAsync(context, next.Invoke)
                    : next(context);
            }
        );
        app.UseRouting();
        MapPages(app, state);
        app.MapGrpcService<PredictionEndpoint>();
        app.MapGrpcService<ModelEndpoint>();
        app.MapGrpcService<OpenInferenceEndpoint>();
        app.MapGrpcHealthChecksService();
        app.MapGrpcReflectionService();
        app.MapFallback(
            "{*path}",
            context =>
                Answers
                    .SendErrorAsync(
                        context,
                        StatusCodes.Status404NotFound,
                        "there is nothing here; see /openapi.json for what there is"
                    )
                    .AsTask()
        );
    }

    private static void MapPages(WebApplication app, ServerState state)
    {
        bool keys = app.Services.GetRequiredService<ServerSettings>().ApiKeys is not null;
        var catalog = app.Services.GetRequiredService<ModelCatalog>();
        var metrics = new MetricsPage(app, app.Services.GetRequiredService<ServerMeters>());
        Page(app, "/", context => PlaygroundPage.Answer(context, catalog, keys).ExecuteAsync(context));
        Page(app, "/healthz", context => Results.Text("ok\n").ExecuteAsync(context));
        Page(
            app,
            "/readyz",
            context =>
            {
                bool ready = state.Ready;
                int status = ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
                return Results.Text(ready ? "ready\n" : "not ready\n", statusCode: status).ExecuteAsync(context);
            }
        );
        Page(
            app,
            "/openapi.json",
            context => Results.Stream(OpenApiDocument.Open(), "application/json").ExecuteAsync(context)
        );
        Page(app, "/metrics", metrics.AnswerAsync);
        Page(app, "/monitoring/prometheus/metrics", metrics.AnswerAsync);
    }

    /// <summary>Something to read; other methods get the same answers as everywhere.</summary>
    private static void Page(WebApplication app, string path, Func<HttpContext, Task> answer)
    {
        var log = app.Services.GetRequiredService<RequestLog>();
        app.Map(
            path,
            context =>
                RestErrors
                    .GuardAsync(
                        context,
                        log,
                        () =>
                        {
                            Verbs.Require(context, Verbs.Read);
                            return new ValueTask(answer(context));
                        },
                        new Outcome { Method = path }
                    )
                    .AsTask()
        );
    }
}
