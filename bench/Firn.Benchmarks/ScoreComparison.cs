using System.Diagnostics;
using System.Runtime.CompilerServices;
using Firn.Interop.Onnx;
using Firn.Model;
using Firn.Text;
using Microsoft.ML.OnnxRuntime;

namespace Firn.Benchmarks;

/// <summary>Scoring the notebook's model: batches of 1024 and single requests, Firn and ONNX Runtime in turn.</summary>
internal static class ScoreComparison
{
    private const int Rounds = 7;

    private static ulong _spun; // what a loop leaves, so that it is not dropped

    public static void Run(int threads, string? results)
    {
        using var report = new Report("score", results, threads);
        TextClassifier model = Workload.Model(new ClassifierOptions());
        using var options = new SessionOptions { IntraOpNumThreads = threads };
        using var session = new InferenceSession(OnnxModel.Write(model), options);
        long begin = Stopwatch.GetTimestamp();
        var scorer = new Scorer(model);
        double folding = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        report.Line(
            $"The notebook's model (E 300, H 100, {Workload.Vocabulary:N0} rows); ONNX Runtime "
                + $"{typeof(InferenceSession).Assembly.GetName().Version}; "
                + $"folding took {folding:F0} ms and {scorer.FoldedBytes / 1e6:F0} MB. {Rounds} rounds in turn; "
                + $"medians, and medians of the rounds' ratios."
        );
        report.Line();
        report.Line(
            "| batch | tokens | Firn, thousand tokens/s | without a folded table | float16 | ONNX Runtime | ratio | "
                + "largest difference |"
        );
        report.Line("|---:|---:|---:|---:|---:|---:|---:|---:|");
        var half = new Scorer(model, FoldPrecision.Float16);
        foreach (int length in new[] { 16, 40 })
            Batches(report, model, scorer, half, session, length, threads);
        report.Line();
        report.Line(
            "The bare loop is one of plain arithmetic that takes as long as Firn's request: its 99% are the machine's."
        );
        report.Line();
        report.Line(
            "| one request, tokens | Firn median, us | 99% | 99% / median (least round) | a bare loop's | ONNX "
                + "Runtime median, us | 99% | ratio |"
        );
        report.Line("|---:|---:|---:|---:|---:|---:|---:|---:|");
        using var single = new SessionOptions { IntraOpNumThreads = 1 };
        using var alone = new InferenceSession(OnnxModel.Write(model), single);
        foreach (int length in new[] { 1, 12, 40 })
            Requests(report, scorer, alone, length);
    }

    /// <summary>One request, the least disturbed of some rounds.</summary>
    public static void TuneLatency()
    {
        var scorer = new Scorer(Workload.Model(new ClassifierOptions()));
        ScoringWorkspace workspace = scorer.CreateWorkspace();
        var score = new float[1];
        foreach (int length in new[] { 1, 2, 12, 40 })
        {
            RaggedIds texts = Workload.FixedLength(512, length);
            double best = Enumerable
                .Range(0, 20)
                .Min(_ => Latency(i => scorer.Score(texts[i % 512], workspace, score), 2000).Median);
            Console.WriteLine($"one request of {length} tokens: {best:F2} us");
        }
    }

    private static void Batches(
        Report report,
        TextClassifier model,
        Scorer scorer,
        Scorer half,
        InferenceSession session,
        int length,
        int threads
    )
    {
        RaggedIds texts = Workload.FixedLength(Workload.Batch, length);
        using OrtValue ids = OnnxInput(texts, length);
        float[] ours = new float[texts.Count],
            theirs = [];
        void Firn() => scorer.Score(texts, ours, threads);
        void Half() => half.Score(texts, ours, threads);
        void Unfolded() => model.Predict(texts, ours, threads);
        void Onnx() => theirs = RunOnnx(session, ids);
        List<double> firn = [],
            unfolded = [],
            float16 = [],
            onnx = [];
        foreach (Action warm in new Action[] { Firn, Half, Unfolded, Onnx })
            Rate(warm, texts.TotalTokens, 0.5);
        for (int round = 0; round < Rounds; round++)
        {
            onnx.Add(Rate(Onnx, texts.TotalTokens, 0.5));
            unfolded.Add(Rate(Unfolded, texts.TotalTokens, 0.5));
            float16.Add(Rate(Half, texts.TotalTokens, 0.5));
            firn.Add(Rate(Firn, texts.TotalTokens, 0.5));
        }
        double difference = ours.Zip(theirs, (a, b) => Math.Abs(a - b)).Max();
        report.Line(
            $"| {texts.Count} | {length} | {Report.Median(firn) / 1e3:F0} | {Report.Median(unfolded) / 1e3:F0} | "
                + $"{Report.Median(float16) / 1e3:F0} | "
                + $"{Report.Median(onnx) / 1e3:F0} | {Report.Median(firn.Zip(onnx, (f, o) => f / o)):F1} | "
                + $"{difference:E1} |"
        );
    }

