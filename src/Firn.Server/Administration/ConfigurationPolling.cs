using Firn.Server.Settings;
using Microsoft.Extensions.Hosting;

namespace Firn.Server.Administration;

/// <summary>Looks at the model configuration file at a steady pace, where that was asked for.</summary>
internal sealed class ConfigurationPolling(ModelAdministration administration, ServerSettings settings)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.ModelConfigFile is null || settings.ModelConfigPollInterval <= TimeSpan.Zero)
            return;
        using var timer = new PeriodicTimer(settings.ModelConfigPollInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
                await administration.LookAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }
}
