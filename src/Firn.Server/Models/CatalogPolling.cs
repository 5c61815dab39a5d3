using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Firn.Server.Models;

/// <summary>Looks at the model folders at a steady pace while the server runs.</summary>
internal sealed partial class CatalogPolling(ModelCatalog catalog, CatalogSettings settings, ILogger<CatalogPolling> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(settings.PollInterval);
        while (true)
        {
            try
            {
                if (!await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
                    return;
                await catalog.ReconcileAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception error)
            {
                // A folder that cannot be read now must not end the watch over all the others.
                Failed(error.Message);
            }
        }
    }

    [LoggerMessage(10, LogLevel.Error, "the model folders could not be read: {Reason}")]
    private partial void Failed(string reason);
}
