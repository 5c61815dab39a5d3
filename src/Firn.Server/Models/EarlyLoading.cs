using System.Collections.Concurrent;
using Firn.Bundles;
using Firn.Server.Batching;

namespace Firn.Server.Models;

/// <summary>
/// Loads, while the rest of the server is put together, the versions that the catalog will ask for first. A loaded
/// version counts only if its folder is still what it was.
/// </summary>
internal sealed class EarlyLoading
{
    private readonly Func<string, IScorer> _load;
    private readonly ConcurrentDictionary<string, (string Fingerprint, Task<IScorer> Loading)> _begun = new(
        StringComparer.Ordinal
    );

    private EarlyLoading(Func<string, IScorer> load)
    {
        _load = load;
    }

    /// <summary>Begins with the first versions, one a core.</summary>
    public static EarlyLoading Begin(CatalogSettings settings)
    {
        var start = new EarlyLoading(settings.Load);
        foreach (
            string folder in (settings.Configured ?? settings.Discover())
                .SelectMany(Chosen)
                .Take(Environment.ProcessorCount)
        )
        {
            string fingerprint = BundleFolder.Fingerprint(folder);
            start._begun[folder] = (
                fingerprint,
                Task.Factory.StartNew(
                    () => start._load(folder),
                    CancellationToken.None,
                    TaskCreationOptions.LongRunning,
                    TaskScheduler.Default
                )
            );
        }
        return start;
    }

    /// <summary>The version of a folder: the one that was begun, or loaded now.</summary>
    public IScorer Load(string folder)
    {
        if (!_begun.TryRemove(folder, out (string Fingerprint, Task<IScorer> Loading) early))
            return _load(folder);
        if (early.Fingerprint == BundleFolder.Fingerprint(folder))
            return early.Loading.GetAwaiter().GetResult();
        Forget(early.Loading);
        return _load(folder);
    }

    /// <summary>Frees what nobody asked for.</summary>
    public void End()
    {
        foreach (string folder in _begun.Keys)
        {
            if (_begun.TryRemove(folder, out (string Fingerprint, Task<IScorer> Loading) early))
                Forget(early.Loading);
        }
    }

    private static IEnumerable<string> Chosen(ModelConfiguration model)
    {
        try
        {
            SortedDictionary<long, string> found = BundleFolder.Versions(model.Path);
            return VersionSelection
                .Choose(found.Keys, model.Policy, model.Labels.Values, _ => false)
                .Select(number => found[number]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return []; // the catalog will meet it again, and report it
        }
    }

    private static void Forget(Task<IScorer> loading) =>
        loading.ContinueWith(
            t => t.Result.Dispose(),
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion,
            TaskScheduler.Default
        );
}
