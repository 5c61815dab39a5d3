using System.Diagnostics;
using Firn.Model;
using Firn.Text;

namespace Firn.Benchmarks;

/// <summary>Tokens a second of whole training steps (forward, backward, Adam), Firn and PyTorch in turn.</summary>
internal static class TrainComparison
{
    private const int Rounds = 7;
    private const double Seconds = 1.5;

    public static void Run(int threads, string? results, string? peers)
    {
        using var report = new Report("train", results, threads);
        report.Line($"The notebook's model (E 300, H 100, frozen table, Adam), batch {Workload.Batch}; thousand tokens a second, medians of {Rounds} rounds of {Seconds} s in turn.");
        report.Line($"Share: of Firn's own [1024x300]x[300x400] product measured between the rounds, at {Workload.FlopPerToken / 1e3:F0} kFLOP a token.");
        report.Line();
        report.Line("| texts | dropout (embedding, input, recurrent) | Firn | share | PyTorch | ratio |");
        report.Line("|---|---|---:|---:|---:|---:|");
        RaggedIds fixedTexts = Workload.FixedLength(16 * Workload.Batch, 16);
        Compare(report, "16 tokens each", fixedTexts, Workload.Vocabulary, Dropout(0.5, 0, 0), threads, peers, packed: false);
        Compare(report, "16 tokens each", fixedTexts, Workload.Vocabulary, Dropout(0, 0, 0), threads, null, packed: false);
        Compare(report, "16 tokens each", fixedTexts, Workload.Vocabulary, Dropout(0.5, 0, 0.2), threads, null, packed: false);
        Compare(report, "16 tokens each", fixedTexts, Workload.Vocabulary, Dropout(0.5, 0.2, 0.2), threads, null, packed: false);
        Compare(report, "16 tokens each, tied", fixedTexts, Workload.Vocabulary, Dropout(0.5, 0, 0) with { TiedEmbeddingDropout = true }, threads, null, packed: false);
        if (Workload.Tweets(64 * Workload.Batch) is var (tweets, vocabulary))
        {
            Compare(report, "real tweets", tweets, vocabulary, Dropout(0.5, 0, 0), threads, peers, packed: true);
            Compare(report, "real tweets", tweets, vocabulary, Dropout(0.5, 0.2, 0.2), threads, null, packed: true);
            Compare(report, "real tweets, tied", tweets, vocabulary, Dropout(0.5, 0, 0) with { TiedEmbeddingDropout = true }, threads, null, packed: true);
        }
        else
        {
            report.Line();
            report.Line("(no real tweets: FIRN_DATA does not name the folder that holds sentiment140/sentiment140_union.csv.gz)");
        }
    }

    /// <summary>
    /// Firn alone by CPU time instead of the clock's: for tuning on a machine that others use too. Best of some rounds.
    /// </summary>
    public static void Tune(int threads, string only = "")
    {
        RaggedIds texts = Workload.FixedLength(16 * Workload.Batch, 16);
        double machine = GemmRate.Measure(threads, 1024, Workload.Embedding, 4 * Workload.Hidden, false, 0.3);
        var runs = new List<(string, RaggedIds, int, ClassifierOptions)>
        {
            ("no dropout", texts, Workload.Vocabulary, Dropout(0, 0, 0)),
            ("tied 0.5", texts, Workload.Vocabulary, Dropout(0.5, 0, 0) with { TiedEmbeddingDropout = true }),
            ("0.5", texts, Workload.Vocabulary, Dropout(0.5, 0, 0)),
            ("0.5, recurrent 0.2", texts, Workload.Vocabulary, Dropout(0.5, 0, 0.2)),
            ("0.5, input 0.2, recurrent 0.2", texts, Workload.Vocabulary, Dropout(0.5, 0.2, 0.2)),
        };
        if (Workload.Tweets(64 * Workload.Batch) is var (tweets, vocabulary))
        {
            runs.Add(("tweets, 0.5", tweets, vocabulary, Dropout(0.5, 0, 0)));
            runs.Add(("tweets, tied 0.5", tweets, vocabulary, Dropout(0.5, 0, 0) with { TiedEmbeddingDropout = true }));
        }
        foreach ((string name, RaggedIds ids, int rows, ClassifierOptions options) in runs.Where(r => r.Item1.Contains(only, StringComparison.Ordinal)))
        {
            var loop = new TrainingLoop(Workload.Model(options, rows), ids, threads);
            loop.Rate(1);
            double best = Enumerable.Range(0, 4).Max(_ => loop.Rate(0.3, cpu: true) * threads);
            Console.WriteLine($"{name}: {best / 1e3:F1} thousand tokens/s of CPU time, {best * Workload.FlopPerToken / 1e9 / machine:P0} of {machine:F0} GFLOP/s");
        }
    }

