using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics;
using Firn.Server.Batching;
using Firn.Server.Operations;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Firn.Server.Models;

/// <summary>
/// All models that are served, kept in step with what lies on disk. <see cref="ReconcileAsync(CancellationToken)"/> compares the two and
/// loads, swaps and retires versions, one change at a time; requests only ever read finished pictures.
/// </summary>
internal sealed partial class ModelCatalog : IAsyncDisposable
{
    private readonly CatalogSettings settings;
    private readonly ServerMeters meters;
    private readonly ILogger logger;
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly Dictionary<string, Held> held = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Task, byte> draining = new();
    private volatile IReadOnlyList<ModelConfiguration>? configured;
    private bool patient;
    private volatile FrozenDictionary<string, ServedModel> models = FrozenDictionary<string, ServedModel>.Empty;

    public ModelCatalog(CatalogSettings settings, ServerMeters meters, ILogger<ModelCatalog> logger)
    {
        this.settings = settings;
        this.meters = meters;
        this.logger = logger;
        configured = settings.Configured;
    }

    public FrozenDictionary<string, ServedModel> Models => models;

    /// <summary>The models that are served by name; null where whatever lies in the root folder is.</summary>
    public IReadOnlyList<ModelConfiguration>? Configured => configured;

    /// <summary>True when there is a model and every one has a version that serves.</summary>
    public bool Ready => models.Count > 0 && models.Values.All(m => m.Available.Length > 0);

    /// <summary>The model of that name.</summary>
    /// <exception cref="ServingException">There is none.</exception>
    public ServedModel Find(string name) => models.TryGetValue(name, out ServedModel? model) ? model
        : throw ServingException.NotFound($"Servable not found for request: Latest({name}); this server has {Listed()}");

    /// <summary>Takes hold of a version of a model for one request.</summary>
    /// <exception cref="ServingException">There is no such model or version.</exception>
    public Lease Hold(string name, VersionChoice choice) => Find(name).Hold(choice);

