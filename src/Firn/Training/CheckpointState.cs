using System.Text.Json.Serialization;

namespace Firn.Training;

/// <summary>What a checkpoint keeps beside arrays, as JSON in the file's header.</summary>
internal sealed record CheckpointState
{
    public required string Run { get; init; }
    public required IReadOnlyList<EpochRecord> History { get; init; }
    public required StopReason? Stopped { get; init; }
    public required long Steps { get; init; }
    public required IReadOnlyDictionary<string, long> MomentsBegin { get; init; }
    public required double Rate { get; init; }
    public required double RateBest { get; init; }
    public required int RateWait { get; init; }
    public required int RateCooldown { get; init; }
    public required double StoppingBest { get; init; }
    public required int StoppingWait { get; init; }
    public required double Best { get; init; }
    public required int BestEpoch { get; init; }

    public static CheckpointState Of(TrainingRun run, string name)
    {
        (double rate, double rateBest, int rateWait, int cooldown) = run.Rate.State;
        (double stoppingBest, int stoppingWait) = run.Stopping?.State ?? default;
        return new CheckpointState
        {
            Run = name,
            History = run.History,
            Stopped = run.Stopped,
            Steps = run.Epochs.Steps,
            MomentsBegin = run.Epochs.Optimizer!.State.ToDictionary(m => m.Parameter.Name, m => m.Begin),
            Rate = rate,
            RateBest = rateBest,
            RateWait = rateWait,
            RateCooldown = cooldown,
            StoppingBest = stoppingBest,
            StoppingWait = stoppingWait,
            Best = run.Best.Best,
            BestEpoch = run.Best.Epoch,
        };
    }

    public void PutInto(TrainingRun run)
    {
        run.History.AddRange(History);
        run.Stopped = Stopped;
        run.Rate.State = (Rate, RateBest, RateWait, RateCooldown);
        if (run.Stopping is { } stopping)
            stopping.State = (StoppingBest, StoppingWait);
        run.Best.Resume(Best);
        run.Best.Weights.Filled(BestEpoch);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(CheckpointState))]
internal sealed partial class CheckpointContext : JsonSerializerContext;
