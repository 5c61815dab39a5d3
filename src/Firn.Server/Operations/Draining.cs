using System.Diagnostics;
using Microsoft.Extensions.Hosting;

namespace Firn.Server.Operations;

/// <summary>
/// The first acts of a stop, before Kestrel's own. Readiness turns false, and every answer ends its connection
/// (<c>Connection: close</c>, GOAWAY) while new ones are still taken, so balancers and clients move away; then no
/// connection is made any more, and those that are made get their answer; then Kestrel closes what stays silent.
/// </summary>
internal sealed class Draining(ServerState state, Doors doors, ServerSettings settings) : IHostedLifecycleService
{
    /// <summary>How long a connection may stay silent, after the last could be made, before it is closed.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(250);

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        state.Stop();
        await Task.Delay(settings.DrainDelay, cancellationToken).ConfigureAwait(false);
        if (settings.DrainDelay == TimeSpan.Zero || !doors.Shut())
            return;
        long shut = Stopwatch.GetTimestamp();
        do
        {
            // Once at least: what stands in the system's queue is not among the connections yet.
            await Task.Delay(Silence / 10, cancellationToken).ConfigureAwait(false);
        }
        while (doors.Connections > 0 && Stopwatch.GetElapsedTime(shut) < Silence);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
