using System.Collections.Concurrent;
using System.Collections.Frozen;
using Firn.Bundles;
using Firn.Server.Contracts;
using Firn.Server.Telemetry;
using Microsoft.Extensions.Logging;

namespace Firn.Server.Models;

/// <summary>
/// All models that are served, kept in step with what lies on disk. <see cref="ReconcileAsync(CancellationToken)"/>
/// compares the two and loads, swaps and retires versions, one change at a time; requests only ever read finished
/// pictures.
/// </summary>
internal sealed partial class ModelCatalog : IAsyncDisposable
{
    // The name under which problems of the root folder itself stand.
    private const string Root = "*";

    private readonly CatalogSettings _settings;
    private readonly ServerMeters _meters;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<string, HeldModel> _held = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Task, byte> _draining = new();
    private readonly FolderProblems _problems;
    private readonly VersionLoader _loader;
    private volatile IReadOnlyList<ModelConfiguration>? _configured;
    private volatile FrozenDictionary<string, ServedModel> _models = FrozenDictionary<string, ServedModel>.Empty;

    public ModelCatalog(CatalogSettings settings, ServerMeters meters, ILogger<ModelCatalog> logger)
    {
        _settings = settings;
        _meters = meters;
        _logger = logger;
        _configured = settings.Configured;
        _problems = new FolderProblems(meters, logger);
        _loader = new VersionLoader(settings, meters, logger);
    }

    public FrozenDictionary<string, ServedModel> Models => _models;

    /// <summary>The models that are served by name; null where whatever lies in the root folder is.</summary>
    public IReadOnlyList<ModelConfiguration>? Configured => _configured;

    /// <summary>True when a model has a version that serves; where readiness is strict, when every model has.</summary>
    public bool Ready =>
        _models.Count > 0
        && (
            _settings.StrictReadiness
                ? _models.Values.All(m => m.Available.Length > 0)
                : _models.Values.Any(m => m.Available.Length > 0)
        );

    /// <summary>The model of that name.</summary>
    /// <exception cref="ServingException">There is none.</exception>
    public ServedModel Find(string name) =>
        _models.TryGetValue(name, out ServedModel? model)
            ? model
            : throw ServingException.NotFound(
                $"Servable not found for request: Latest({name}); this server has {Listed()}{Known(name)}"
            );

    /// <summary>Takes hold of a version of a model for one request.</summary>
    /// <exception cref="ServingException">There is no such model or version.</exception>
    public Lease Hold(string name, VersionChoice choice) => Find(name).Hold(choice);