    private static void Requests(Report report, Scorer scorer, InferenceSession session, int length)
    {
        const int distinct = 512,
            requests = 4000;
        RaggedIds texts = Workload.FixedLength(distinct, length);
        OrtValue[] inputs = [.. Enumerable.Range(0, distinct).Select(i => OnnxInput(texts.Select([i]), length))];
        ScoringWorkspace workspace = scorer.CreateWorkspace();
        var score = new float[1];
        List<double> firn = [],
            firnTail = [],
            onnx = [],
            onnxTail = [],
            spread = [],
            loopSpread = [];
        long turns = 1000;
        for (int round = 0; round <= Rounds; round++)
        {
            (double median, double tail) = Latency(i => RunOnnx(session, inputs[i % distinct]), requests / 4);
            (double ours, double oursTail) = Latency(
                i => scorer.Score(texts[i % distinct], workspace, score),
                requests
            );
            (double loop, double loopTail) = Latency(_ => Spin(turns), requests);
            turns = Math.Max(1, (long)(turns * ours / loop)); // for the next round
            if (round == 0)
                continue;
            spread.Add(oursTail / ours);
            loopSpread.Add(loopTail / loop);
            onnx.Add(median);
            onnxTail.Add(tail);
            firn.Add(ours);
            firnTail.Add(oursTail);
        }
        foreach (OrtValue input in inputs)
            input.Dispose();
        report.Line(
            $"| {length} | {Report.Median(firn):F1} | {Report.Median(firnTail):F1} | {Report.Median(spread):F2} ("
                + $"{spread.Min():F2}) "
                + $"| {Report.Median(loopSpread):F2} ({loopSpread.Min():F2}) | {Report.Median(onnx):F1} | "
                + $"{Report.Median(onnxTail):F1} | {Report.Median(onnx.Zip(firn, (o, f) => o / f)):F1} |"
        );
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Spin(long turns)
    {
        ulong x = 88172645463325252;
        for (long i = 0; i < turns; i++)
        {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
        }
        _spun = x;
    }

    internal static (double Median, double Tail) Latency(Action<int> request, int count)
    {
        var microseconds = new double[count];
        for (int i = 0; i < count; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            request(i);
            microseconds[i] = Stopwatch.GetElapsedTime(begin).TotalMicroseconds;
        }
        Array.Sort(microseconds);
        return (microseconds[count / 2], microseconds[count * 99 / 100]);
    }

    internal static double Rate(Action work, long tokens, double seconds)
    {
        long done = 0;
        double start = Clock.Now;
        for (
            long begin = Stopwatch.GetTimestamp();
            Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds;
            done += tokens
        )
            work();
        return done / (Clock.Now - start);
    }

    internal static OrtValue OnnxInput(RaggedIds texts, int length)
    {
        var ids = new long[texts.TotalTokens];
        for (int i = 0; i < texts.Count; i++)
        {
            for (int t = 0; t < length; t++)
                ids[t * texts.Count + i] = texts[i][t];
        }
        return OrtValue.CreateTensorValueFromMemory(ids, [length, texts.Count]);
    }

    internal static float[] RunOnnx(InferenceSession session, OrtValue ids)
    {
        using var run = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> results = session.Run(
            run,
            [OnnxInputs.IdsName],
            [ids],
            [OnnxExport.OutputName]
        );
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
