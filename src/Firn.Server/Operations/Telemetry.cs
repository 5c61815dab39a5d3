using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Firn.Server.Operations;

/// <summary>OpenTelemetry traces, sent by OTLP where the standard variable names a collector; without it nothing is loaded.</summary>
internal static class Telemetry
{
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static void Add(IServiceCollection services)
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(EndpointVariable)))
            return;
        services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService("firn", serviceVersion: Bundle.FirnVersion))
            .WithTracing(t => t.AddSource("Microsoft.AspNetCore", Tracing.SourceName).AddOtlpExporter());
    }
}
