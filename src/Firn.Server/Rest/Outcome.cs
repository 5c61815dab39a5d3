using Grpc.Core;

namespace Firn.Server.Rest;

/// <summary>What became of a request, for metrics and the log. Names the client made up never get in, so metrics stay bounded.</summary>
internal sealed class Outcome
{
    public string Model { get; set; } = "";

    public string Method { get; set; } = "unknown";

    public long Version { get; set; }

    public int Texts { get; set; }

    public StatusCode Code { get; set; } = StatusCode.OK;
}
