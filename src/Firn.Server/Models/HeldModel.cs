using Firn.Bundles;

namespace Firn.Server.Models;

/// <summary>What the catalog holds of a model beside its public picture.</summary>
internal sealed class HeldModel(ServedModel model, TimeSpan interval)
{
    public ServedModel Model { get; } = model;

    public Dictionary<long, ModelVersion> Loaded { get; } = [];

    /// <summary>Versions that failed to load.</summary>
    public Dictionary<long, FailedLoad> Broken { get; } = [];

    public Dictionary<long, Absence> Absences { get; } = [];

    public Absence Missing { get; } = new(interval);
}