    /// <summary>Serves these models from now on, and no others; null goes back to what lies in the root folder.</summary>
    public async Task ReconfigureAsync(IReadOnlyList<ModelConfiguration>? wanted, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            configured = wanted;
        }
        finally
        {
            turn.Release();
        }
        await ReconcileAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Ends the service of a model at once; whoever calls sees to it that the next look does not bring it back.</summary>
    public async Task RemoveAsync(string name, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (held.ContainsKey(name))
                Remove(name);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Brings what is served in step with the disk, once.</summary>
    public async Task ReconcileAsync(CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            IReadOnlyList<ModelConfiguration> wanted = configured ?? settings.Discover();
            foreach (ModelConfiguration model in wanted)
            {
                if (!held.TryGetValue(model.Name, out Held? now))
                {
                    held[model.Name] = now = new Held(new ServedModel(model.Name, meters));
                    ShowModels();
                }
                await ReconcileAsync(model, now, cancellation).ConfigureAwait(false);
            }
            foreach (string name in held.Keys.Except(wanted.Select(w => w.Name)).ToArray())
                Forget(name);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>
    /// Settles, in the background, what was loaded so far; from now on a version is settled before it serves. At its start
    /// a server has nothing else to answer with, so it does not wait for that; later, the version before serves on.
    /// </summary>
    public async Task SettleAsync(CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            patient = true;
            if (held.Count == 0)
                NoModel(settings.Root, settings.PollInterval.TotalSeconds);
            foreach (ModelVersion version in held.Values.SelectMany(h => h.Loaded.Values))
                _ = Task.Factory.StartNew(() => Settle(version), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Retires every version and waits until the requests that use them are done.</summary>
    public async ValueTask DisposeAsync()
    {
        await turn.WaitAsync().ConfigureAwait(false);
        try
        {
            foreach (string name in held.Keys.ToArray())
                Remove(name);
        }
        finally
        {
            turn.Release();
        }
        try
        {
            await Task.WhenAll(draining.Keys).WaitAsync(settings.CloseTimeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Requests still hold a version after all their time; the process ends, and frees it, without them.
        }
        turn.Dispose();
    }

    private async Task ReconcileAsync(ModelConfiguration wanted, Held now, CancellationToken cancellation)
    {
        SortedDictionary<long, string> found = ModelFolder.Versions(wanted.Path);
        IReadOnlyDictionary<string, long> labels = Labels(wanted, now);
        var prints = found.ToDictionary(f => f.Key, f => ModelFolder.Fingerprint(f.Value));
        bool Broken(long version) => now.Broken.TryGetValue(version, out string? print) && print == prints[version];

        bool again = true;
        IReadOnlyList<long> chosen = [];
        while (again)
        {
            again = false;
            chosen = VersionSelection.Choose(found.Keys, wanted.Policy, labels.Values, Broken);
            foreach (long number in chosen)
            {
                if (Broken(number) || (now.Loaded.TryGetValue(number, out ModelVersion? loaded) && loaded.Fingerprint == prints[number]))
                    continue;
                ModelVersion? fresh = await LoadAsync(now.Model, number, found[number], prints[number], cancellation).ConfigureAwait(false);
                if (fresh is null)
                {
                    now.Broken[number] = prints[number];
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
        bool replacement = chosen.Any(now.Loaded.ContainsKey);
        foreach (ModelVersion version in now.Loaded.Values.ToArray())
        {
            bool gone = !found.ContainsKey(version.Number);
            bool unwanted = !chosen.Contains(version.Number);
            int absences = now.Absences[version.Number] = gone ? now.Absences.GetValueOrDefault(version.Number) + 1 : 0;
            // A folder that is being replaced is away for a moment: it counts as removed when it is missed twice.
            if (gone ? absences < 2 : !unwanted || !replacement)
                continue;
            now.Loaded.Remove(version.Number);
            now.Absences.Remove(version.Number);
            now.Model.SetStatus(new VersionStatus(version.Number, VersionState.Unloading));
            now.Model.Publish(now.Loaded.Values, labels);
            Drain(now.Model, version, reportEnd: true);
        }
        foreach (long number in now.Broken.Keys.Except(found.Keys).ToArray())
            now.Broken.Remove(number);
    }

    private async Task<ModelVersion?> LoadAsync(
        ServedModel model, long number, string folder, string fingerprint, CancellationToken cancellation)
    {
        model.SetStatus(new VersionStatus(number, VersionState.Loading));
        long start = Stopwatch.GetTimestamp();
        try
        {
            IScorer scorer = await Task.Factory.StartNew(() => Load(folder), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
            TimeSpan time = Stopwatch.GetElapsedTime(start);
            meters.Loaded(model.Name, number, time);
            Loaded(model.Name, number, time.TotalMilliseconds);
            return new ModelVersion(model.Name, number, fingerprint, scorer, new Batcher(scorer, settings.Batching, meters.For(model.Name)));
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            meters.LoadFailed(model.Name);
            LoadFailed(model.Name, number, model.Available.Length > 0 ? "what served before serves on" : "no version of it serves", error.Message);
            // The version may still serve in its former content; then that is what its state says.
            bool serves = model.Available.Any(v => v.Number == number);
            model.SetStatus(new VersionStatus(number, serves ? VersionState.Available : VersionState.End, StatusCode.Internal, error.Message));
            return null;
        }
    }

    private IScorer Load(string folder)
    {
        IScorer scorer = settings.Load(folder);
        if (!patient)
            return scorer;
        try
        {
            scorer.Settle();
            return scorer;
        }
        catch
        {
            scorer.Dispose();
            throw;
        }
    }

    private void Settle(ModelVersion version)
    {
        if (!version.TryHold())
            return;
        try
        {
            version.Scorer.Settle();
        }
        catch (Exception error) when (error is OutOfMemoryException or InvalidOperationException)
        {
            NotSettled(version.Model, version.Number, error.Message);
        }
        finally
        {
            version.LetGo();
        }
    }

    private IReadOnlyDictionary<string, long> Labels(ModelConfiguration wanted, Held now)
    {
        try
        {
            var labels = new Dictionary<string, long>(ModelFolder.Labels(wanted.Path), StringComparer.Ordinal);
            foreach ((string label, long version) in wanted.Labels)
                labels[label] = version;
            now.LabelsError = null;
            return labels;
        }
        catch (Exception error) when (error is InvalidDataException or IOException)
        {
            if (now.LabelsError != error.Message)
                LabelsIgnored(wanted.Name, error.Message);
            now.LabelsError = error.Message;
            return now.Model.Labels;
        }
    }

    private void Forget(string name)
    {
        // As with versions, a folder must be missed twice before its model goes.
        if (configured is null && held[name].Misses++ < 1)
            return;
        Remove(name);
    }

    private void Remove(string name)
    {
        Held gone = held[name];
        held.Remove(name);
        ShowModels();
        gone.Model.Publish([], FrozenDictionary<string, long>.Empty);
        foreach (ModelVersion version in gone.Loaded.Values)
            Drain(gone.Model, version, reportEnd: true);
    }

    private void Drain(ServedModel model, ModelVersion version, bool reportEnd)
    {
        version.Retire();
        Task watch = WatchAsync();
        draining.TryAdd(watch, 0);
        _ = watch.ContinueWith(t => draining.TryRemove(t, out _), TaskScheduler.Default);

        async Task WatchAsync()
        {
            await version.Drained.ConfigureAwait(false);
            if (reportEnd)
                model.SetStatus(new VersionStatus(version.Number, VersionState.End));
            Unloaded(model.Name, version.Number);
        }
    }

    private void ShowModels() => models = held.ToFrozenDictionary(h => h.Key, h => h.Value.Model, StringComparer.Ordinal);

    private string Listed() => models.Count == 0 ? "no model" : string.Join(", ", models.Keys.Order(StringComparer.Ordinal));

    [LoggerMessage(1, LogLevel.Information, "{Model} version {Version}: loaded in {Milliseconds:F0} ms")]
    private partial void Loaded(string model, long version, double milliseconds);

    [LoggerMessage(2, LogLevel.Information, "{Model} version {Version}: serving")]
    private partial void Serving(string model, long version);

    [LoggerMessage(3, LogLevel.Error, "{Model} version {Version}: not loaded, {Rest}: {Reason}")]
    private partial void LoadFailed(string model, long version, string rest, string reason);

    [LoggerMessage(4, LogLevel.Information, "{Model} version {Version}: unloaded")]
    private partial void Unloaded(string model, long version);

    [LoggerMessage(5, LogLevel.Warning, "{Model}: labels unchanged: {Reason}")]
    private partial void LabelsIgnored(string model, string reason);

    [LoggerMessage(7, LogLevel.Warning, "{Root} holds no model yet; a folder NAME/VERSION/ with a bundle is looked for every {Seconds} s")]
    private partial void NoModel(string root, double seconds);

    [LoggerMessage(6, LogLevel.Warning, "{Model} version {Version}: serves, but slowly: {Reason}")]
    private partial void NotSettled(string model, long version, string reason);

    /// <summary>What the catalog holds of a model beside its public picture.</summary>
    private sealed class Held(ServedModel model)
    {
        public ServedModel Model { get; } = model;

        public Dictionary<long, ModelVersion> Loaded { get; } = [];

        /// <summary>Versions that failed to load, with the content that failed.</summary>
        public Dictionary<long, string> Broken { get; } = [];

        public Dictionary<long, int> Absences { get; } = [];

        public int Misses { get; set; }

        public string? LabelsError { get; set; }
    }
}
