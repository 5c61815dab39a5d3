using Firn.Server.Models;

namespace Firn.Server.Operations;

/// <summary>
/// Whether the server wants requests: not before its models are loaded, not once it is asked to stop.
/// </summary>
internal sealed class ServerState(ModelCatalog catalog)
{
    private volatile bool _stopping;

    /// <summary>True once a stop was asked for; answers then tell clients to close their connections.</summary>
    public bool Stopping => _stopping;

    /// <summary>
    /// True when the catalog is ready (one model serves, or all where readiness is strict) and no stop was asked for.
    /// </summary>
    public bool Ready => !_stopping && catalog.Ready;

    public void Stop() => _stopping = true;
}
