using Microsoft.Extensions.Hosting;

namespace Firn.Server.Operations;

/// <summary>
/// The first act of a stop: readiness turns false and answers ask clients to close their connections, while connections
/// are still taken for a moment. So balancers and clients move away before the door shuts, and nothing that was accepted is lost.
/// </summary>
internal sealed class Draining(ServerState state, ServerSettings settings) : IHostedLifecycleService
{
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        state.Stop();
        return Task.Delay(settings.DrainDelay, cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
