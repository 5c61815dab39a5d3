using Firn.Model;
using Firn.Text;
using Microsoft.ML.OnnxRuntime;

namespace Firn.Benchmarks;

/// <summary>
/// Other encoders than the notebook's LSTM: training beside PyTorch, scoring beside ONNX Runtime, in turn.
/// </summary>
internal static class EncoderComparison
{
    private const int Rounds = 7;
    private const double Seconds = 1.2;

    private static readonly ClassifierOptions Plain = new()
    {
        EmbeddingDropout = 0.5,
        InputDropout = 0,
        RecurrentDropout = 0,
    };

    private static readonly (string Name, string Peer, ClassifierOptions Options)[] Encoders =
    [
        ("LSTM", "lstm", Plain),
        ("GRU", "gru", Plain with { Encoder = EncoderKind.Gru }),
        ("convolutions over 3, 4, 5", "cnn", Plain with { Encoder = EncoderKind.Convolution, Pooling = Pooling.Max }),
        ("two bidirectional LSTMs", "bilstm2", Plain with { Bidirectional = true, Layers = 2 }),
    ];

    /// <summary>
    /// All of them, or with <paramref name="part"/> (lstm, gru, cnn, bilstm2, table) one, to the console alone.
    /// </summary>
    public static void Run(int threads, string? results, string? peers, string? part)
    {
        using var report = new Report("encoders", part is null ? results : null, threads);
        bool Asked(string peer) => part is null || part == peer;
        report.Line(
            $"E 300, H 100 (100 filters a width), frozen table unless said, embedding dropout 0.5, Adam, batch "
                + $"{Workload.Batch}; thousand tokens a second; {Rounds} rounds in turn, medians, and medians of the "
                + $"rounds' ratios."
        );
        report.Line("The peer runs on what its BLAS chooses for the processor (OPENBLAS_CORETYPE unset).");
        report.Line();
        report.Line("| training | texts | Firn | PyTorch | ratio |");
        report.Line("|---|---|---:|---:|---:|");
        RaggedIds fixedTexts = Workload.FixedLength(16 * Workload.Batch, 16);
        (RaggedIds Texts, int Vocabulary)? real = Workload.Tweets(64 * Workload.Batch);
        foreach (
            (string name, string peer, ClassifierOptions options) in Encoders.Where(encoder => Asked(encoder.Peer))
        )
        {
            Train(report, name, peer, options, "16 tokens each", fixedTexts, Workload.Vocabulary, false);
            if (real is var (tweets, vocabulary))
                Train(report, name, peer, options, "real tweets", tweets, vocabulary, true);
        }
        if (Asked("table"))
            Train(
                report,
                "LSTM, table trains",
                "lstm",
                Plain,
                "16 tokens each",
                fixedTexts,
                Workload.Vocabulary,
                false,
                trainable: true
            );
        report.Line();
        report.Line(
            "| scoring | batch | tokens | Firn | ONNX Runtime | ratio | one request, us | ONNX Runtime, us | ratio | "
                + "largest difference |"
        );
        report.Line("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach ((string name, _, ClassifierOptions options) in Encoders.Take(3).Where(encoder => Asked(encoder.Peer)))
            Score(report, name, Workload.Model(options), threads);

        void Train(
            Report to,
            string name,
            string peer,
            ClassifierOptions options,
            string kind,
            RaggedIds texts,
            int vocabulary,
            bool packed,
            bool trainable = false
        )
        {
            string file = Workload.WriteTemporary(texts);
            string[] arguments =
            [
                file,
                $"{threads}",
                packed ? "1" : "0",
                peer,
                .. trainable ? ["trainable"] : Array.Empty<string>(),
            ];
            using PythonPeer? other = peers is null
                ? null
                : PythonPeer.Start(Path.Combine(peers, "torch_train.py"), arguments);
            var loop = new TrainingLoop(Workload.Model(options, vocabulary), texts, threads, trainable);
            loop.Rate(1);
            other?.Rate(1);
            List<double> ours = [],
                theirs = [];
            for (int round = 0; round < Rounds; round++)
            {
                ours.Add(loop.Rate(Seconds));
                if (other is not null)
                    theirs.Add(other.Rate(Seconds));
            }
            string beside = other is null
                ? "| | |"
                : $"| {Report.Median(theirs) / 1e3:F1} ({other.Version}) | "
                    + $"{Report.Median(ours.Zip(theirs, (f, o) => f / o)):F1} |";
            to.Line($"| {name} | {kind} | {Report.Median(ours) / 1e3:F1} {beside}");
            File.Delete(file);
        }
    }

    private static void Score(Report report, string name, TextClassifier model, int threads)
    {
        const int length = 16,
            distinct = 512;
        using var options = new SessionOptions { IntraOpNumThreads = threads };
        using var session = new InferenceSession(OnnxModel.Write(model), options);
        using var single = new SessionOptions { IntraOpNumThreads = 1 };
        using var alone = new InferenceSession(OnnxModel.Write(model), single);
        var scorer = new Scorer(model);
        RaggedIds texts = Workload.FixedLength(Workload.Batch, length),
            requests = Workload.FixedLength(distinct, 12);
        using OrtValue ids = ScoreComparison.OnnxInput(texts, length);
        OrtValue[] inputs =
        [
            .. Enumerable.Range(0, distinct).Select(i => ScoreComparison.OnnxInput(requests.Select([i]), 12)),
        ];
        float[] ours = new float[texts.Count],
            theirs = [],
            one = new float[1];
        ScoringWorkspace workspace = scorer.CreateWorkspace();
        List<double> firn = [],
            onnx = [],
            firnOne = [],
            onnxOne = [];
        for (int round = 0; round <= Rounds; round++)
        {
            double other = ScoreComparison.Rate(
                () => theirs = ScoreComparison.RunOnnx(session, ids),
                texts.TotalTokens,
                0.5
            );
            double own = ScoreComparison.Rate(() => scorer.Score(texts, ours, threads), texts.TotalTokens, 0.5);
            double otherOne = ScoreComparison
                .Latency(i => ScoreComparison.RunOnnx(alone, inputs[i % distinct]), 1000)
                .Median;
            double ownOne = ScoreComparison
                .Latency(i => scorer.Score(requests[i % distinct], workspace, one), 4000)
                .Median;
            if (round == 0)
                continue;
            firn.Add(own);
            onnx.Add(other);
            firnOne.Add(ownOne);
            onnxOne.Add(otherOne);
        }
        foreach (OrtValue input in inputs)
            input.Dispose();
        double difference = ours.Zip(theirs, (a, b) => Math.Abs(a - b)).Max();
        report.Line(
            $"| {name} | {texts.Count} | {length} | {Report.Median(firn) / 1e3:F0} | {Report.Median(onnx) / 1e3:F0} "
                + $"| {Report.Median(firn.Zip(onnx, (f, o) => f / o)):F1} | "
                + $"{Report.Median(firnOne):F1} | {Report.Median(onnxOne):F1} | "
                + $"{Report.Median(onnxOne.Zip(firnOne, (o, f) => o / f)):F1} | {difference:E1} |"
        );
    }
}
