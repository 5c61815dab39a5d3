using System.Diagnostics;
using Firn.Drift;
using Firn.Evaluation;
using Firn.Kernels;
using Firn.Layers;
using Firn.Model;
using Firn.Training;

namespace Firn.Study;

/// <summary>
/// Trains one classifier of a study on one thread and measures it, and the repairs of it, on the test.
/// </summary>
/// <param name="data">Texts and vectors.</param>
/// <param name="options">The study's.</param>
/// <param name="frozenBest">
/// The best epoch of the frozen table at a size with a seed; null while that is not measured.
/// </param>
internal sealed class StudyRun(StudyData data, StudyOptions options, Func<int, int, int?> frozenBest)
{
    /// <summary>The results of a job in the order of its policies; null when it was cancelled.</summary>
    public IReadOnlyList<StudyResult>? Run(StudyJob job, CancellationToken cancellation)
    {
        CounterRandom random = new CounterRandom(options.Seed).Derive((ulong)job.Seed);
        StudySubset subset = StudySubset.Draw(data, job.Size, random.Derive(0));
        ulong seed = random.Derive(1).Key;
        StudyTraining training = options.TrainingOf(job.Size);
        int? thawEpoch = null;
        if (StudyPolicies.Thaws(job.Trains))
        {
            int? best =
                frozenBest(job.Size, job.Seed)
                ?? Train(
                    job with
                    {
                        Trains = StudyPolicy.Frozen,
                    },
                    ThawSchedule.Frozen,
                    subset,
                    seed,
                    cancellation
                )?.Run.KeptEpoch;
            if (best is null)
                return null;
            thawEpoch = training.ThawEpochAfter(best.Value);
        }
        ThawSchedule schedule = StudyTraining.ScheduleOf(job.Trains, thawEpoch, options.AnchorStrength);
        if (Train(job, schedule, subset, seed, cancellation) is not var (model, run, seconds))
            return null;
        DriftTable? drift =
            schedule.EverTrains(ParameterGroup.Embedding) && job.Trains != StudyPolicy.Random
                ? DriftTable.Of(data.Vocabulary, data.Table, model.Embedding, subset.Counts)
                : null;
        var results = new List<StudyResult>();
        foreach (StudyPolicy policy in job.Gives)
        {
            DriftTable? repaired = drift is null ? null : StudyDrift.Repaired(drift, policy);
            results.Add(
                Measure(repaired is null || repaired == drift ? model : WithTable(model, repaired.After), subset) with
                {
                    Size = job.Size,
                    Seed = job.Seed,
                    Policy = policy,
                    Epochs = run.History.Count,
                    BestEpoch = run.KeptEpoch,
                    ThawEpoch = thawEpoch,
                    Seconds = seconds,
                    TrainingBytes = StudyMemory.TrainingBytes(model, schedule),
                    VersionBytes = StudyMemory.VersionBytes(
                        model,
                        schedule.EverTrains(ParameterGroup.Embedding) && policy != StudyPolicy.Revert
                    ),
                    Drift =
                        drift is null || policy != job.Trains
                            ? null
                            : StudyDrift.Of(drift, names: job.Seed == 1 && policy == StudyPolicy.Trainable),
                }
            );
        }
        return results;
    }

    /// <summary>Trains a policy's classifier; null when it was cancelled.</summary>
    private (TextClassifier Model, TrainingResult Run, double Seconds)? Train(
        StudyJob job,
        ThawSchedule schedule,
        StudySubset subset,
        ulong seed,
        CancellationToken cancellation
    )
    {
        EmbeddingTable table = job.Trains switch
        {
            StudyPolicy.Frozen => data.Table,
            StudyPolicy.Random => StudyVectors.Randomized(data.Table, seed),
            _ => StudyVectors.Copy(data.Table),
        };
        StudyTraining training = options.TrainingOf(job.Size);
        var model = new TextClassifier(options.Classifier with { Classes = data.Labels.Count }, table, seed);
        long start = Stopwatch.GetTimestamp();
        TrainingResult run = new Trainer(
            model,
            new TrainingOptions
            {
                Epochs = training.Epochs,
                BatchSize = training.BatchSize,
                LearningRate = options.LearningRate,
                Seed = seed,
                Threads = 1,
                Schedule = schedule,
                RestoreBest = true,
            }
        ).Run(
            subset.Train.Ids,
            subset.Train.Labels,
            subset.Validation.Ids,
            subset.Validation.Labels,
            cancellation: cancellation
        );
        return run.StoppedBy == StopReason.Cancelled
            ? null
            : (model, run, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private static TextClassifier WithTable(TextClassifier model, EmbeddingTable table)
    {
        var other = new TextClassifier(model.Options, table, seed: 0);
        foreach (Parameter weights in model.Parameters.Where(p => p.Group != ParameterGroup.Embedding))
            weights.Values.CopyTo(other[weights.Name].Values);
        return other;
    }

    private StudyResult Measure(TextClassifier model, StudySubset subset)
    {
        int columns = model.Options.OutputSize;
        var probabilities = new float[data.Test.Count * columns];
        model.Predict(data.Test.Ids, probabilities, threads: 1);
        (double loss, double accuracy) = SingleLabelEvaluation.LossAndAccuracy(
            probabilities,
            columns,
            data.Test.Labels
        );
        var right = new bool[data.Test.Count];
        int slice = 0,
            sliceRight = 0;
        for (int i = 0; i < right.Length; i++)
        {
            right[i] = Decision.ClassOf(probabilities.AsSpan(i * columns, columns)) == data.Test.Labels[i];
            if (subset.Slice[i])
            {
                slice++;
                sliceRight += right[i] ? 1 : 0;
            }
        }
        return new StudyResult
        {
            Size = 0,
            Seed = 0,
            Policy = default,
            TrainTexts = subset.Train.Count,
            ValidationTexts = subset.Validation.Count,
            TestTexts = right.Length,
            Accuracy = accuracy,
            Loss = loss,
            SliceTexts = slice,
            SliceAccuracy = slice == 0 ? null : (double)sliceRight / slice,
            Epochs = 0,
            BestEpoch = 0,
            Seconds = 0,
            TrainingBytes = 0,
            VersionBytes = 0,
            Correct = BitText.Of(right),
            Slice = BitText.Of(subset.Slice),
        };
    }
}
