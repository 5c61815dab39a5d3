using System.Globalization;
using System.IO.Compression;
using Firn.Model;
using Firn.Text;
using Firn.Vectors.Training;

namespace Firn.Benchmarks;

/// <summary>
/// Rates on request, so that another program may run two builds in turn: one line "WORK SECONDS" on standard input, one
/// line with the rate back, by CPU time on one thread.
/// </summary>
internal static class Pace
{
    private static readonly ClassifierOptions Plain = new()
    {
        EmbeddingDropout = 0.5,
        InputDropout = 0,
        RecurrentDropout = 0,
    };

    public static void Run()
    {
        Clock.Cpu = true;
        var work = new Dictionary<string, Func<double, double>>();
        RaggedIds texts = Workload.FixedLength(16 * Workload.Batch, 16);
        // The product that shares of the machine's rate are of, in tokens of the notebook's model.
        work["product"] = seconds =>
            GemmRate.Measure(1, 1024, Workload.Embedding, 4 * Workload.Hidden, false, seconds, sustained: true)
            * 1e9
            / Workload.FlopPerToken;
        AddTraining(work, texts);
        AddScoring(work);
        AddVectors(work, texts);
        if (Environment.GetEnvironmentVariable("FIRN_DATA") is { } folder)
            AddCleaning(work, Path.Combine(folder, "sentiment140", "sentiment140_union.csv.gz"));
        Console.WriteLine(string.Join(' ', work.Keys));
        while (Console.ReadLine() is { } line)
        {
            string[] parts = line.Split(' ');
            Console.WriteLine(
                work[parts[0]]
                    (double.Parse(parts[1], CultureInfo.InvariantCulture))
                    .ToString(CultureInfo.InvariantCulture)
            );
        }
    }

    private static void AddTraining(Dictionary<string, Func<double, double>> work, RaggedIds texts)
    {
        work["train"] = new TrainingLoop(Workload.Model(Plain), texts, 1, thawed: false).Rate;
        work["train-tied"] = new TrainingLoop(
            Workload.Model(Plain with { TiedEmbeddingDropout = true }),
            texts,
            1,
            thawed: false
        ).Rate;
        work["train-table"] = new TrainingLoop(Workload.Model(Plain), texts, 1, thawed: true).Rate;
        work["train-gru"] = new TrainingLoop(
            Workload.Model(Plain with { Encoder = EncoderKind.Gru }),
            texts,
            1,
            thawed: false
        ).Rate;
        ClassifierOptions convolution = Plain with { Encoder = EncoderKind.Convolution, Pooling = Pooling.Max };
        work["train-cnn"] = new TrainingLoop(Workload.Model(convolution), texts, 1, thawed: false).Rate;
    }

    private static void AddScoring(Dictionary<string, Func<double, double>> work)
    {
        const int requests = 512,
            length = 12;
        var scorer = new Scorer(Workload.Model(Plain));
        RaggedIds batch = Workload.FixedLength(Workload.Batch, 16),
            single = Workload.FixedLength(requests, length);
        float[] scores = new float[batch.Count],
            one = new float[1];
        ScoringWorkspace workspace = scorer.CreateWorkspace();
        work["score"] = seconds =>
            ScoreComparison.Rate(() => scorer.Score(batch, scores, 1), batch.TotalTokens, seconds);
        work["request"] = seconds =>
            ScoreComparison.Rate(
                () =>
                {
                    for (int i = 0; i < requests; i++)
                        scorer.Score(single[i], workspace, one);
                },
                requests,
                seconds
            );
    }

    private static void AddVectors(Dictionary<string, Func<double, double>> work, RaggedIds texts)
    {
        string[] words =
        [
            .. Enumerable.Range(0, Workload.Vocabulary).Select(i => FormattableString.Invariant($"w{i}")),
        ];
        var builder = new VocabularyBuilder();
        foreach (int id in texts.Ids)
            builder.Add(words[id]);
        Vocabulary vocabulary = builder.Build();
        int[] offsets = [.. Enumerable.Range(0, texts.Count / 4 + 1).Select(i => 16 * i)];
        var part = new RaggedIds(
            [.. texts.Ids[..offsets[^1]].ToArray().Select(id => vocabulary.IdOf(words[id]))],
            offsets
        );
        var options = new Word2VecOptions
        {
            VectorSize = 300,
            Window = 7,
            MinCount = 1,
            Epochs = 5,
            Threads = 1,
            Seed = 1,
        };
        work["cbow"] = seconds =>
            ScoreComparison.Rate(() => Word2Vec.Train(part, vocabulary, options), 5 * part.TotalTokens, seconds);
    }

    private static void AddCleaning(Dictionary<string, Func<double, double>> work, string corpus)
    {
        var texts = new List<string>();
        using (var reader = new StreamReader(new GZipStream(File.OpenRead(corpus), CompressionMode.Decompress)))
        {
            while (texts.Count < 20_000 && reader.ReadLine() is { } line)
                texts.Add(line);
        }
        var tokenizer = new Tokenizer(CleaningOptions.Tweets);
        var tokens = new TokenBuffer();
        work["clean"] = seconds =>
            ScoreComparison.Rate(
                () =>
                {
                    foreach (string text in texts)
                        tokenizer.Tokenize(text, tokens);
                },
                texts.Count,
                seconds
            );
    }
}
