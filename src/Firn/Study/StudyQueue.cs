namespace Firn.Study;

/// <summary>
/// Hands out the trainings of a plan to several workers, and drops those that would end after the time is up, as far as
/// the trainings that are done tell how long one takes. The first is always done.
/// </summary>
internal sealed class StudyQueue
{
    private readonly Lock _lock = new();
    private readonly List<StudyJob> _waiting;
    private readonly StudyOptions _options;
    private readonly Func<TimeSpan> _elapsed;
    private readonly TimeSpan? _budget;
    private readonly Dictionary<StudyPolicy, (double Training, double Cost, double Other, int Jobs)> _measured = [];
    private readonly List<StudyJob> _dropped = [];
    private bool _begun;

    /// <param name="jobs">What is left to do, in order.</param>
    /// <param name="options">The study's.</param>
    /// <param name="budget">Time for trainings and all before them; null for no limit.</param>
    /// <param name="elapsed">Time since the study began.</param>
    public StudyQueue(IEnumerable<StudyJob> jobs, StudyOptions options, TimeSpan? budget, Func<TimeSpan> elapsed)
    {
        _waiting = [.. jobs];
        _options = options;
        _budget = budget;
        _elapsed = elapsed;
    }

    /// <summary>Trainings that did not fit, in the plan's order.</summary>
    public IReadOnlyList<StudyJob> Dropped
    {
        get
        {
            lock (_lock)
                return [.. _dropped];
        }
    }

    /// <summary>The next training; null when none is left that fits.</summary>
    public StudyJob? Next()
    {
        lock (_lock)
        {
            while (_waiting.Count > 0)
            {
                StudyJob job = _waiting[0];
                _waiting.RemoveAt(0);
                if (_budget is not { } budget || !_begun || _elapsed() + TimeSpan.FromSeconds(Expected(job)) <= budget)
                {
                    _begun = true;
                    return job;
                }
                _dropped.Add(job);
            }
            return null;
        }
    }

    /// <summary>
    /// Learns how long a job took: its training, which grows with the texts, and all else, which hardly does.
    /// </summary>
    public void Took(StudyJob job, double training, double other)
    {
        lock (_lock)
        {
            var before = _measured.GetValueOrDefault(job.Trains);
            _measured[job.Trains] = (
                before.Training + training,
                before.Cost + StudyPlan.Cost(job.Size, _options),
                before.Other + other,
                before.Jobs + 1
            );
        }
    }

    /// <summary>
    /// Seconds that one worker would need for all that waits, or would have up to the end of the time.
    /// </summary>
    public double Waiting()
    {
        lock (_lock)
            return _waiting.Sum(Expected);
    }

    /// <summary>
    /// By the time a text and epoch took so far with this policy, else with the slowest; 0 before any is known.
    /// </summary>
    private double Expected(StudyJob job)
    {
        if (_measured.Count == 0)
            return 0;
        double cost = StudyPlan.Cost(job.Size, _options);
        return _measured.TryGetValue(job.Trains, out var known)
            ? known.Training / known.Cost * cost + known.Other / known.Jobs
            : _measured.Values.Max(m => m.Training / m.Cost * cost + m.Other / m.Jobs);
    }
}
