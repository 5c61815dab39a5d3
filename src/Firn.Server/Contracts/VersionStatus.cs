using Grpc.Core;

namespace Firn.Server.Contracts;

/// <summary>
/// Where a version stands; the numbers are those of TensorFlow Serving's <c>ModelVersionStatus.State</c>.
/// </summary>
internal enum VersionState
{
    /// <summary>Seen, not yet begun to load.</summary>
    Start = 10,

    /// <summary>Being loaded, self-tested and warmed.</summary>
    Loading = 20,

    /// <summary>Serves requests.</summary>
    Available = 30,

    /// <summary>Takes no new request and finishes those it has.</summary>
    Unloading = 40,

    /// <summary>Unloaded, or failed to load; the status says which.</summary>
    End = 50,
}

/// <summary>State of one version, with what went wrong if anything did.</summary>
internal sealed record VersionStatus(
    long Version,
    VersionState State,
    StatusCode Code = StatusCode.OK,
    string Message = ""
);
