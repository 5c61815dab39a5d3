using Firn.Data;
using Firn.Interop.Onnx;
using Firn.Layers;
using Firn.Linear;
using Firn.Model;
using Firn.Text;
using Microsoft.ML.OnnxRuntime;

namespace Firn.Benchmarks;

/// <summary>
/// Exported models in ONNX Runtime on real texts: the largest difference of a probability, encoder by encoder.
/// </summary>
internal static class ExportComparison
{
    private const int Texts = 5000,
        Longest = 300,
        Width = 50,
        Hidden = 32,
        Batch = 50,
        Words = 30_000;

    public static void Run(string? results)
    {
        string folder =
            Environment.GetEnvironmentVariable("FIRN_DATA")
            ?? throw new InvalidOperationException("Set FIRN_DATA to the folder of the corpora.");
        (RaggedIds texts, int[] labels, Vocabulary vocabulary) = Read(folder);
        int[] lengths = [.. Enumerable.Range(0, texts.Count).Select(texts.LengthOf)];
        using var report = new Report("export", results, 1);
        report.Line(
            $"{texts.Count} real texts (film reviews cut to {Longest} words, tweets, parts of both, empty ones): "
                + $"{lengths.Min()} to {lengths.Max()} words, {texts.TotalTokens} in all, "
                + $"{vocabulary.Count - 1} words. E {Width}, H {Hidden}, weights drawn, biases not zero; the linear "
                + $"part is fitted to the texts' labels, n-grams of up to 3 words and runs of up to 5 characters."
        );
        report.Line(
            $"ONNX Runtime {typeof(InferenceSession).Assembly.GetName().Version}, batches of {Batch}. Largest "
                + $"differences of a probability from Firn's."
        );
        report.Line();
        report.Line("| encoder | pooling | layers alone | with the linear part | largest probability less least |");
        report.Line("|---|---|---:|---:|---:|");
        NgramClassifier linear = NgramClassifier.Fit(
            texts,
            vocabulary,
            labels,
            2,
            [],
            new LinearBranchOptions { LongestCharacters = 5 },
            Environment.ProcessorCount
        );
        EmbeddingTable table = EmbeddingTable.Random(vocabulary.Count, Width, 3);
        foreach (ref float value in table.Rows.Span)
            value *= 20;
        double most = 0;
        foreach ((string name, ClassifierOptions options) in Models())
        {
            var model = new TextClassifier(options with { HiddenSize = Hidden }, table, 4) { Prior = [0.4f] };
            Shift(model);
            (double alone, _) = Difference(model, texts);
            model.LinearBranch = linear;
            (double both, double range) = Difference(model, texts);
            string pooling =
                options.Pooling == Pooling.LastState ? "last state" : options.Pooling.ToString().ToLowerInvariant();
            report.Line($"| {name} | {pooling} | {alone:0.0e+0} | {both:0.0e+0} | {range:0.00} |");
            most = Math.Max(most, Math.Max(alone, both));
        }
        report.Line();
        report.Line($"Largest of all: {most:0.0e+0}.");
    }

    private static IEnumerable<(string Name, ClassifierOptions Options)> Models()
    {
        var plain = new ClassifierOptions();
        (string, ClassifierOptions)[] encoders =
        [
            ("LSTM", plain),
            ("two directions of an LSTM", plain with { Bidirectional = true }),
            ("two levels of both", plain with { Bidirectional = true, Layers = 2 }),
            ("GRU", plain with { Encoder = EncoderKind.Gru }),
            ("two directions of a GRU", plain with { Encoder = EncoderKind.Gru, Bidirectional = true }),
            ("convolutions over 3, 4, 5", plain with { Encoder = EncoderKind.Convolution }),
            ("mean", plain with { Encoder = EncoderKind.Mean }),
        ];
        foreach ((string name, ClassifierOptions options) in encoders)
        {
            foreach (Pooling pooling in Enum.GetValues<Pooling>())
            {
                if (pooling != Pooling.LastState || options.Encoder is EncoderKind.Lstm or EncoderKind.Gru)
                    yield return (name, options with { Pooling = pooling });
            }
        }
        yield return ("LSTM, two hidden layers", plain with { Dense = [24, 12], DenseActivation = Activation.Gelu });
        yield return ("LSTM, padded to 300", plain with { PaddedLength = Longest });
    }

