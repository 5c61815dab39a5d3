using System.Diagnostics;

namespace Firn.Server.Telemetry;

/// <summary>
/// The server's source of spans; OpenTelemetry and any other listener can subscribe to it by its name.
/// </summary>
internal static class Tracing
{
    public const string SourceName = "Firn.Server";

    public static ActivitySource Source { get; } = new(SourceName);
}
