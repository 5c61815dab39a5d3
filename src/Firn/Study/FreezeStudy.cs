using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Firn.Data;
using Firn.Recipes;

namespace Firn.Study;

/// <summary>How far a study is.</summary>
/// <param name="Results">What has just been measured.</param>
/// <param name="Done">Results there are.</param>
/// <param name="Total">Results there would be without a budget.</param>
/// <param name="Remaining">Estimate of the time left; null before any is known.</param>
public sealed record StudyProgress(IReadOnlyList<StudyResult> Results, int Done, int Total, TimeSpan? Remaining);

/// <summary>
/// Answers "why is the embedding frozen?" for one's own data: trains the same classifier on growing parts of the texts
/// with a table of word vectors that is random, frozen, trained, thawed late, or repaired after training, several times
/// each, and measures all on the same test texts. A seed gives every policy the same texts, fresh weights, order and
/// dropout. Each classifier trains on one thread, so that a study repeats bit for bit however many run at a time.
/// </summary>
public sealed class FreezeStudy
{
    private const double ShareOfTrainings = 0.97; // of a budget; the rest is for the summary and the page
    private readonly StudyOptions _options;
    private readonly string _folder;

    /// <summary>A study that keeps its results in a folder and goes on from those that are there.</summary>
    /// <param name="options">What to train.</param>
    /// <param name="folder">
    /// Created where it is missing; <c>results.jsonl</c> and, where vectors are trained, <c>vectors-KEY.bin</c> are
    /// kept in it, the key being a hash of all that made them.
    /// </param>
    /// <exception cref="ArgumentException">An option is out of range; nothing has been done.</exception>
    public FreezeStudy(StudyOptions options, string folder)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options.Validate();
        _options = options;
        _folder = folder;
    }

    /// <summary>The file of results: a line that names the study, then a JSON object a result.</summary>
    public string ResultsPath => Path.Combine(_folder, "results.jsonl");

    /// <summary>Runs what is not in the folder yet, and sums up.</summary>
    /// <param name="corpus">Labeled texts.</param>
    /// <param name="test">
    /// Texts to test on; null keeps <see cref="StudyOptions.TestShare"/> of the corpus apart.
    /// </param>
    /// <param name="unlabeled">More texts to train word vectors on, labels unread; null for none.</param>
    /// <param name="observer">Told of reading and of word vectors.</param>
    /// <param name="progress">Told of each training that is done, from any thread.</param>
    /// <param name="cancellation">Ends the study with what is done; trainings under way are lost.</param>
    /// <exception cref="InvalidDataException">
    /// The data cannot be studied, or the folder holds results of another study.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled before anything was measured.</exception>
    public StudySummary Run(
        IEnumerable<LabeledText> corpus,
        IEnumerable<LabeledText>? test = null,
        IEnumerable<LabeledText>? unlabeled = null,
        IRecipeObserver? observer = null,
        IProgress<StudyProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(corpus);
        long start = Stopwatch.GetTimestamp();
        Directory.CreateDirectory(_folder);
        StudyData data = StudyData.Read(
            corpus,
            test,
            unlabeled,
            _options,
            _folder,
            new StageClock(observer),
            cancellation
        );
        (int[] sizes, int[] tooLarge) = StudyPlan.SizesOf(_options.Sizes, data.Pool.Count);
        if (sizes.Length == 0)
            throw new InvalidDataException(
                $"There are {data.Pool.Count} texts to train on and the smallest size asked for is {tooLarge[0]}; "
                    + $"choose smaller sizes."
            );
        IReadOnlyList<StudyJob> jobs = StudyPlan.Jobs(sizes, _options);
        using var file = StudyFile.Open(ResultsPath, StudyIdentity.Of(data, _options));
        var queue = new StudyQueue(
            jobs.Where(job => !job.Gives.All(policy => file.Results.ContainsKey((job.Size, job.Seed, policy)))),
            _options,
            _options.Budget * ShareOfTrainings,
            () => Stopwatch.GetElapsedTime(start)
        );
        Work(queue, file, data, jobs.Sum(job => job.Gives.Count), progress, cancellation);
        var keys = jobs.SelectMany(job => job.Gives.Select(policy => (job.Size, job.Seed, policy))).ToHashSet();
        StudyResult[] results = [.. file.Results.Where(r => keys.Contains(r.Key)).Select(r => r.Value)];
        if (results.Length == 0)
            throw new OperationCanceledException("The study was ended before anything was measured.", cancellation);
        return new StudySummarizer(data, _options).Summarize(results, tooLarge, Missing(jobs, results), file.Remark);
    }

    private void Work(
        StudyQueue queue,
        StudyFile file,
        StudyData data,
        int total,
        IProgress<StudyProgress>? progress,
        CancellationToken cancellation
    )
    {
        int workers = _options.Jobs == 0 ? Environment.ProcessorCount : _options.Jobs;
        var gate = new Lock();
        ExceptionDispatchInfo? failure = null;
        var cell = new StudyRun(
            data,
            _options,
            (size, seed) =>
            {
                lock (gate)
                    return file.Results.TryGetValue((size, seed, StudyPolicy.Frozen), out StudyResult? frozen)
                        ? frozen.BestEpoch
                        : null;
            }
        );
        void Loop()
        {
            try
            {
                while (
                    !cancellation.IsCancellationRequested
                    && Volatile.Read(ref failure) is null
                    && queue.Next() is { } job
                )
                {
                    long start = Stopwatch.GetTimestamp();
                    if (cell.Run(job, cancellation) is not { } results)
                        return;
                    double training = results[0].Seconds;
                    queue.Took(job, training, Stopwatch.GetElapsedTime(start).TotalSeconds - training);
                    lock (gate)
                    {
                        file.Add(results);
                        progress?.Report(
                            new StudyProgress(
                                results,
                                file.Results.Count,
                                total,
                                TimeSpan.FromSeconds(queue.Waiting() / workers)
                            )
                        );
                    }
                }
            }
            catch (Exception error) // no thread of a study may end the process
            {
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(error), null);
            }
        }
        Thread[] threads = [.. Enumerable.Range(1, workers - 1).Select(_ => new Thread(Loop))];
        foreach (Thread thread in threads)
            thread.Start();
        Loop();
        foreach (Thread thread in threads)
            thread.Join();
        failure?.Throw();
    }

    private static IReadOnlyList<StudyDifference> Missing(
        IReadOnlyList<StudyJob> jobs,
        IReadOnlyList<StudyResult> results
    )
    {
        HashSet<(int, int, StudyPolicy)> there = [.. results.Select(r => (r.Size, r.Seed, r.Policy))];
        return
        [
            .. jobs.SelectMany(job =>
                    job.Gives.Where(policy => !there.Contains((job.Size, job.Seed, policy)))
                        .Select(policy => (job.Size, job.Seed, policy))
                )
                .GroupBy(gap => (gap.Size, gap.Seed))
                .Select(group => new StudyDifference(
                    group.Key.Size,
                    group.Key.Seed,
                    [.. group.Select(gap => gap.policy)]
                ))
                .OrderBy(gap => gap.Size)
                .ThenBy(gap => gap.Seed),
        ];
    }
}
