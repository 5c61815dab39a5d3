using System.Diagnostics;
using Firn.Data;
using Firn.Model;
using Firn.Recipes;
using Firn.Text;

namespace Firn.Tuning;

/// <summary>
/// Searches the options of a recipe within a time: many candidates on a ninth of the texts, the best third of them on a
/// third, the best of those on all; then the next bracket of candidates, until the search's share of the time is up
/// (Jamieson, Talwalkar 2016, "Non-stochastic best arm identification"; brackets as in Hyperband, Li et al. 2018). The
/// best candidates then train on all texts beside the preset, fold by fold, for as long as the rest of the time lasts.
/// The final test's texts are never touched.
/// </summary>
public sealed class SuccessiveHalving
{
    /// <summary>Folds of the finalists' cross-validation.</summary>
    public const int Folds = 5;

    private const int Third = 3,
        Rungs = 3,
        FirstRung = 9,
        MaxFinalists = 3;
    private const double SearchShare = 0.5; // of the budget; the rest compares the finalists with the preset
    private readonly RecipeOptions _preset;
    private readonly TimeSpan _budget;
    private readonly ulong _seed;
    private readonly string? _path;
    private readonly List<TuningTrial> _trials = [];
    private readonly Stopwatch _clock = new();

    /// <summary>A search.</summary>
    /// <param name="preset">Where candidates start from; its split keeps the final test apart.</param>
    /// <param name="budget">
    /// Time to use; a trial that would pass it is not begun, or ended. The first is always finished.
    /// </param>
    /// <param name="seed">Decides the candidates and the folds.</param>
    /// <param name="file">
    /// Keeps the trials, a JSON object a line; the same search goes on from it. Null for none.
    /// </param>
    public SuccessiveHalving(RecipeOptions preset, TimeSpan budget, ulong seed, string? file)
    {
        ArgumentNullException.ThrowIfNull(preset);
        if (!(budget > TimeSpan.Zero))
            throw new ArgumentOutOfRangeException(nameof(budget), budget, "The budget must be greater than 0.");
        _preset = preset;
        _budget = budget;
        _seed = seed;
        _path = file;
    }

