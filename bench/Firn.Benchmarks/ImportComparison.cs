using System.Globalization;
using Firn.Layers;
using Firn.Model;
using Firn.Text;
using Microsoft.ML.OnnxRuntime;

namespace Firn.Benchmarks;

/// <summary>
/// An imported notebook model, padded in front to 300 words without a mask: Firn, which starts each text in the state
/// of its pads, and ONNX Runtime, which runs every pad, in turn. Both are counted by the words of the texts.
/// </summary>
internal static class ImportComparison
{
    private const int Rounds = 5,
        Length = 300,
        Texts = 512;

    public static void Run(int threads, string? results)
    {
        using var report = new Report("import", results, threads);
        EmbeddingTable table = EmbeddingTable.Random(Workload.Vocabulary, Workload.Embedding, 3);
        var plain = new TextClassifier(new ClassifierOptions(), table, 4);
        var imported = new TextClassifier(
            new ClassifierOptions
            {
                Model = [new Lstm(Workload.Hidden) { Name = "lstm" }, new LastState()],
                Padding = new PaddedInput { Length = Length },
            },
            table,
            4
        );
        foreach (Parameter weights in plain.Parameters.Where(p => p.Group != ParameterGroup.Embedding))
            weights.Values.CopyTo(imported[weights.Name].Values);
        using var options = new SessionOptions { IntraOpNumThreads = threads };
        using var session = new InferenceSession(OnnxModel.Write(plain), options);
        var scorer = new Scorer(imported);
        report.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The notebook's model as it is imported: E 300, H 100, unmasked, padded in front to {Length} words; "
                    + $"ONNX Runtime {typeof(InferenceSession).Assembly.GetName().Version} on the padded ids. "
                    + $"{Rounds} rounds in turn; medians, and the median of the rounds' ratios."
            )
        );
        report.Line();
        report.Line("| words a text | Firn, thousand words/s | ONNX Runtime | ratio | largest difference |");
        report.Line("|---:|---:|---:|---:|---:|");
        foreach (int words in new[] { 7, 16, 40 })
            Compare(report, scorer, session, Workload.FixedLength(Texts, words), threads);
    }

    private static void Compare(Report report, Scorer scorer, InferenceSession session, RaggedIds texts, int threads)
    {
        var padded = new long[Length * texts.Count];
        for (int i = 0; i < texts.Count; i++)
        {
            ReadOnlySpan<int> ids = texts[i];
            for (int t = 0; t < ids.Length; t++)
                padded[(Length - ids.Length + t) * texts.Count + i] = ids[t];
        }
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(padded, [Length, texts.Count]);
        float[] ours = new float[texts.Count],
            theirs = [];
        void Firn() => scorer.Score(texts, ours, threads);
        void Onnx() => theirs = ScoreComparison.RunOnnx(session, input);
        List<double> firn = [],
            onnx = [];
        ScoreComparison.Rate(Firn, texts.TotalTokens, 0.3);
        for (int round = 0; round < Rounds; round++)
        {
            onnx.Add(ScoreComparison.Rate(Onnx, texts.TotalTokens, 1));
            firn.Add(ScoreComparison.Rate(Firn, texts.TotalTokens, 0.5));
        }
        double difference = ours.Zip(theirs, (a, b) => Math.Abs(a - b)).Max();
        report.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {texts.LengthOf(0)} | {Report.Median(firn) / 1e3:F0} | {Report.Median(onnx) / 1e3:F1} | "
                    + $"{Report.Median(firn.Zip(onnx, (f, o) => f / o)):F0} | {difference:E1} |"
            )
        );
    }
}