    /// <summary>
    /// Serves these models from now on, and no others; null goes back to what lies in the root folder.
    /// </summary>
    public async Task ReconfigureAsync(IReadOnlyList<ModelConfiguration>? wanted, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            _configured = wanted;
        }
        finally
        {
            _turn.Release();
        }
        await ReconcileAsync(retry: true, cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Ends the service of a model at once; whoever calls sees to it that the next look does not bring it back.
    /// </summary>
    public async Task RemoveAsync(string name, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_held.ContainsKey(name))
                Remove(name);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Brings what is served in step with the disk, once.</summary>
    public Task ReconcileAsync(CancellationToken cancellation) => ReconcileAsync(retry: false, cancellation);

    private async Task ReconcileAsync(bool retry, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var unreadable = new SortedDictionary<string, string>(StringComparer.Ordinal);
            IReadOnlyList<ModelConfiguration>? wanted = _configured ?? Look(unreadable);
            if (wanted is null)
                return;
            foreach (ModelConfiguration model in wanted)
            {
                if (!_held.TryGetValue(model.Name, out HeldModel? now))
                {
                    _held[model.Name] = now = new HeldModel(
                        new ServedModel(model.Name, _meters),
                        _settings.PollInterval
                    );
                    ShowModels();
                }
                now.Missing.Seen();
                await ReconcileGuardedAsync(model, now, retry, cancellation).ConfigureAwait(false);
            }
            foreach (string name in _held.Keys.Except(wanted.Select(w => w.Name)).Except(unreadable.Keys).ToArray())
                Forget(name);
            _problems.KeepOnly(name => name == Root || _held.ContainsKey(name) || unreadable.ContainsKey(name));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>
    /// The models that lie in the root folder; null when it cannot be read, which says nothing of them.
    /// </summary>
    private IReadOnlyList<ModelConfiguration>? Look(SortedDictionary<string, string> unreadable)
    {
        try
        {
            FoundModels found = ModelFolder.Models(_settings.Root);
            _problems.Set(Root, FolderProblems.Folder, null);
            foreach ((string name, string reason) in found.Unreadable)
            {
                unreadable[name] = reason;
                if (_held.TryGetValue(name, out HeldModel? now))
                    now.Missing.Seen();
                Report(name, FolderProblems.Folder, reason);
            }
            return _settings.Wanted(found);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _problems.Set(Root, FolderProblems.Folder, error.Message);
            return null;
        }
    }

    /// <summary>One model; whatever goes wrong with it is its own affair.</summary>
    private async Task ReconcileGuardedAsync(
        ModelConfiguration wanted,
        HeldModel now,
        bool retry,
        CancellationToken cancellation
    )
    {
        try
        {
            await ReconcileAsync(wanted, now, retry, cancellation).ConfigureAwait(false);
            Report(wanted.Name, FolderProblems.Folder, null);
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested)
        {
            Report(wanted.Name, FolderProblems.Folder, error.Message);
        }
    }

    private void Report(string name, string kind, string? problem)
    {
        _problems.Set(name, kind, problem);
        if (_held.TryGetValue(name, out HeldModel? now))
            now.Model.Complaint = _problems.Of(name);
    }

    /// <summary>
    /// Settles, in the background, what was loaded so far; from now on a version is settled before it serves. At its
    /// start a server has nothing else to answer with, so it does not wait for that; later, the version before serves
    /// on.
    /// </summary>
    public async Task SettleAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            _loader.SettlesFirst = true;
            if (_held.Count == 0)
                NoModel(_settings.Root, _settings.PollInterval.TotalSeconds);
            foreach (ModelVersion version in _held.Values.SelectMany(h => h.Loaded.Values))
                _ = Task.Factory.StartNew(
                    () => _loader.WarmUp(version),
                    CancellationToken.None,
                    TaskCreationOptions.LongRunning,
                    TaskScheduler.Default
                );
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Retires every version and waits until the requests that use them are done.</summary>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            foreach (string name in _held.Keys.ToArray())
                Remove(name);
        }
        finally
        {
            _turn.Release();
        }
        try
        {
            await Task.WhenAll(_draining.Keys).WaitAsync(_settings.CloseTimeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Requests still hold a version after all their time; the process ends, and frees it, without them.
        }
        _turn.Dispose();
    }

    private async Task ReconcileAsync(
        ModelConfiguration wanted,
        HeldModel now,
        bool retry,
        CancellationToken cancellation
    )
    {
        SortedDictionary<long, string> found = BundleFolder.Versions(wanted.Path);
        IReadOnlyDictionary<string, long> labels = Labels(wanted, now);
        var prints = found.ToDictionary(f => f.Key, f => BundleFolder.Fingerprint(f.Value));
        var broken = now
            .Broken.Where(b => found.ContainsKey(b.Key) && !retry && !b.Value.IsDue(prints[b.Key]))
            .Select(b => b.Key)
            .ToHashSet();

        bool again = true;
        IReadOnlyList<long> chosen = [];
        while (again)
        {
            again = false;
            chosen = VersionSelection.Choose(found.Keys, wanted.Policy, labels.Values, broken.Contains);
            foreach (long number in chosen)
            {
                // A print that is empty belongs to a folder that has gone since it was found.
                if (
                    broken.Contains(number)
                    || prints[number].Length == 0
                    || (
                        now.Loaded.TryGetValue(number, out ModelVersion? loaded) && loaded.Fingerprint == prints[number]
                    )
                )
                {
                    continue;
                }
                ModelVersion? fresh = await _loader
                    .LoadAsync(now.Model, number, found[number], prints[number], cancellation)
                    .ConfigureAwait(false);
                if (fresh is null)
                {
                    now.Broken[number] = new FailedLoad(
                        prints[number],
                        now.Broken.GetValueOrDefault(number),
                        _settings.PollInterval
                    );
                    broken.Add(number);
                    again = true;
                    continue;
                }
                now.Broken.Remove(number);
                now.Loaded.Remove(number, out ModelVersion? replaced);
                now.Loaded[number] = fresh;
                now.Model.Publish(now.Loaded.Values, labels);
                now.Model.SetStatus(new VersionStatus(number, VersionState.Available));
                Serving(wanted.Name, number);
                if (replaced is not null)
                    Drain(now.Model, replaced, reportEnd: false);
            }
        }
        now.Model.Publish(now.Loaded.Values, labels);
        Retire(now, found, chosen, labels);
        foreach (long number in now.Broken.Keys.Except(found.Keys).ToArray())
        {
            now.Broken.Remove(number);
            if (!now.Loaded.ContainsKey(number))
                now.Model.Forget(number);
        }
        string? failed =
            now.Broken.Count == 0 ? null : $"version {string.Join(", ", now.Broken.Keys.Order())} does not load";
        Report(wanted.Name, FolderProblems.Load, failed);
    }

    /// <summary>
    /// Lets go of versions whose folder is gone, or that the policy no longer asks for once something else serves.
    /// </summary>
    private void Retire(
        HeldModel now,
        SortedDictionary<long, string> found,
        IReadOnlyList<long> chosen,
        IReadOnlyDictionary<string, long> labels
    )
    {
        bool replacement = chosen.Any(now.Loaded.ContainsKey);
        foreach (ModelVersion version in now.Loaded.Values.ToArray())
        {
            bool gone = !found.ContainsKey(version.Number);
            if (!now.Absences.TryGetValue(version.Number, out Absence? absence))
                now.Absences[version.Number] = absence = new Absence(_settings.PollInterval);
            if (!gone)
                absence.Seen();
            // A folder that is being replaced is away for a moment.
            if (gone ? !absence.Missed() : chosen.Contains(version.Number) || !replacement)
                continue;
            now.Loaded.Remove(version.Number);
            now.Absences.Remove(version.Number);
            now.Model.SetStatus(new VersionStatus(version.Number, VersionState.Unloading));
            now.Model.Publish(now.Loaded.Values, labels);
            Drain(now.Model, version, reportEnd: true);
        }
    }

    private IReadOnlyDictionary<string, long> Labels(ModelConfiguration wanted, HeldModel now)
    {
        try
        {
            var labels = new Dictionary<string, long>(ModelFolder.Labels(wanted.Path), StringComparer.Ordinal);
            foreach ((string label, long version) in wanted.Labels)
                labels[label] = version;
            Report(wanted.Name, FolderProblems.Labels, null);
            return labels;
        }
        catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Report(wanted.Name, FolderProblems.Labels, $"labels unchanged: {error.Message}");
            return now.Model.Labels;
        }
    }

