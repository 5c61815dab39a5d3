using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Firn.Server.Operations;

/// <summary>
/// Health for gRPC's health service: serving while a model has a version that serves, or every one where readiness is
/// strict.
/// </summary>
internal sealed class ReadyCheck(ServerState state) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    ) =>
        Task.FromResult(
            state.Ready
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("no version serves, or the server stops")
        );
}