    private static ClassifierOptions Dropout(double embedding, double input, double recurrent) =>
        new() { EmbeddingDropout = embedding, InputDropout = input, RecurrentDropout = recurrent };

    private static void Compare(Report report, string name, RaggedIds texts, int vocabulary, ClassifierOptions options, int threads, string? peers, bool packed)
    {
        string file = peers is null ? "" : Workload.WriteTemporary(texts);
        using PythonPeer? peer = peers is null ? null : PythonPeer.Start(Path.Combine(peers, "torch_train.py"), file, $"{threads}", packed ? "1" : "0");
        var loop = new TrainingLoop(Workload.Model(options, vocabulary), texts, threads);
        loop.Rate(1);
        peer?.Rate(1);
        List<double> firn = [], other = [], machine = [];
        for (int round = 0; round < Rounds; round++)
        {
            machine.Add(GemmRate.Measure(threads, 1024, Workload.Embedding, 4 * Workload.Hidden, false, 0.3));
            firn.Add(loop.Rate(Seconds));
            if (peer is not null)
                other.Add(peer.Rate(Seconds));
        }
        double rate = Report.Median(firn), share = rate * Workload.FlopPerToken / 1e9 / Report.Median(machine);
        string beside = peer is null ? "| |" : $"| {Report.Median(other) / 1e3:F1} ({peer.Version}{(packed ? ", packed" : "")}) | {rate / Report.Median(other):F1} |";
        report.Line($"| {name} | {options.EmbeddingDropout}, {options.InputDropout}, {options.RecurrentDropout} | {rate / 1e3:F1} | {share:P0} of {Report.Median(machine):F0} GFLOP/s {beside}");
        if (file.Length > 0)
            File.Delete(file);
    }
}

/// <summary>Training steps over the texts in order, again and again.</summary>
internal sealed class TrainingLoop
{
    private static readonly HashSet<ParameterGroup> Frozen = [ParameterGroup.Lstm, ParameterGroup.Dense];

    private readonly TrainingWorkspace work;
    private readonly Adam adam;
    private readonly RaggedIds texts;
    private readonly int[] order, labels;
    private int at;
    private long step;

    public TrainingLoop(TextClassifier model, RaggedIds texts, int threads)
    {
        work = new TrainingWorkspace(model, Frozen, threads);
        adam = new Adam(model, Frozen);
        this.texts = texts;
        order = [.. Enumerable.Range(0, texts.Count)];
        labels = [.. order.Select(i => (i * 7 / 3) & 1)];
    }

    /// <summary>Tokens a second of the clock, or of all threads' CPU time.</summary>
    public double Rate(double seconds, bool cpu = false)
    {
        long tokens = 0, begin = Stopwatch.GetTimestamp();
        TimeSpan used = Environment.CpuUsage.TotalTime;
        while (Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds)
        {
            if (at + Workload.Batch > texts.Count)
                at = 0;
            tokens += work.ForwardBackward(texts, order.AsSpan(at, Workload.Batch), labels, [], 1, step++).Tokens;
            adam.Step(work);
            at += Workload.Batch;
        }
        return tokens / (cpu ? Environment.CpuUsage.TotalTime - used : Stopwatch.GetElapsedTime(begin)).TotalSeconds;
    }
}
