using Firn.Server.Administration;
using Firn.Server.Batching;
using Firn.Server.Models;
using Firn.Server.Operations;
using Firn.Server.Rest;
using Firn.Server.Rpc;
using Firn.Server.Settings;
using Firn.Server.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Firn.Server;

/// <summary>
/// The model server: REST and gRPC over Kestrel, in front of a folder of bundles. Starts with its models loaded; a stop
/// finishes what was accepted.
/// </summary>
public sealed class FirnServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly EarlyLoading _headStart;

    private FirnServer(WebApplication app, EarlyLoading earlyLoading)
    {
        _app = app;
        _headStart = earlyLoading;
    }

    /// <summary>The port of REST, also where 0 asked for a free one.</summary>
    public int RestPort { get; private set; }

    /// <summary>The port of gRPC, also where 0 asked for a free one.</summary>
    public int GrpcPort { get; private set; }

    internal ModelCatalog Catalog => _app.Services.GetRequiredService<ModelCatalog>();

    internal BodyBudget Budget => _app.Services.GetRequiredService<BodyBudget>();

    internal ServerState State => _app.Services.GetRequiredService<ServerState>();

    /// <summary>Builds a server, not yet started.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder of models.</exception>
    /// <exception cref="FileNotFoundException">There is no such file of settings, of models or of API keys.</exception>
    /// <exception cref="InvalidDataException">
    /// The file of models, of API keys or of the certificate cannot be used.
    /// </exception>
    public static FirnServer Create(ServerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return Create(settings, BundleScorer.Load);
    }

    internal static FirnServer Create(ServerSettings settings, Func<string, IScorer> load)
    {
        settings.Batching.Validate();
        if (!Directory.Exists(settings.Models))
            throw new DirectoryNotFoundException(
                $"{settings.Models}: there is no such folder; name a folder of models (NAME/VERSION/ bundles) or a "
                    + $"bundle"
            );
        var catalog = new CatalogSettings
        {
            Root = settings.Models,
            Policy = settings.Policy,
            Labels = settings.Labels,
            Batching = settings.Batching,
            PollInterval = settings.PollInterval,
            StrictReadiness = settings.StrictReadiness,
            Load = load,
        };
        if (settings.ModelConfigFile is { } models)
        {
            string text = File.ReadAllText(models);
            catalog = catalog with
            {
                ConfigurationText = text,
                Configured = ModelConfigFile.Parse(models, text, settings.Models),
            };
        }
        EarlyLoading earlyLoading = EarlyLoading.Begin(catalog);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory }
        );
        if (settings.SettingsFile is { } file && !File.Exists(file))
            throw new FileNotFoundException($"{file}: there is no such file of settings", file);
        if (settings.SettingsFile is not null)
            builder.Configuration.AddJsonFile(Path.GetFullPath(settings.SettingsFile), optional: false);
        ServerLogging.Configure(builder.Logging, settings);
        var sockets = new ListeningSockets();
        WatchedFile<ApiKeys>? keys = settings.ApiKeys is { } keyFile
            ? new WatchedFile<ApiKeys>([keyFile], contents => ApiKeys.Parse(keyFile, contents[0]))
            : null;
        var files = new ServerFiles(keys, settings.Tls ? ServerCertificate.Watch(builder.Configuration) : null);
        var meters = new ServerMeters();
        KestrelSetup.Configure(builder, settings, sockets, files, new ConnectionLimit(settings.Limits, meters));
        builder.Services.AddSingleton(sockets);
        builder.Services.AddSingleton(files);
        builder.Services.AddSingleton(meters);
        AddServices(builder.Services, settings, catalog with { Load = earlyLoading.Load });
        WebApplication app = builder.Build();
        Endpoints.Map(app);
        return new FirnServer(app, earlyLoading);
    }

    /// <summary>Loads the models, then opens the ports, and then makes large models fast in the background.</summary>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        _app.Services.GetRequiredService<OpenTelemetry.Metrics.MeterProvider>(); // what the loads count must be heard
        await Catalog.ReconcileAsync(cancellation).ConfigureAwait(false);
        _headStart.End();
        await _app.StartAsync(cancellation).ConfigureAwait(false);
        ICollection<string> addresses = _app
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses;
        int[] ports =
        [
            .. addresses.Select(a => new Uri(a.Replace("[::]", "localhost", StringComparison.Ordinal)).Port),
        ];
        // Kestrel reports the ports in the order in which KestrelSetup listens.
        RestPort = ports[0];
        GrpcPort = ports[1];
        await Catalog.SettleAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Waits for the signal to stop (SIGTERM, SIGINT), then for the requests that were accepted.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellation = default) =>
        _app.WaitForShutdownAsync(cancellation);

    /// <summary>Stops: answers what was accepted, then closes.</summary>
    public Task StopAsync(CancellationToken cancellation = default) => _app.StopAsync(cancellation);

    /// <summary>Frees models and ports.</summary>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static void AddServices(IServiceCollection services, ServerSettings settings, CatalogSettings catalog)
    {
        services.AddSingleton(settings);
        services.AddSingleton(catalog);
        services.AddSingleton(new BodyBudget(settings.Limits.BodyMemoryBytes));
        services.AddSingleton<ModelCatalog>();
        services.AddSingleton<ServerState>();
        services.AddSingleton<ModelAdministration>();
        services.AddSingleton<ModelRepository>();
        AccessGate.Add(services, settings);
        services.AddSingleton<RequestGuard>();
        services.AddSingleton<RequestLog>();
        services.AddSingleton<RestHandler>();
        services.AddSingleton<OpenInferenceHandler>();
        services.AddSingleton<GrpcRequests>();
        services.AddSingleton<PredictionEndpoint>();
        services.AddSingleton<ModelEndpoint>();
        services.AddSingleton<OpenInferenceEndpoint>();
        services.AddHostedService<CatalogPolling>();
        services.AddHostedService<ConfigurationPolling>();
        services.AddHostedService<FileWatch>();
        services.AddSingleton<IHostedService, Draining>();
        services.Configure<HostOptions>(o =>
            o.ShutdownTimeout = settings.DrainDelay + settings.Silence + settings.ShutdownTimeout
        );
        services.AddGrpc(o => o.MaxReceiveMessageSize = settings.Limits.MaxBodyBytes);
        services.AddGrpcReflection();
        services.AddGrpcHealthChecks().AddCheck<ReadyCheck>("models");
        OpenTelemetrySetup.Add(services);
    }
}
