using System.Diagnostics;
using Firn.Layers;
using Firn.Model;
using Firn.Text;

namespace Firn.Benchmarks;

/// <summary>Tokens a second of whole training steps (forward, backward, Adam), Firn and PyTorch in turn.</summary>
internal static class TrainComparison
{
    private const int Rounds = 7;
    private const double Seconds = 1.2;

    public static void Run(int threads, string? results, string? peers)
    {
        using var report = new Report("train", results, threads);
        report.Line(
            $"The notebook's model (E 300, H 100, frozen table, Adam), batch {Workload.Batch}; thousand tokens a "
                + $"second, {Rounds} rounds of {Seconds} s in turn; medians, and medians of the rounds' ratios."
        );
        report.Line(
            $"Share: of Firn's own [1024x300]x[300x400] product in the same round, at "
                + $"{Workload.FlopPerToken / 1e3:F0} kFLOP a token (the tied rows do fewer, a table that trains more)."
        );
        report.Line();
        report.Line("| texts | dropout (embedding, input, recurrent) | Firn | share | PyTorch | ratio |");
        report.Line("|---|---|---:|---:|---:|---:|");
        RaggedIds fixedTexts = Workload.FixedLength(16 * Workload.Batch, 16);
        Compare(
            report,
            "16 tokens each",
            fixedTexts,
            Workload.Vocabulary,
            Dropout(0.5, 0, 0),
            threads,
            peers,
            packed: false
        );
        Compare(
            report,
            "16 tokens each",
            fixedTexts,
            Workload.Vocabulary,
            Dropout(0, 0, 0),
            threads,
            null,
            packed: false
        );
        Compare(
            report,
            "16 tokens each",
            fixedTexts,
            Workload.Vocabulary,
            Dropout(0.5, 0, 0.2),
            threads,
            null,
            packed: false
        );
        Compare(
            report,
            "16 tokens each",
            fixedTexts,
            Workload.Vocabulary,
            Dropout(0.5, 0.2, 0.2),
            threads,
            null,
            packed: false
        );
        Compare(
            report,
            "16 tokens each, tied",
            fixedTexts,
            Workload.Vocabulary,
            Dropout(0.5, 0, 0) with
            {
                TiedEmbeddingDropout = true,
            },
            threads,
            null,
            packed: false
        );
        Compare(
            report,
            "16 tokens each, table trains too",
            fixedTexts,
            Workload.Vocabulary,
            Dropout(0.5, 0, 0),
            threads,
            null,
            packed: false,
            thawed: true
        );
        (RaggedIds Texts, int Vocabulary)? real = Workload.Tweets(64 * Workload.Batch);
        if (real is var (tweets, vocabulary))
        {
            Compare(report, "real tweets", tweets, vocabulary, Dropout(0.5, 0, 0), threads, peers, packed: true);
            Compare(report, "real tweets", tweets, vocabulary, Dropout(0.5, 0.2, 0.2), threads, null, packed: true);
            Compare(
                report,
                "real tweets, tied",
                tweets,
                vocabulary,
                Dropout(0.5, 0, 0) with
                {
                    TiedEmbeddingDropout = true,
                },
                threads,
                null,
                packed: true
            );
        }
        else
        {
            report.Line();
            report.Line(
                "(no real tweets: FIRN_DATA does not name the folder that holds sentiment140/sentiment140_union.csv.gz)"
            );
        }
        report.Line();
        report.Line(
            "In turn, two rounds of half the time each: embedding dropout 0.5 alone, with recurrent dropout 0.2, "
                + "with input and recurrent dropout 0.2."
        );
        report.Line();
        report.Line("| texts | 0.5 alone | and recurrent 0.2 | ratio | and input 0.2 | ratio |");
        report.Line("|---|---:|---:|---:|---:|---:|");
        Beside(report, "16 tokens each", fixedTexts, Workload.Vocabulary, threads);
        if (real is var (ownTweets, ownVocabulary))
            Beside(report, "real tweets", ownTweets, ownVocabulary, threads);
    }

