using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Firn.Server.Models;

/// <summary>
/// Looks at the model folders at a steady pace while the server runs; never, where the interval is zero.
/// </summary>
internal sealed partial class CatalogPolling(
    ModelCatalog catalog,
    CatalogSettings settings,
    ILogger<CatalogPolling> logger
) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.PollInterval == TimeSpan.Zero)
            return;
        using var timer = new PeriodicTimer(settings.PollInterval);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
                    return;
                await catalog.ReconcileAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                // Nothing that a folder holds may end the watch over all the others.
                Failed(error.Message);
            }
        }
    }

    [LoggerMessage(10, LogLevel.Error, "the model folders could not be looked at: {Reason}")]
    private partial void Failed(string reason);
}