    private static (double Most, double Range) Difference(TextClassifier model, RaggedIds texts)
    {
        using var bytes = new MemoryStream();
        OnnxExport.Write(model, bytes);
        using var options = new SessionOptions();
        using var session = new InferenceSession(bytes.ToArray(), options);
        var here = new float[texts.Count];
        model.Predict(texts, here);
        double most = 0;
        for (int from = 0; from < texts.Count; from += Batch)
        {
            int count = Math.Min(Batch, texts.Count - from),
                time = Enumerable.Range(from, count).Max(texts.LengthOf);
            long[] ids = new long[count * time],
                lengths = new long[count];
            for (int i = 0; i < count; i++)
            {
                lengths[i] = texts.LengthOf(from + i);
                for (int t = 0; t < lengths[i]; t++)
                    ids[i * time + t] = texts[from + i][t];
            }
            using OrtValue idValue = OrtValue.CreateTensorValueFromMemory(ids, [count, time]),
                lengthValue = OrtValue.CreateTensorValueFromMemory(lengths, [count]);
            using var run = new RunOptions();
            using var found = session.Run(
                run,
                [OnnxInputs.IdsName, OnnxInputs.LengthsName],
                [idValue, lengthValue],
                [OnnxExport.OutputName]
            );
            ReadOnlySpan<float> there = found[0].GetTensorDataAsSpan<float>();
            for (int i = 0; i < count; i++)
                most = Math.Max(most, Math.Abs(there[i] - here[from + i]));
        }
        return (most, here.Max() - here.Min());
    }

    private static void Shift(TextClassifier model)
    {
        var random = new Random(11);
        foreach (Parameter bias in model.Parameters.Where(p => p.Name.EndsWith("bias", StringComparison.Ordinal)))
        {
            foreach (ref float value in bias.Values.Span)
                value += (float)(random.NextDouble() - 0.5) / 4;
        }
    }

    /// <summary>
    /// Half reviews, half tweets; some of each cut to any length, so that every length from 0 to 300 is there.
    /// </summary>
    private static (RaggedIds Texts, int[] Labels, Vocabulary Vocabulary) Read(string folder)
    {
        var tokenizer = new Tokenizer(CleaningOptions.Tweets);
        var buffer = new TokenBuffer();
        var builder = new VocabularyBuilder();
        var rows = new List<(string[] Words, int Label)>();
        foreach (string file in (string[])["imdb/imdb_train.csv.gz", "sentiment140/sentiment140_union.csv.gz"])
        {
            var labels = new Dictionary<string, int>();
            foreach (LabeledText row in CorpusReader.Open(Path.Combine(folder, file)).Take(Texts / 2))
            {
                tokenizer.Tokenize(row.Text, buffer);
                int cut = rows.Count % 2 == 0 ? Longest : rows.Count / 2 % (Longest + 1);
                builder.Add(buffer);
                if (!labels.TryGetValue(row.Label, out int label))
                    labels.Add(row.Label, label = labels.Count % 2);
                rows.Add(([.. buffer.ToArray().Take(cut)], label));
            }
        }
        Vocabulary vocabulary = builder.Build(new VocabularyOptions { MaxSize = Words });
        return (
            RaggedIds.From([
                .. rows.Select(r => r.Words.Select(w => vocabulary.IdOf(w)).Where(id => id > 0).ToArray()),
            ]),
            [.. rows.Select(r => r.Label)],
            vocabulary
        );
    }
}
