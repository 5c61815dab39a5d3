using Firn.Server.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Firn.Server.Operations;

/// <summary>
/// OpenTelemetry: the metrics for the page that Prometheus reads, and, where the standard variable names a collector,
/// metrics and traces by OTLP. Its variables (<c>OTEL_SERVICE_NAME</c>, <c>OTEL_RESOURCE_ATTRIBUTES</c>) are obeyed.
/// </summary>
internal static class OpenTelemetrySetup
{
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    // A thousand models with ten kinds of requests; room is taken as it is used.
    private const int SeriesPerMetric = 10_000;

    public static void Add(IServiceCollection services)
    {
        bool sends = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(EndpointVariable));
        OpenTelemetry.OpenTelemetryBuilder telemetry = services
            .AddOpenTelemetry()
            // What the environment says comes last, and so counts.
            .ConfigureResource(r =>
                r.AddService("firn", serviceVersion: Bundle.FirnVersion).AddEnvironmentVariableDetector()
            )
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(ServerMeters.MeterName, "System.Runtime").AddProcessInstrumentation();
                metrics.AddPrometheusExporter(o =>
                    (o.ScopeInfoEnabled, o.ScrapeResponseCacheDurationMilliseconds) = (false, 0)
                );
                if (sends && Exports("METRICS"))
                    metrics.AddOtlpExporter();
            });
        services.ConfigureOpenTelemetryMeterProvider(
            (provider, metrics) =>
            {
                var own = provider.GetRequiredService<ServerMeters>().Meter;
                // Another server of this process has a meter of the same name.
                metrics.AddView(i =>
                    i.Meter.Name != ServerMeters.MeterName ? null
                    : i.Meter == own ? new MetricStreamConfiguration { CardinalityLimit = SeriesPerMetric }
                    : MetricStreamConfiguration.Drop
                );
            }
        );
        if (sends && Exports("TRACES"))
            telemetry.WithTracing(t =>
                t.AddSource(Tracing.SourceName).AddAspNetCoreInstrumentation().AddOtlpExporter()
            );
    }

    private static bool Exports(string signal) =>
        Environment.GetEnvironmentVariable($"OTEL_{signal}_EXPORTER") != "none";
}
