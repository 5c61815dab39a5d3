using System.Diagnostics;
using Firn.Recipes;
using Firn.Text;

namespace Firn.Tuning;

/// <summary>
/// Searches the options of a recipe within a time: many candidates on a ninth of the texts, the best third of them on a
/// third, the best of those on all; then the next bracket of candidates, until the time is up (Jamieson, Talwalkar 2016,
/// "Non-stochastic best arm identification"; brackets as in Hyperband, Li et al. 2018). The final test's texts are never
/// touched: candidates are measured on a part of the others.
/// </summary>
public sealed class SuccessiveHalving
{
    private const int Third = 3, Rungs = 3, FirstRung = 9;
    private readonly RecipeOptions _preset;
    private readonly TimeSpan _budget;
    private readonly ulong _seed;
    private readonly string? _file;
    private readonly List<TuningTrial> _trials = [];

    /// <summary>A search.</summary>
    /// <param name="preset">Where candidates start from; its split keeps the final test apart.</param>
    /// <param name="budget">Time to use; a trial that would pass it is not begun. The first candidate is always tried.</param>
    /// <param name="seed">Decides the candidates.</param>
    /// <param name="file">Keeps the trials, a JSON object a line; a search of the same data, seed and preset goes on from it. Null for none.</param>
    public SuccessiveHalving(RecipeOptions preset, TimeSpan budget, ulong seed, string? file)
    {
        ArgumentNullException.ThrowIfNull(preset);
        if (!(budget > TimeSpan.Zero))
            throw new ArgumentOutOfRangeException(nameof(budget), budget, "The budget must be greater than 0.");
        _preset = preset;
        _budget = budget;
        _seed = seed;
        _file = file;
    }

    /// <summary>Runs; the trials, the best first: those on more texts before others, then by loss.</summary>
    /// <param name="corpus">Labelled texts; kept in memory.</param>
    /// <param name="progress">Told each trial when it is done.</param>
    /// <param name="cancellation">Ends the search with the trials so far.</param>
    /// <exception cref="InvalidDataException">The data cannot be trained on, or the file is of another search.</exception>
    public IReadOnlyList<TuningTrial> Run(IEnumerable<LabeledText> corpus, IProgress<TuningTrial>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        LabeledSource source = LabeledSource.Of(corpus, _preset.LabelNames);
        LabeledText[] rows = [.. source.Rows];
        int all = rows.Length;
        if (_preset.TestShare > 0)
            rows = [.. TrainTestSplit.Random(rows.Length, _preset.TestShare, _preset.SplitSeed).Train.Select(i => rows[i])];
        RecipeOptions preset = _preset with { LabelNames = source.LabelNames, TestShare = 0.1 };
        if (preset.Preset == RecipeOptions.Tweets.Preset)
            preset = preset.ForTexts(all, SizeSettings.All); // what firn train, whose command comes out, chooses for them
        preset = preset with { ValidationShare = Math.Max(preset.ValidationShare, 0.05) };
        string search = $"{_preset.Preset} {_seed} {rows.Length} {rows.Sum(r => (long)r.Text.Length)}";
        Dictionary<(int, int), TuningTrial> known = ReadFile(search);

        long start = Stopwatch.GetTimestamp();
        for (int bracket = 0; !cancellation.IsCancellationRequested; bracket++)
        {
            List<TuningCandidate> candidates = [.. Enumerable.Range(bracket * FirstRung, FirstRung).Select(n => TuningCandidate.Draw(preset, n, _seed))];
            for (int rung = 0; rung < Rungs; rung++)
            {
                var done = new List<(TuningCandidate Candidate, TuningTrial Trial)>();
                foreach (TuningCandidate candidate in candidates)
                {
                    if (!known.TryGetValue((candidate.Number, rung), out TuningTrial? trial))
                    {
                        if (cancellation.IsCancellationRequested || (_trials.Count > 0 && Stopwatch.GetElapsedTime(start) + Expected(rung) > _budget))
                            return Ranked();
                        trial = Try(candidate, rung, Share(rows, rung), cancellation) is { } new1 ? new1 with { Search = search } : null;
                        if (trial is null)
                            return Ranked();
                        Keep(trial);
                    }
                    _trials.Add(trial);
                    done.Add((candidate, trial));
                    progress?.Report(trial);
                }
                candidates = [.. done.OrderBy(d => d.Trial.Loss).Take(Math.Max(done.Count / Third, 1)).Select(d => d.Candidate)];
            }
        }
        return Ranked();
    }

    /// <summary>A candidate whose training diverges has an infinite loss and is never the best; null when cancelled.</summary>
    private static TuningTrial? Try(TuningCandidate candidate, int rung, LabeledText[] rows, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        double accuracy = 0, loss = double.MaxValue;
        try
        {
            RecipeResult result = new Recipe(candidate.Recipe).Train(rows, cancellation: cancellation);
            (accuracy, loss) = (result.Test!.Accuracy, result.Test.Loss);
            if (cancellation.IsCancellationRequested)
                return null;
        }
        catch (NotFiniteNumberException)
        {
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        return new TuningTrial(candidate.Number, rung, rows.Length, candidate.Options, accuracy, loss, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    /// <summary>The first ninth, third or all: rows are in the order of the split's shuffle.</summary>
    private static LabeledText[] Share(LabeledText[] rows, int rung) =>
        rows[..Math.Max((int)(rows.Length / Math.Pow(Third, Rungs - 1 - rung)), Math.Min(rows.Length, 50))];

    /// <summary>From the mean of this rung's trials, else of the one below times the texts.</summary>
    private TimeSpan Expected(int rung)
    {
        double[] same = [.. _trials.Where(t => t.Rung == rung).Select(t => t.Seconds)];
        double[] below = [.. _trials.Where(t => t.Rung == rung - 1).Select(t => Third * t.Seconds)];
        return TimeSpan.FromSeconds(same.Length > 0 ? same.Average() : below.Length > 0 ? below.Average() : 0);
    }

    private IReadOnlyList<TuningTrial> Ranked() => [.. _trials.OrderByDescending(t => t.Rung).ThenBy(t => t.Loss)];

    private Dictionary<(int, int), TuningTrial> ReadFile(string search)
    {
        var known = new Dictionary<(int, int), TuningTrial>();
        if (_file is null || !File.Exists(_file))
            return known;
        foreach (string line in File.ReadLines(_file).Where(l => l.EndsWith('}'))) // a line that was cut is tried again
        {
            if (TuningTrial.FromJson(line) is not { } trial)
                continue;
            if (trial.Search != search)
                throw new InvalidDataException($"{_file} holds the trials of another search ({trial.Search}, this one is {search}); name another file.");
            known[(trial.Candidate, trial.Rung)] = trial;
        }
        return known;
    }

    private void Keep(TuningTrial trial)
    {
        if (_file is not null)
            File.AppendAllText(_file, trial.ToJson() + "\n");
    }
}
