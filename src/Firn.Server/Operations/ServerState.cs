using Firn.Server.Models;

namespace Firn.Server.Operations;

/// <summary>Whether the server wants requests: not before its models are loaded, not once it is asked to stop.</summary>
internal sealed class ServerState(ModelCatalog catalog)
{
    private volatile bool stopping;

    /// <summary>True once a stop was asked for; answers then tell clients to close their connections.</summary>
    public bool Stopping => stopping;

    /// <summary>True when the catalog is ready (one model serves, or all where readiness is strict) and no stop was asked for.</summary>
    public bool Ready => !stopping && catalog.Ready;

    public void Stop() => stopping = true;
}
