using Firn.Server.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Firn.Server.Operations;

/// <summary>Looks every second at the files that the server reads again: keys and certificates.</summary>
internal sealed class FileWatch(ServerFiles files, ServerSettings settings, ILogger<FileWatch> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (files.Keys is { } keys)
            keys.Log = logger;
        if (files.Certificate is { } certificate)
            certificate.Log = logger;
        using var timer = new PeriodicTimer(settings.FileInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                foreach (IWatchedFile? file in new IWatchedFile?[] { files.Keys, files.Certificate })
                    file?.Look();
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }
}

/// <summary>The files that are read again when they change; null where the server has none.</summary>
/// <param name="Keys">API keys.</param>
/// <param name="Certificate">The certificate of TLS, where Kestrel's configuration names its file.</param>
internal sealed record ServerFiles(
    WatchedFile<ApiKeys>? Keys,
    WatchedFile<System.Net.Security.SslStreamCertificateContext>? Certificate
);
