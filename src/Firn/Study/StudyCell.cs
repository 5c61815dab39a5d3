using System.Diagnostics;
using Firn.Kernels;
using Firn.Model;
using Firn.Training;

namespace Firn.Study;

/// <summary>Trains one classifier of a study on one thread and measures it, and the repairs of it, on the test.</summary>
internal sealed class StudyCell(StudyData data, StudyOptions options)
{
    /// <summary>The results of a job in the order of its policies; null when it was cancelled.</summary>
    public IReadOnlyList<StudyResult>? Run(StudyJob job, CancellationToken cancellation)
    {
        CounterRandom random = new CounterRandom(options.Seed).Derive((ulong)job.Seed);
        StudySubset subset = StudySubset.Draw(data, job.Size, random.Derive(0));
        ulong seed = random.Derive(1).Key;
        StudyTraining training = options.TrainingOf(job.Size);
        ThawSchedule schedule = training.ScheduleOf(job.Trains, options.Pull);
        EmbeddingTable table = job.Trains switch
        {
            StudyPolicy.Frozen => data.Table,
            StudyPolicy.Random => StudyVectors.Randomized(data.Table, seed),
            _ => StudyVectors.Copy(data.Table),
        };
        var model = new TextClassifier(options.Classifier with { Classes = data.Labels.Count }, table, seed);
        long start = Stopwatch.GetTimestamp();
        TrainingResult run = new Trainer(model, new TrainingOptions
        {
            Epochs = training.Epochs,
            BatchSize = training.BatchSize,
            LearningRate = options.LearningRate,
            Seed = seed,
            Threads = 1,
            Schedule = schedule,
            RestoreBest = true,
        }).Run(subset.Train.Ids, subset.Train.Labels, subset.Validation.Ids, subset.Validation.Labels, cancellation: cancellation);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (run.StoppedBy == StopReason.Cancelled)
            return null;
        DriftTable? drift = schedule.EverTrains(ParameterGroup.Embedding) && job.Trains != StudyPolicy.Random
            ? DriftTable.Of(data.Vocabulary, data.Table, model.Embedding, subset.Counts) : null;
        var results = new List<StudyResult>();
        foreach (StudyPolicy policy in job.Gives)
        {
            DriftTable? repaired = drift is null ? null : StudyDrift.Repaired(drift, policy);
            results.Add(Measure(repaired is null || repaired == drift ? model : WithTable(model, repaired.After), subset) with
            {
                Size = job.Size,
                Seed = job.Seed,
                Policy = policy,
                Epochs = run.History.Count,
                BestEpoch = run.KeptEpoch,
                Seconds = seconds,
                TrainingBytes = StudyMemory.TrainingBytes(model, schedule),
                VersionBytes = StudyMemory.VersionBytes(model, schedule.EverTrains(ParameterGroup.Embedding) && policy != StudyPolicy.Revert),
                Drift = drift is null || policy != job.Trains ? null : StudyDrift.Of(drift, names: job.Seed == 1 && policy == StudyPolicy.Trainable),
            });
        }
        return results;
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
        (double loss, double accuracy) = Evaluation.LossAndAccuracy(probabilities, columns, data.Test.Labels);
        var right = new bool[data.Test.Count];
        int slice = 0, sliceRight = 0;
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
