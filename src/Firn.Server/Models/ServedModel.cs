using System.Collections.Frozen;
using System.Collections.Immutable;
using Firn.Server.Contracts;
using Firn.Server.Telemetry;
using Grpc.Core;

namespace Firn.Server.Models;

/// <summary>
/// The versions of one model that serve now. Requests read an immutable snapshot of them; the catalog replaces the
/// snapshot in one step, so a request sees either all of a change or nothing of it.
/// </summary>
internal sealed class ServedModel
{
    private const int StatusesKept = 64;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, VersionStatus> _statuses = [];
    private readonly ServerMeters _meters;
    private volatile Snapshot _picture = new([], FrozenDictionary<string, long>.Empty);

    public ServedModel(string name, ServerMeters meters)
    {
        Name = name;
        _meters = meters;
    }

    public string Name { get; }

    /// <summary>Versions that serve, highest first.</summary>
    public ImmutableArray<ModelVersion> Available => _picture.Versions;

    public FrozenDictionary<string, long> Labels => _picture.Labels;

    /// <summary>What is wrong with the model's folder while its versions serve on; empty when nothing is.</summary>
    public string Complaint { get; set; } = "";

    /// <summary>Takes hold of a version for one request.</summary>
    /// <exception cref="ServingException">No such version serves.</exception>
    public Lease Hold(VersionChoice choice)
    {
        while (true)
        {
            Snapshot now = _picture;
            ModelVersion? version = Find(now, choice);
            if (version is null)
                throw Missing(now, choice);
            if (version.TryHold())
                return new Lease(version);
        }
    }

    /// <summary>Replaces what serves, in one step.</summary>
    public void Publish(IEnumerable<ModelVersion> versions, IReadOnlyDictionary<string, long> labels)
    {
        _picture = new Snapshot(
            [.. versions.OrderByDescending(v => v.Number)],
            labels.ToFrozenDictionary(StringComparer.Ordinal)
        );
    }

    public void SetStatus(VersionStatus status)
    {
        lock (_gate)
        {
            _statuses[status.Version] = status;
            while (
                _statuses.Count > StatusesKept
                && _statuses.Values.FirstOrDefault(s => s.State == VersionState.End) is { } oldest
            )
                _statuses.Remove(oldest.Version);
        }
        _meters.State(Name, status);
    }

    /// <summary>Notes that a version has ended, unless another content of it serves already.</summary>
    public void End(long version)
    {
        lock (_gate)
        {
            if (!_picture.Versions.Any(v => v.Number == version))
                _statuses[version] = new VersionStatus(version, VersionState.End);
        }
    }

    /// <summary>Forgets a version that never served and whose folder is gone.</summary>
    public void Forget(long version)
    {
        lock (_gate)
            _statuses.Remove(version);
        _meters.Forget(Name, version);
    }

    /// <summary>
    /// State of every version known, or of the one chosen, highest first; what serves carries the model's complaint.
    /// </summary>
    /// <exception cref="ServingException">The version was never seen.</exception>
    public IReadOnlyList<VersionStatus> Statuses(VersionChoice choice)
    {
        long? number = choice.Number;
        if (choice.Label is { } label)
            number = _picture.Labels.TryGetValue(label, out long labeled) ? labeled : throw Missing(_picture, choice);
        lock (_gate)
        {
            VersionStatus[] chosen = [.. _statuses.Values.Where(s => number is null || s.Version == number).Reverse()];
            if (chosen.Length == 0 && number is not null)
                throw ServingException.NotFound($"Could not find version {number} of model {Name}");
            string complaint = Complaint;
            if (complaint.Length == 0)
                return chosen;
            return
            [
                .. chosen.Select(s =>
                    s is { State: VersionState.Available, Message: "" } ? s with { Message = complaint } : s
                ),
            ];
        }
    }

    private static ModelVersion? Find(Snapshot now, VersionChoice choice)
    {
        long? number = choice.Number;
        if (choice.Label is { } label)
        {
            if (!now.Labels.TryGetValue(label, out long labeled))
                return null;
            number = labeled;
        }
        if (number is null)
            return now.Versions.Length > 0 ? now.Versions[0] : null;
        foreach (ModelVersion version in now.Versions)
        {
            if (version.Number == number)
                return version;
        }
        return null;
    }

    private ServingException Missing(Snapshot now, VersionChoice choice)
    {
        string available =
            now.Versions.Length == 0
                ? "none is available"
                : $"available: {string.Join(", ", now.Versions.Select(v => v.NumberText))}";
        if (choice.Label is { } label)
        {
            return ServingException.NotFound(
                now.Labels.TryGetValue(label, out long number)
                    ? $"Servable not found for request: label '{label}' of {Name} stands for version {number}, and "
                        + $"{available}"
                    : $"Unrecognized servable version label: {label}; model {Name} has "
                        + $"{(now.Labels.Count == 0 ? "no labels" : string.Join(", ", now.Labels.Keys.Order()))}"
            );
        }
        if (choice.Number is { } wanted)
            return ServingException.NotFound(
                $"Servable not found for request: Specific({Name}, {wanted}); {available}"
            );
        return new ServingException(
            StatusCode.NotFound,
            $"Servable not found for request: Latest({Name}); {available}"
        );
    }

    private sealed record Snapshot(ImmutableArray<ModelVersion> Versions, FrozenDictionary<string, long> Labels);
}
