using Firn.Server.Settings;
using Microsoft.Extensions.Logging;

namespace Firn.Server.Operations;

/// <summary>Where log lines go and how they look: standard error, one line each, text or JSON.</summary>
internal static class ServerLogging
{
    private const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";

    public static void Configure(ILoggingBuilder logging, ServerSettings settings)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(settings.LogLevel);
        logging.AddFilter("Microsoft", AtLeast(settings.LogLevel, LogLevel.Warning));
        // A refused connection or a malformed request is the client's affair and has been answered; failures of the
        // server's own are logged by itself.
        logging.AddFilter("Grpc", LogLevel.Critical);
        // What the host fails at when it starts leaves as an exception, and becomes one line.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", AtLeast(settings.LogLevel, LogLevel.Error));
        if (settings.LogJson)
            logging.AddJsonConsole(o => (o.TimestampFormat, o.UseUtcTimestamp) = (TimeFormat, true));
        else
            logging.AddSimpleConsole(o =>
                (o.SingleLine, o.TimestampFormat, o.UseUtcTimestamp) = (true, TimeFormat + " ", true)
            );
        logging.AddConsole(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    private static LogLevel AtLeast(LogLevel one, LogLevel other) => one > other ? one : other;
}
