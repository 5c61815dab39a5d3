using Firn.Server.Settings;

namespace Firn.Server.Models;

/// <summary>One model to serve: where its versions lie, which of them are wanted, and names for some.</summary>
/// <param name="Name">The name in URLs and requests.</param>
/// <param name="Path">The folder that holds the versions.</param>
/// <param name="Policy">Which versions are served.</param>
/// <param name="Labels">Names for versions; a labeled version is served whatever the policy.</param>
public sealed record ModelConfiguration(
    string Name,
    string Path,
    VersionPolicy Policy,
    IReadOnlyDictionary<string, long> Labels
);
