using System.Diagnostics;
using Firn.Server.Settings;
using Microsoft.Extensions.Hosting;

namespace Firn.Server.Operations;

/// <summary>
/// The first acts of a stop, before Kestrel's own. Readiness turns false, and every answer ends its connection
/// (<c>Connection: close</c>, GOAWAY) while new ones are still taken, so balancers and clients move away; then no
/// connection is made any more, and those that are made get their answer; then Kestrel closes what stays silent.
/// </summary>
internal sealed class Draining(ServerState state, ListeningSockets sockets, ServerSettings settings)
    : IHostedLifecycleService
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(25);

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        state.Stop();
        await Task.Delay(settings.DrainDelay, cancellationToken).ConfigureAwait(false);
        if (settings.DrainDelay == TimeSpan.Zero || !sockets.RefuseNew())
            return;
        long shut = Stopwatch.GetTimestamp();
        // Twice in a row: between being taken and being counted a connection is nowhere.
        for (int quiet = 0; quiet < 2 && Stopwatch.GetElapsedTime(shut) < settings.Silence; )
        {
            await Task.Delay(Poll, cancellationToken).ConfigureAwait(false);
            quiet = sockets.Connections == 0 && !sockets.SomebodyWaits() ? quiet + 1 : 0;
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
