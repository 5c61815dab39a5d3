using Firn.Bundles;
using Firn.Files;
using Firn.Server.Contracts;
using Firn.Server.Models;
using Firn.Server.Operations;
using Firn.Server.Settings;
using Firn.Server.Wire.Serving;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Firn.Server.Administration;

/// <summary>
/// Changes of what is served, asked for by requests or by the model configuration file. A change is tried beside what
/// serves; where a model or a label cannot be had it is rolled back and answered with TensorFlow Serving's status. With
/// a configuration file every change by a request is written to it, so that a restart keeps it.
/// </summary>
internal sealed partial class ModelAdministration(
    ModelCatalog catalog,
    CatalogSettings places,
    ServerSettings settings,
    Refusals refusals,
    ILogger<ModelAdministration> logger
) : IDisposable
{
    private static readonly TimeSpan RetryAfterFailure = TimeSpan.FromMinutes(1);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private string? _text = places.ConfigurationText;
    private string? _failedText;
    private long _failedAt;

    public void Dispose() => _turn.Dispose();

    /// <summary>Lets a request change what is served, or throws.</summary>
    /// <exception cref="ServingException">It may not.</exception>
    public void Demand(HttpContext asker)
    {
        DemandRole(asker);
        if (!settings.AllowReload)
            throw new ServingException(
                StatusCode.PermissionDenied,
                "this server's models cannot be changed by requests"
            );
        // Without keys a page of any site could send a browser here.
        string? origin = asker.Request.Headers.Origin;
        if (
            settings.ApiKeys is null
            && origin is not null
            && !settings.CorsOrigins.Contains(origin)
            && !origin.Equals($"{asker.Request.Scheme}://{asker.Request.Host}", StringComparison.OrdinalIgnoreCase)
        )
        {
            refusals.Note(asker, StatusCode.PermissionDenied);
            throw new ServingException(
                StatusCode.PermissionDenied,
                "a page of another origin may not change what is served"
            );
        }
    }

    /// <summary>Demands an admin's key, where keys are in use.</summary>
    /// <exception cref="ServingException">The key has another role.</exception>
    public void DemandRole(HttpContext asker)
    {
        if (settings.ApiKeys is null || asker.User.IsInRole(nameof(ApiRoles.Admin)))
            return;
        refusals.Note(asker, StatusCode.PermissionDenied);
        throw new ServingException(StatusCode.PermissionDenied, "this API key does not have the role admin");
    }

    /// <summary>Serves these models from now on and no others, as <c>HandleReloadConfigRequest</c> asks.</summary>
    /// <exception cref="ServingException">
    /// The list is wrong, or a model or a label cannot be had; then nothing has changed.
    /// </exception>
    public Task ReloadAsync(ModelConfigList list, HttpContext asker, CancellationToken cancellation) =>
        RunAsync(
            "a list of models",
            asker,
            async () =>
            {
                IReadOnlyList<ModelConfiguration> wanted = ModelConfigFile.Read(list, places.Root);
                foreach (ModelConfiguration model in wanted)
                    CheckPlace(model);
                await ApplyAsync(wanted, write: true, cancellation).ConfigureAwait(false);
                return string.Join(", ", wanted.Select(m => m.Name));
            },
            cancellation
        );

    /// <summary>Loads a model of the models' folder, or looks again at one that serves.</summary>
    /// <exception cref="ServingException">There is no such model, or it does not load.</exception>
    public Task LoadAsync(string name, HttpContext asker, CancellationToken cancellation) =>
        RunAsync(
            "load",
            asker,
            async () =>
            {
                ModelConfigFile.CheckName(name);
                if (catalog.Configured is { } list)
                {
                    ModelConfiguration model =
                        list.FirstOrDefault(m => m.Name == name)
                        ?? new ModelConfiguration(
                            name,
                            Path.Combine(Path.GetFullPath(places.Root), name),
                            places.Policy,
                            places.Labels
                        );
                    CheckPlace(model);
                    await ApplyAsync([.. list.Where(m => m.Name != name), model], write: true, cancellation)
                        .ConfigureAwait(false);
                    return name;
                }
                bool hidden = places.Unloaded.TryRemove(name, out _);
                ModelConfiguration? found = places.Discover().FirstOrDefault(m => m.Name == name);
                await catalog.ReconcileAsync(cancellation).ConfigureAwait(false);
                ServingException? problem = found is null
                    ? ServingException.NotFound($"failed to load '{name}': the models' folder has no such model")
                    : Missing([found]);
                if (problem is null)
                    return name;
                if (hidden)
                    places.Unloaded[name] = 0;
                throw problem;
            },
            cancellation
        );

    /// <summary>Ends the service of a model; requests that hold it finish.</summary>
    /// <exception cref="ServingException">There is no such model.</exception>
    public Task UnloadAsync(string name, HttpContext asker, CancellationToken cancellation) =>
        RunAsync(
            "unload",
            asker,
            async () =>
            {
                catalog.Find(name);
                if (catalog.Configured is { } list)
                {
                    await ApplyAsync([.. list.Where(m => m.Name != name)], write: true, cancellation)
                        .ConfigureAwait(false);
                    return name;
                }
                places.Unloaded[name] = 0;
                await catalog.RemoveAsync(name, cancellation).ConfigureAwait(false);
                return name;
            },
            cancellation
        );

    /// <summary>
    /// Reads the configuration file and follows it where it has changed; never throws for what it holds.
    /// </summary>
    public async Task LookAsync(CancellationToken cancellation)
    {
        if (settings.ModelConfigFile is not { } file)
            return;
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        string? text = null;
        try
        {
            text = await File.ReadAllTextAsync(file, cancellation).ConfigureAwait(false);
            if (
                text == _text
                || (
                    text == _failedText
                    && TimeSpan.FromMilliseconds(Environment.TickCount64 - _failedAt) < RetryAfterFailure
                )
            )
                return;
            await ApplyAsync(ModelConfigFile.Parse(file, text, places.Root), write: false, cancellation)
                .ConfigureAwait(false);
            (_text, _failedText) = (text, null);
            Followed(file);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // Nothing that the file holds may end the watch, and the server with it.
            if (text is null || text != _failedText)
                NotFollowed(file, error.Message);
            (_failedText, _failedAt) = (text, Environment.TickCount64);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task RunAsync(
        string what,
        HttpContext asker,
        Func<Task<string>> change,
        CancellationToken cancellation
    )
    {
        string who = settings.ApiKeys is null ? "no key in use" : asker.User.Identity?.Name ?? "";
        string address = Refusals.AddressOf(asker);
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            string done = await change().ConfigureAwait(false);
            Done(
                who,
                address,
                what,
                done,
                settings.ModelConfigFile is null
                    ? "until the server ends"
                    : "and written to the model configuration file"
            );
        }
        catch (ServingException error)
        {
            NotDone(who, address, what, error.Message);
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task ApplyAsync(IReadOnlyList<ModelConfiguration> wanted, bool write, CancellationToken cancellation)
    {
        foreach (ModelConfiguration model in wanted)
            CheckVersions(model);
        IReadOnlyList<ModelConfiguration>? before = catalog.Configured,
            after = before;
        IReadOnlyList<ModelConfiguration> serving = before ?? places.Discover();
        try
        {
            await catalog
                .ReconfigureAsync(
                    [.. wanted, .. serving.ExceptBy(wanted.Select(w => w.Name), s => s.Name)],
                    cancellation
                )
                .ConfigureAwait(false);
            if ((Missing(wanted) ?? (write ? Write(wanted) : null)) is { } problem)
                throw problem;
            after = wanted;
        }
        finally
        {
            // What was only tried must not stay, also where the client that asked has left meanwhile.
            await catalog.ReconfigureAsync(after, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private ServingException? Write(IReadOnlyList<ModelConfiguration> wanted)
    {
        if (settings.ModelConfigFile is not { } file)
            return null;
        try
        {
            string text = ModelConfigFile.Text(wanted, places.Root);
            OutputFile.WriteText(file, text);
            _text = text;
            return null;
        }
        catch (IOException error)
        {
            return new ServingException(
                StatusCode.FailedPrecondition,
                $"the model configuration file cannot be written, so a restart would lose this change, and nothing "
                    + $"was changed: {error.Message}. Change the file itself, or let the server write it"
            );
        }
    }

    private void CheckPlace(ModelConfiguration model)
    {
        string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(places.Root));
        bool known = catalog.Configured?.Any(m => m.Name == model.Name && m.Path == model.Path) ?? false;
        if (
            !known
            && model.Path != root
            && !model.Path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
        )
            throw new ServingException(
                StatusCode.PermissionDenied,
                $"model '{model.Name}': base_path must lie below the server's own models folder"
            );
    }

    /// <summary>
    /// What can be said before anything is loaded: the folder is there, and the versions that are named.
    /// </summary>
    private static void CheckVersions(ModelConfiguration model)
    {
        if (!Directory.Exists(model.Path))
            throw ServingException.NotFound($"model '{model.Name}': base_path '{model.Path}' does not exist");
        SortedDictionary<long, string> found = BundleFolder.Versions(model.Path);
        if (found.Count == 0)
            throw ServingException.NotFound(
                $"model '{model.Name}': No versions of servable {model.Name} found under base path {model.Path}"
            );
        foreach (long version in model.Policy.Versions ?? [])
        {
            if (!found.ContainsKey(version))
                throw ServingException.NotFound(
                    $"model '{model.Name}': version {version} is not in '{model.Path}', which has "
                        + $"{string.Join(", ", found.Keys)}"
                );
        }
        foreach ((string label, long version) in model.Labels)
        {
            if (!found.ContainsKey(version))
                throw Unlabeled(model.Name, label, version);
        }
    }

    /// <summary>What did not come of a list of models; null when all of it serves.</summary>
    private ServingException? Missing(IReadOnlyList<ModelConfiguration> wanted)
    {
        var missing = new List<string>();
        foreach (ModelConfiguration model in wanted)
        {
            long[] available = catalog.Models.TryGetValue(model.Name, out ServedModel? served)
                ? [.. served.Available.Select(v => v.Number)]
                : [];
            foreach ((string label, long version) in model.Labels)
            {
                if (available.Length > 0 && !available.Contains(version))
                    return Unlabeled(model.Name, label, version);
            }
            IEnumerable<long> absent = model.Policy.Versions is { } named ? named.Except(available) : [];
            if (available.Length > 0 && !absent.Any())
                continue;
            VersionStatus? failed = served?.Statuses(VersionChoice.Newest).FirstOrDefault(s => s.Code != StatusCode.OK);
            missing.Add(
                $"{{{{name: {model.Name}{(failed is null ? "" : $" version: {failed.Version}")}}} due to error: "
                    + $"{failed?.Message ?? "no version serves"}}}"
            );
        }
        return missing.Count == 0
            ? null
            : new ServingException(
                StatusCode.Unknown,
                $"{missing.Count} servable(s) did not become available: {string.Join(", ", missing)}"
            );
    }

    private static ServingException Unlabeled(string model, string label, long version) =>
        new(
            StatusCode.FailedPrecondition,
            $"Request to assign label to version {version} of model {model}, which is not currently available for "
                + $"inference (label '{label}')"
        );

    [LoggerMessage(50, LogLevel.Information, "key {Key}, address {Address}: {What}: {Models}, {Until}")]
    private partial void Done(string key, string address, string what, string models, string until);

    [LoggerMessage(
        51,
        LogLevel.Warning,
        "key {Key}, address {Address}: {What}: refused, nothing has changed: {Reason}"
    )]
    private partial void NotDone(string key, string address, string what, string reason);

    [LoggerMessage(52, LogLevel.Information, "{File}: changed; its models serve")]
    private partial void Followed(string file);

    [LoggerMessage(53, LogLevel.Error, "{File}: not followed, and what it held before stays in force: {Reason}")]
    private partial void NotFollowed(string file, string reason);
}
