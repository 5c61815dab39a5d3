using System.Collections.Concurrent;
using Firn.Server.Batching;
using Firn.Server.Settings;

namespace Firn.Server.Models;

/// <summary>Where models come from and how they are loaded.</summary>
internal sealed record CatalogSettings
{
    public required string Root { get; init; }

    public required VersionPolicy Policy { get; init; }

    public required BatchingOptions Batching { get; init; }

    /// <summary>Labels for each model, besides those of a model's own file.</summary>
    public IReadOnlyDictionary<string, long> Labels { get; init; } = new Dictionary<string, long>();

    /// <summary>Loads a version's folder.</summary>
    public required Func<string, IScorer> Load { get; init; }

    /// <summary>Time between two looks at the folders; zero looks at the start and on request only.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait for requests when the catalog closes.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The models to begin with, by the configuration file; null for whatever lies in the root folder.
    /// </summary>
    public IReadOnlyList<ModelConfiguration>? Configured { get; init; }

    /// <summary>The configuration file's text at the start; null without one.</summary>
    public string? ConfigurationText { get; init; }

    /// <summary>Models of the root folder that a request took out of service.</summary>
    public ConcurrentDictionary<string, byte> Unloaded { get; } = new(StringComparer.Ordinal);

    /// <summary>Ready means that every model serves, not that one does.</summary>
    public bool StrictReadiness { get; init; }

    /// <summary>The models that lie in the root folder now.</summary>
    public IReadOnlyList<ModelConfiguration> Discover() => Wanted(ModelFolder.Models(Root));

    /// <summary>The folders found, as models to serve.</summary>
    public IReadOnlyList<ModelConfiguration> Wanted(FoundModels found) =>
        [
            .. found
                .Models.Where(m => !Unloaded.ContainsKey(m.Key))
                .Select(m => new ModelConfiguration(m.Key, m.Value, Policy, Labels)),
        ];
}
