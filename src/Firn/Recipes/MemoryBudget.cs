using System.Globalization;
using Firn.Training;

namespace Firn.Recipes;

/// <summary>Holds a recipe against a limit of memory, and finds what would fit.</summary>
internal static class MemoryBudget
{
    private const int SmallestBatch = 32;

    /// <exception cref="MemoryLimitException">The recipe needs more.</exception>
    public static void Check(MemoryForecaster forecaster, RecipeOptions options, long limit)
    {
        MemoryForecast forecast = forecaster.For(options);
        if (forecast.Peak <= limit)
            return;
        string need = string.Create(
            CultureInfo.InvariantCulture,
            $"{forecast.Largest.Name} needs {Megabytes(forecast.Peak)} and the limit is {Megabytes(limit)}"
        );
        throw new MemoryLimitException($"{need}; {Remedy(forecaster, options, limit, forecast.Peak)}", forecast);
    }

    private static string Remedy(MemoryForecaster forecaster, RecipeOptions options, long limit, long need)
    {
        var fitting = new List<string>();
        if (
            Schedules(options.Training)
                .Select(s => (Schedule: s, Peak: PeakOf(s, options.Training.BatchSize)))
                .FirstOrDefault(c => c.Peak <= limit) is
            { Schedule: not null } schedule
        )
            fitting.Add($"Training.Schedule {schedule.Schedule.Name} ({Megabytes(schedule.Peak)})");
        if (
            Batches(options.Training)
                .Select(b => (Batch: b, Peak: PeakOf(options.Training.Schedule, b)))
                .FirstOrDefault(c => c.Peak <= limit) is
            { Batch: > 0 } batch
        )
            fitting.Add($"BatchSize {batch.Batch} ({Megabytes(batch.Peak)})");
        if (
            options.LinearBranch is not null
            && forecaster.For(options with { LinearBranch = null }).Peak is var plain
            && plain <= limit
        )
            fitting.Add($"LinearBranch = null ({Megabytes(plain)})");
        if (fitting.Count > 0)
            return $"what fits: {string.Join(", or ", fitting)}";
        ThawSchedule least = Schedules(options.Training).DefaultIfEmpty(options.Training.Schedule).Last();
        long floor = forecaster.For(Small(options, least) with { LinearBranch = null }).Peak;
        return floor <= limit
            ? $"what fits: Training.Schedule {least.Name}, BatchSize "
                + $"{Math.Min(SmallestBatch, options.Training.BatchSize)}"
                + $"{(options.LinearBranch is null ? "" : ", LinearBranch = null")} ({Megabytes(floor)})"
            : $"these texts need {Megabytes(Math.Min(floor, need))} whatever the schedule and the batch; use fewer "
                + $"texts, fewer words (MaxWords) or shorter vectors (VectorSize)";

        long PeakOf(ThawSchedule s, int batchSize) =>
            forecaster
                .For(options with { Training = options.Training with { Schedule = s, BatchSize = batchSize } })
                .Peak;
    }

    /// <summary>Schedules that need less, those that train most first.</summary>
    private static IEnumerable<ThawSchedule> Schedules(TrainingOptions training)
    {
        int late = Math.Max(2, (training.Epochs + 1) / 2);
        if (training.Epochs >= 2)
            yield return ThawSchedule.ThawEmbedding(late);
        yield return ThawSchedule.Frozen;
    }

    private static IEnumerable<int> Batches(TrainingOptions training)
    {
        for (int batch = training.BatchSize / 2; batch >= SmallestBatch; batch /= 2)
            yield return batch;
    }

    private static RecipeOptions Small(RecipeOptions options, ThawSchedule schedule) =>
        options with
        {
            Training = options.Training with
            {
                Schedule = schedule,
                BatchSize = Math.Min(SmallestBatch, options.Training.BatchSize),
            },
        };

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:n0} MB");
}