    /// <summary>
    /// Encoders to compare, by <see cref="EncoderNames"/>: every candidate has one of them. None for the preset's
    /// alone.
    /// </summary>
    /// <exception cref="ArgumentException">One is not known.</exception>
    public IReadOnlyList<string> Encoders
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            foreach (string name in value)
                _ = EncoderNames.With(_preset.Classifier, name);
            field = value;
        }
    } = [];

    private IReadOnlyList<TuningChoice> Choices => TuningChoice.Among(Encoders);

    /// <summary>
    /// Whether settings follow from the texts: most from their number, once for all trials; the most tokens of a text
    /// from the training texts of each trial.
    /// </summary>
    private bool ChoosesBySize => _preset.Preset != RecipeOptions.Notebook.Preset;

    /// <summary>Searches, then compares the best with the preset.</summary>
    /// <param name="corpus">Labeled texts; kept in memory.</param>
    /// <param name="progress">Told each trial when it is done.</param>
    /// <param name="cancellation">Ends the search with the trials so far.</param>
    /// <exception cref="InvalidDataException">
    /// The data cannot be trained on, or the file is of another search.
    /// </exception>
    public TuningResult Run(
        IEnumerable<LabeledText> corpus,
        IProgress<TuningTrial>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(corpus);
        _clock.Restart();
        LabeledSource source = LabeledSource.Of(corpus, _preset.LabelNames);
        LabeledText[] rows = [.. source.Rows];
        using var hash = new RowHash();
        foreach (LabeledText row in rows)
            hash.Add(row);
        int all = rows.Length;
        (rows, int[] foldOf) = Split(rows, source.LabelNames);
        RecipeOptions preset = _preset with { LabelNames = source.LabelNames, TestShare = 0.1 };
        if (ChoosesBySize)
            // what firn train, whose command comes out, chooses for them; folds of every trial would cost too much
            preset = preset.ForTexts(new CorpusSize(all, 0), SizeSettings.Tweets & ~SizeSettings.Folds);
        preset = preset with
        {
            ValidationShare = Math.Max(preset.ValidationShare, 0.05),
            OnUnknownLabel = RowErrorPolicy.Skip,
        };
        using var file = new TrialFile(
            _path,
            RecipeRecord.RunOf(
                preset,
                hash.ToString(),
                Encoders.Count == 0 ? $"{_seed}" : $"{_seed} {string.Join(',', Encoders)}"
            )
        );
        var run = new TrialRun(file, progress, cancellation);
        Search(rows, preset, run);
        return Compare(rows, foldOf, preset, run);
    }

    private void Search(LabeledText[] rows, RecipeOptions preset, TrialRun run)
    {
        for (int bracket = 0; !run.Cancellation.IsCancellationRequested; bracket++)
        {
            TuningCandidate[] candidates =
            [
                .. Enumerable
                    .Range(bracket * FirstRung, FirstRung)
                    .Select(n => TuningCandidate.Draw(preset, n, _seed, Choices)),
            ];
            for (int rung = 0; rung < Rungs; rung++)
            {
                var done = new List<(TuningCandidate Candidate, TuningTrial Trial)>();
                LabeledText[] share = Share(rows, rung);
                foreach (TuningCandidate candidate in candidates)
                {
                    if (
                        Trial(new TrialOf(candidate, rung, 0), share, null, _budget * SearchShare, run) is not { } trial
                    )
                        return;
                    _trials.Add(trial);
                    done.Add((candidate, trial));
                }
                candidates =
                [
                    .. done.OrderBy(d => d.Trial.Loss).Take(Math.Max(done.Count / Third, 1)).Select(d => d.Candidate),
                ];
            }
        }
    }

    /// <summary>
    /// Cross-validates the preset and the best candidates on the same folds; a fold that not all of them finish is left
    /// out.
    /// </summary>
    private TuningResult Compare(LabeledText[] rows, int[] foldOf, RecipeOptions preset, TrialRun run)
    {
        TuningTrial[] ranked = [.. _trials.OrderByDescending(t => t.Rung).ThenBy(t => t.Loss)];
        TuningCandidate[] finalists =
        [
            TuningCandidate.Draw(preset, 0, _seed),
            .. ranked
                .Select(t => t.Candidate)
                .Distinct()
                .Where(n => n != 0)
                .Take(MaxFinalists)
                .Select(n => TuningCandidate.Draw(preset, n, _seed, Choices)),
        ];
        var folds = new List<TuningTrial[]>(); // [fold][finalist]
        while (
            finalists.Length > 1
            && folds.Count <= foldOf.Max()
            && FoldTrials(finalists, rows, foldOf, folds.Count, run) is { } trials
        )
            folds.Add(trials);
        return new TuningResult(ranked, folds.Count == 0 ? [] : Finalists(finalists, folds), folds.Count);
    }

    private TuningTrial[]? FoldTrials(
        TuningCandidate[] finalists,
        LabeledText[] rows,
        int[] foldOf,
        int fold,
        TrialRun run
    )
    {
        LabeledText[] train = [.. rows.Where((_, i) => foldOf[i] != fold)],
            test = [.. rows.Where((_, i) => foldOf[i] == fold)];
        var trials = new TuningTrial[finalists.Length];
        for (int i = 0; i < finalists.Length; i++)
        {
            if (Trial(new TrialOf(finalists[i], Rungs, fold + 1), train, test, _budget, run) is not { } trial)
                return null;
            trials[i] = trial;
        }
        return trials;
    }

    private static Finalist[] Finalists(TuningCandidate[] candidates, List<TuningTrial[]> folds)
    {
        Finalist[] found =
        [
            .. candidates.Select(
                (candidate, i) =>
                    new Finalist(
                        candidate.Number,
                        candidate.Options,
                        folds.Average(f => f[i].Accuracy),
                        folds.Average(f => f[i].Loss),
                        Difference(f => f[i].Accuracy - f[0].Accuracy),
                        Difference(f => f[i].Loss - f[0].Loss)
                    )
            ),
        ];
        return [found[0], .. found[1..].OrderBy(f => f.Loss)];

        FoldDifference Difference(Func<TuningTrial[], double> of) =>
            FoldDifference.Of([.. folds.Select(of)], 1.0 / (Folds - 1));
    }

    /// <summary>From the file, or run now; null where the time or the user says no.</summary>
    private TuningTrial? Trial(TrialOf of, LabeledText[] rows, LabeledText[]? test, TimeSpan until, TrialRun run)
    {
        if (run.File.Find(of.Candidate.Number, of.Rung, of.Fold) is { } known)
        {
            run.Progress?.Report(known);
            return known;
        }
        bool first = _trials.Count == 0;
        if (run.Cancellation.IsCancellationRequested || (!first && _clock.Elapsed + Expected(of.Rung) > until))
            return null;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(run.Cancellation);
        if (!first)
            stop.CancelAfter(_budget > _clock.Elapsed ? _budget - _clock.Elapsed : TimeSpan.Zero);
        if (Try(of, rows, test, stop.Token) is not { } trial)
            return null;
        trial = run.File.Add(trial);
        run.Progress?.Report(trial);
        return trial;
    }

    /// <summary>The rows that the final test leaves, in a random order, and the fold of each.</summary>
    private (LabeledText[] Rows, int[] FoldOf) Split(LabeledText[] rows, IReadOnlyDictionary<string, string> names)
    {
        string[] distinct = [.. rows.Select(r => r.Label).Distinct()];
        bool several = _preset.Classifier.MultiLabel;
        LabelMap labels = several ? LabelMap.FromSets(distinct, names) : LabelMap.From(distinct, names);
        int[] classes = [.. rows.Select(r => labels.ClassOf(r.Label, names))];
        int[] groups = EqualTexts.FirstOf(RawCorpus.TokensOf(rows.Select(r => r.Text), _preset.Cleaning));
        int[] kept =
            _preset.TestShare > 0
                ? PartRows.DrawTest(classes, groups, _preset).Train
                : new MersenneTwister(_preset.SplitSeed).Permutation(rows.Length);
        int[] keptClasses = several ? new int[kept.Length] : [.. kept.Select(i => classes[i])];
        return (
            [.. kept.Select(i => rows[i])],
            PartRows.FoldOf(keptClasses, [.. kept.Select(i => groups[i])], Folds, (uint)_seed)
        );
    }

    /// <summary>
    /// A candidate whose training diverges has an infinite loss and is never the best; null when cancelled.
    /// </summary>
    private TuningTrial? Try(TrialOf of, LabeledText[] rows, LabeledText[]? test, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        double accuracy = 0,
            loss = double.MaxValue;
        try
        {
            var recipe = new Recipe(of.Candidate.Recipe)
            {
                BySize = ChoosesBySize ? SizeSettings.MaxTokens : SizeSettings.None,
            };
            RecipeResult result = recipe.Train(rows, test, cancellation: cancellation);
            (accuracy, loss) = (result.Test!.Accuracy, result.Test.Loss);
            if (cancellation.IsCancellationRequested)
                return null;
        }
        catch (NotFiniteNumberException) { }
        catch (OperationCanceledException)
        {
            return null;
        }
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new TuningTrial(of.Candidate.Number, of.Rung, rows.Length, of.Candidate.Options, accuracy, loss, seconds)
        {
            Fold = of.Fold,
        };
    }

    /// <summary>The first ninth, third or all: rows are in a random order.</summary>
    private static LabeledText[] Share(LabeledText[] rows, int rung) =>
        rows[..Math.Max((int)(rows.Length / Math.Pow(Third, Rungs - 1 - rung)), Math.Min(rows.Length, 50))];

    /// <summary>From the mean of this rung's trials, else of the rung below times the texts.</summary>
    private TimeSpan Expected(int rung)
    {
        double[] same = [.. _trials.Where(t => t.Rung == rung).Select(t => t.Seconds)];
        if (same.Length > 0)
            return TimeSpan.FromSeconds(same.Average());
        double[] below = [.. _trials.Where(t => t.Rung == rung - 1).Select(t => t.Seconds)];
        // a fold trains on four fifths of the last rung's texts and tests on the rest
        double growth = rung == Rungs ? 1 : Third;
        return TimeSpan.FromSeconds(below.Length > 0 ? growth * below.Average() : 0);
    }

    /// <summary>Which candidate is trained where.</summary>
    private readonly record struct TrialOf(TuningCandidate Candidate, int Rung, int Fold);

    /// <summary>What every trial is told.</summary>
    private readonly record struct TrialRun(
        TrialFile File,
        IProgress<TuningTrial>? Progress,
        CancellationToken Cancellation
    );
}
