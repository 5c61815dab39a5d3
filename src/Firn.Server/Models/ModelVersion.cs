using Firn.Common;
using Firn.Server.Batching;
using Firn.Server.Settings;
using Firn.Server.Telemetry;

namespace Firn.Server.Models;

/// <summary>
/// One loaded version. Requests hold it while they use it; after <see cref="Retire"/> nobody can take hold of it any
/// more, and when the last request has let go it is disposed of.
/// </summary>
internal sealed class ModelVersion
{
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CountedHold _hold;
    private int _retired;

    public ModelVersion(
        string model,
        long number,
        string fingerprint,
        IScorer scorer,
        BatchingOptions batching,
        ModelMeters meters
    )
    {
        Model = model;
        Number = number;
        NumberText = number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Fingerprint = fingerprint;
        Scorer = scorer;
        _hold = new CountedHold(Free);
        Batcher = new Batcher(scorer, batching, meters, _hold);
        Input = new Batching.InputShape(scorer.VocabularySize, scorer.Dimension, scorer.MaxTokens, scorer.Truncation)
        {
            ReadsPadsFrom = scorer.ReadsPadsFrom,
        };
    }

    public string Model { get; }

    public long Number { get; }

    /// <summary>The number as text, made once because every answer names its version.</summary>
    public string NumberText { get; }

    /// <summary>Tells one content of a version's folder from another.</summary>
    public string Fingerprint { get; }

    public IScorer Scorer { get; }

    public Batcher Batcher { get; }

    /// <summary>What Triton's statistics tell of this version.</summary>
    public Telemetry.ModelStatistics Statistics => Batcher.Meters.Statistics;

    /// <summary>What ids and vectors must look like.</summary>
    public Batching.InputShape Input { get; }

    /// <summary>Ends when the last request has let go of a retired version and its memory is free.</summary>
    public Task Drained => _drained.Task;

    /// <summary>Takes hold of the version; false when it is retired and free.</summary>
    public bool TryHold() => _hold.TryTake();

    /// <summary>Lets go; the last one out frees the version.</summary>
    public void LetGo() => _hold.LetGo();

    /// <summary>Gives up the catalog's own hold, once.</summary>
    public void Retire()
    {
        if (Interlocked.Exchange(ref _retired, 1) == 0)
            LetGo();
    }

    private void Free()
    {
        Batcher.Dispose();
        Scorer.Dispose();
        _drained.TrySetResult();
    }
}

/// <summary>A request's hold on a version, let go when disposed of. Not to be copied.</summary>
internal readonly struct Lease(ModelVersion version) : IDisposable
{
    public ModelVersion Version { get; } = version;

    public void Dispose() => Version?.LetGo();
}