    private void Forget(string name)
    {
        // As with versions, a folder that is being replaced is away for a moment.
        if (_configured is null && !_held[name].Missing.Missed())
            return;
        Remove(name);
    }

    private void Remove(string name)
    {
        HeldModel gone = _held[name];
        _held.Remove(name);
        ShowModels();
        gone.Model.Publish([], FrozenDictionary<string, long>.Empty);
        foreach (ModelVersion version in gone.Loaded.Values)
            Drain(gone.Model, version, reportEnd: true);
        // Versions that never loaded have no drain at whose end their metrics would go.
        foreach (long number in gone.Broken.Keys.Except(gone.Loaded.Keys))
            gone.Model.Forget(number);
    }

    private void Drain(ServedModel model, ModelVersion version, bool reportEnd)
    {
        version.Retire();
        Task watch = WatchAsync();
        _draining.TryAdd(watch, 0);
        _ = watch.ContinueWith(t => _draining.TryRemove(t, out _), TaskScheduler.Default);

        async Task WatchAsync()
        {
            await version.Drained.ConfigureAwait(false);
            if (reportEnd)
            {
                model.End(version.Number);
                if (
                    !_models.TryGetValue(model.Name, out ServedModel? now)
                    || !now.Available.Any(v => v.Number == version.Number)
                )
                    _meters.Forget(model.Name, version.Number);
            }
            Unloaded(model.Name, version.Number);
        }
    }

    private void ShowModels() =>
        _models = _held.ToFrozenDictionary(h => h.Key, h => h.Value.Model, StringComparer.Ordinal);

    private string Listed() =>
        _models.Count == 0 ? "no model" : string.Join(", ", _models.Keys.Order(StringComparer.Ordinal));

    private string Known(string name) => _problems.Of(name) is { Length: > 0 } problem ? $"; {name}: {problem}" : "";
}
