using System.Text.Json.Serialization;

namespace Firn.Training;

/// <summary>What a checkpoint keeps beside arrays, as JSON in the file's header.</summary>
internal sealed record CheckpointState
{
    public required string Run { get; init; }
    public required IReadOnlyList<EpochRecord> History { get; init; }

    [JsonPropertyName("taken_back")]
    public required IReadOnlyList<EpochRecord> RolledBack { get; init; }

    /// <summary>With the lengths of phases that were found.</summary>
    public required ThawSchedule Schedule { get; init; }

    public required StopReason? Stopped { get; init; }
    public required long Steps { get; init; }
    public required IReadOnlyDictionary<string, long> MomentsBegin { get; init; }
    public required CallbackState Callbacks { get; init; }
    public required double Best { get; init; }
    public required int BestEpoch { get; init; }

    /// <summary>Of the phase under way, where that lasts until its best epoch.</summary>
    public PhaseBestState? PhaseBest { get; init; }

    public static CheckpointState Of(TrainingRun run, string name) =>
        new()
        {
            Run = name,
            History = run.History,
            RolledBack = run.RolledBack,
            Schedule = run.Options.Schedule,
            Stopped = run.Stopped,
            Steps = run.Epochs.Steps,
            MomentsBegin = run.Epochs.Optimizer!.State.ToDictionary(m => m.Parameter.Name, m => m.Begin),
            Callbacks = run.Callbacks,
            Best = run.Best.Best,
            BestEpoch = run.Best.Epoch,
            PhaseBest = run.PhaseBest is { } best
                ? new PhaseBestState(
                    best.Epoch,
                    best.Best.Best,
                    best.Steps,
                    best.Moments.ToDictionary(m => m.Parameter.Name, m => m.Begin),
                    best.Callbacks
                )
                : null,
        };

    /// <summary>Puts all but arrays, the optimizer and the phase's best epoch into a run that has not begun.</summary>
    public void PutInto(TrainingRun run)
    {
        run.Resume(Schedule, History, RolledBack);
        run.Stopped = Stopped;
        run.Callbacks = Callbacks;
        run.Best.Resume(Best, BestEpoch);
    }
}

/// <summary>What a checkpoint keeps of <see cref="PhaseBest"/> beside arrays.</summary>
internal sealed record PhaseBestState(
    int Epoch,
    double Best,
    long Steps,
    IReadOnlyDictionary<string, long> MomentsBegin,
    CallbackState Callbacks
);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals
)]
[JsonSerializable(typeof(CheckpointState))]
internal sealed partial class CheckpointContext : JsonSerializerContext;
