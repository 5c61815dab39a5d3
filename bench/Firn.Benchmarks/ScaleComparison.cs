using System.Diagnostics;
using Firn.Kernels;
using Firn.Model;
using Firn.Text;

namespace Firn.Benchmarks;

/// <summary>
/// Whether a token costs the same however many texts and rows there are: the notebook's model, texts of 7 tokens in any
/// order.
/// </summary>
internal static class ScaleComparison
{
    private const int Rounds = 7,
        Length = 7;
    private const double Seconds = 0.8;
    private static readonly int[] Texts = [10_000, 100_000, 1_600_000],
        Vocabularies = [2_000, 30_000, 400_000];

    public static void Run(int threads, string? results)
    {
        using var report = new Report("scale", results, threads);
        report.Line(
            $"The notebook's model and dropout, texts of {Length} tokens whose words' ranks are log-uniform, in "
                + $"random order; {Rounds} rounds in turn; "
                + "medians, and medians of the rounds' costs a token beside the first row's of each table."
        );
        Table(report, "texts", [.. Texts.Select(texts => new Case(texts, 30_000, threads))]);
        Table(report, "vocabulary", [.. Vocabularies.Select(rows => new Case(100_000, rows, threads))]);
    }

    private static void Table(Report report, string what, Case[] cases)
    {
        foreach (Case c in cases)
            c.Warm();
        for (int round = 0; round < Rounds; round++)
        {
            foreach (Case c in cases)
                c.Measure();
        }
        report.Line();
        report.Line(
            $"| {what} | training, thousand tokens/s | cost | scoring, thousand tokens/s | cost | folded, MB |"
        );
        report.Line("|---:|---:|---:|---:|---:|---:|");
        foreach (Case c in cases)
        {
            report.Line(
                $"| {(what == "texts" ? c.Texts : c.Rows):N0} | {Report.Median(c.Training) / 1e3:F0} | "
                    + $"{Report.Median(cases[0].Training.Zip(c.Training, (a, b) => a / b)):F2} | "
                    + $"{Report.Median(c.Scoring) / 1e3:F0} | "
                    + $"{Report.Median(cases[0].Scoring.Zip(c.Scoring, (a, b) => a / b)):F2} | {c.Folded / 1e6:F0} |"
            );
        }
    }

    /// <summary>A corpus and a model of some size, and what was measured on them.</summary>
    private sealed class Case
    {
        private readonly RaggedIds _ids;
        private readonly TrainingLoop _loop;
        private readonly Scorer _scorer;
        private readonly float[] _scores;
        private readonly int _threads;

        public Case(int texts, int rows, int threads)
        {
            (Texts, Rows, _threads) = (texts, rows, threads);
            _ids = Workload.FixedLength(texts, Length, rows);
            int[] order = [.. Enumerable.Range(0, texts)];
            new CounterRandom(5).Shuffle<int>(order);
            _ids = _ids.Select(order);
            TextClassifier model = Workload.Model(new ClassifierOptions(), rows);
            _scorer = new Scorer(model);
            var trained = new TextClassifier(model.Options, model.Embedding, 5);
            _loop = new TrainingLoop(trained, _ids, threads, thawed: false, order);
            _scores = new float[texts];
        }

        public int Texts { get; }

        public int Rows { get; }

        public long Folded => _scorer.FoldedBytes;

        public List<double> Training { get; } = [];

        public List<double> Scoring { get; } = [];

        public void Warm()
        {
            _loop.Rate(Seconds);
            _scorer.Score(_ids, _scores, _threads);
        }

        public void Measure()
        {
            Training.Add(_loop.Rate(Seconds));
            long done = 0;
            double start = Clock.Now;
            for (
                long begin = Stopwatch.GetTimestamp();
                Stopwatch.GetElapsedTime(begin).TotalSeconds < Seconds;
                done += _ids.TotalTokens
            )
                _scorer.Score(_ids, _scores, _threads);
            Scoring.Add(done / (Clock.Now - start));
        }
    }
}
