using Grpc.Core;

namespace Firn.Server.Telemetry;

/// <summary>
/// What became of a request, for metrics and the log. Names the client made up never get in, so metrics stay bounded.
/// </summary>
internal sealed class Outcome
{
    public string Model { get; set; } = "";

    public string Method { get; set; } = "unknown";

    public long Version { get; private set; }

    /// <summary>Notes the version that answers.</summary>
    public void Use(long version, ModelStatistics statistics)
    {
        Version = version;
        Statistics = statistics;
    }

    public int Texts { get; set; }

    /// <summary>The statistics of the version that answers; null before one is held.</summary>
    public ModelStatistics? Statistics { get; private set; }

    public StatusCode Code { get; set; } = StatusCode.OK;
}
