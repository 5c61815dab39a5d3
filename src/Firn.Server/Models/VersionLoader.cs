using System.Diagnostics;
using Firn.Server.Batching;
using Firn.Server.Contracts;
using Firn.Server.Telemetry;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Firn.Server.Models;

/// <summary>Loads versions of models from their folders, off the threads that serve.</summary>
internal sealed partial class VersionLoader(CatalogSettings settings, ServerMeters meters, ILogger logger)
{
    /// <summary>
    /// Whether a version is settled before it serves; a server that has just started has nothing else to answer with.
    /// </summary>
    public bool SettlesFirst { get; set; }

    /// <summary>
    /// Loads a version from its folder; null where that fails, which is counted, logged and shown as its state.
    /// </summary>
    public async Task<ModelVersion?> LoadAsync(
        ServedModel model,
        long number,
        string folder,
        string fingerprint,
        CancellationToken cancellation
    )
    {
        model.SetStatus(new VersionStatus(number, VersionState.Loading));
        long start = Stopwatch.GetTimestamp();
        try
        {
            IScorer scorer = await Task
                .Factory.StartNew(
                    () => Load(folder),
                    cancellation,
                    TaskCreationOptions.LongRunning,
                    TaskScheduler.Default
                )
                .ConfigureAwait(false);
            TimeSpan time = Stopwatch.GetElapsedTime(start);
            meters.Loaded(model.Name, number, time);
            Loaded(model.Name, number, time.TotalMilliseconds);
            return new ModelVersion(model.Name, number, fingerprint, scorer, settings.Batching, meters.For(model.Name));
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            meters.LoadFailed(model.Name);
            LoadFailed(
                model.Name,
                number,
                model.Available.Length > 0 ? "what served before serves on" : "no version of it serves",
                error.Message
            );
            // The version may still serve in its former content; then that is what its state says.
            bool serves = model.Available.Any(v => v.Number == number);
            model.SetStatus(
                new VersionStatus(
                    number,
                    serves ? VersionState.Available : VersionState.End,
                    StatusCode.Internal,
                    error.Message
                )
            );
            return null;
        }
    }

    private IScorer Load(string folder)
    {
        IScorer scorer = settings.Load(folder);
        if (!SettlesFirst)
            return scorer;
        try
        {
            scorer.WarmUp();
            return scorer;
        }
        catch
        {
            scorer.Dispose();
            throw;
        }
    }

    /// <summary>Settles a version that serves already.</summary>
    public void WarmUp(ModelVersion version)
    {
        if (!version.TryHold())
            return;
        try
        {
            version.Scorer.WarmUp();
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

    [LoggerMessage(1, LogLevel.Information, "{Model} version {Version}: loaded in {Milliseconds:F0} ms")]
    private partial void Loaded(string model, long version, double milliseconds);

    [LoggerMessage(3, LogLevel.Error, "{Model} version {Version}: not loaded, {Rest}: {Reason}")]
    private partial void LoadFailed(string model, long version, string rest, string reason);

    [LoggerMessage(6, LogLevel.Warning, "{Model} version {Version}: serves, but slowly: {Reason}")]
    private partial void NotSettled(string model, long version, string reason);
}