    /// <summary>What a dropout costs: with it and without it in turn.</summary>
    private static void Beside(Report report, string name, RaggedIds texts, int vocabulary, int threads)
    {
        TrainingLoop[] loops =
        [
            .. new[] { Dropout(0.5, 0, 0), Dropout(0.5, 0, 0.2), Dropout(0.5, 0.2, 0.2) }.Select(o => new TrainingLoop(
                Workload.Model(o, vocabulary),
                texts,
                threads,
                thawed: false
            )),
        ];
        List<double>[] rates =
        [
            [],
            [],
            [],
        ];
        foreach (TrainingLoop loop in loops)
            loop.Rate(1);
        for (int round = 0; round < 2 * Rounds; round++)
        {
            for (int i = 0; i < loops.Length; i++)
                rates[i].Add(loops[i].Rate(Seconds / 2));
        }
        report.Line(
            $"| {name} | {Report.Median(rates[0]) / 1e3:F1} | {Report.Median(rates[1]) / 1e3:F1} | "
                + $"{Report.Median(rates[1].Zip(rates[0], (r, plain) => r / plain)):F3} | "
                + $"{Report.Median(rates[2]) / 1e3:F1} | "
                + $"{Report.Median(rates[2].Zip(rates[0], (r, plain) => r / plain)):F3} |"
        );
    }

    private static ClassifierOptions Dropout(double embedding, double input, double recurrent) =>
        new()
        {
            EmbeddingDropout = embedding,
            InputDropout = input,
            RecurrentDropout = recurrent,
        };

    private static void Compare(
        Report report,
        string name,
        RaggedIds texts,
        int vocabulary,
        ClassifierOptions options,
        int threads,
        string? peers,
        bool packed,
        bool thawed = false
    )
    {
        string file = peers is null ? "" : Workload.WriteTemporary(texts);
        using PythonPeer? peer = peers is null
            ? null
            : PythonPeer.Start(Path.Combine(peers, "torch_train.py"), file, $"{threads}", packed ? "1" : "0");
        var loop = new TrainingLoop(Workload.Model(options, vocabulary), texts, threads, thawed);
        loop.Rate(1);
        peer?.Rate(1);
        List<double> firn = [],
            other = [],
            machine = [];
        for (int round = 0; round < Rounds; round++)
        {
            machine.Add(
                GemmRate.Measure(threads, 1024, Workload.Embedding, 4 * Workload.Hidden, false, 0.4, sustained: true)
            );
            firn.Add(loop.Rate(Seconds));
            if (peer is not null)
                other.Add(peer.Rate(Seconds));
        }
        double share = Report.Median(firn.Zip(machine, (f, m) => f * Workload.FlopPerToken / 1e9 / m));
        string beside = peer is null
            ? "| | |"
            : $"| {Report.Median(other) / 1e3:F1} ({peer.Version}{(packed ? ", packed" : "")}) | "
                + $"{Report.Median(firn.Zip(other, (f, o) => f / o)):F1} |";
        report.Line(
            $"| {name} | {options.EmbeddingDropout}, {options.InputDropout}, {options.RecurrentDropout} | "
                + $"{Report.Median(firn) / 1e3:F1} | {share:P0} of {Report.Median(machine):F0} GFLOP/s {beside}"
        );
        if (file.Length > 0)
            File.Delete(file);
    }
}

/// <summary>Training steps over the texts in order, again and again.</summary>
internal sealed class TrainingLoop
{
    private readonly TrainingWorkspace _work;
    private readonly Adam _adam;
    private readonly RaggedIds _texts;
    private readonly int[] _order,
        _labels;
    private int _at;
    private long _step;

    public TrainingLoop(TextClassifier model, RaggedIds texts, int threads, bool thawed, int[]? order = null)
    {
        HashSet<ParameterGroup> groups = [ParameterGroup.Encoder, ParameterGroup.Dense];
        if (thawed)
            groups.Add(ParameterGroup.Embedding);
        _work = new TrainingWorkspace(model, groups, threads);
        _adam = new Adam(model, groups);
        _texts = texts;
        _order = order ?? [.. Enumerable.Range(0, texts.Count)];
        _labels = [.. Enumerable.Range(0, texts.Count).Select(i => (i * 7 / 3) & 1)];
    }

    public double Rate(double seconds)
    {
        long tokens = 0;
        double start = Clock.Now;
        for (long begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds; )
        {
            if (_at + Workload.Batch > _texts.Count)
                _at = 0;
            tokens += _work.ForwardBackward(_texts, _order.AsSpan(_at, Workload.Batch), _labels, [], 1, _step++).Tokens;
            _adam.Step(_work);
            _at += Workload.Batch;
        }
        return tokens / (Clock.Now - start);
    }
}
