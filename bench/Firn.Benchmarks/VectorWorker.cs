using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Firn.Text;
using Firn.Vectors;
using Firn.Vectors.Formats;
using Firn.Vectors.Training;

namespace Firn.Benchmarks;

/// <summary>
/// Firn in a process of its own, as its peers are, so that times begin cold and memory is its own: the same commands as
/// <c>vectors_gensim.py</c>, and the same line of JSON.
/// </summary>
internal static class VectorWorker
{
    private const int Queries = 200,
        Rounds = 7;

    /// <summary><c>train CORPUS TARGET OPTIONS</c>, <c>load FILE</c> or <c>search FILE</c>.</summary>
    public static void Run(string[] arguments)
    {
        var answer = new JsonObject { ["version"] = "Firn" };
        if (arguments[0] == "train")
            Train(arguments[1], arguments[2], JsonDocument.Parse(arguments[3]).RootElement, answer);
        else
            Load(arguments[1], arguments[0] == "search", answer);
        answer["peak"] ??= Peak();
        Console.WriteLine(answer.ToJsonString());
    }

    private static void Train(string corpus, string target, JsonElement o, JsonObject answer)
    {
        var builder = new VocabularyBuilder();
        foreach (string line in File.ReadLines(corpus))
        {
            foreach (Range word in line.AsSpan().Split(' '))
                builder.Add(line.AsSpan()[word]);
        }
        Vocabulary vocabulary = builder.Build();
        List<int> ids = [],
            offsets = [0];
        foreach (string line in File.ReadLines(corpus))
        {
            foreach (Range word in line.AsSpan().Split(' '))
                ids.Add(vocabulary.IdOf(line.AsSpan()[word]));
            offsets.Add(ids.Count);
        }
        var texts = new RaggedIds([.. ids], [.. offsets]);
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        WordVectors vectors = Word2Vec.Train(
            texts,
            vocabulary,
            new Word2VecOptions
            {
                VectorSize = o.GetProperty("size").GetInt32(),
                Window = o.GetProperty("window").GetInt32(),
                MinCount = o.GetProperty("min_count").GetInt32(),
                Epochs = o.GetProperty("epochs").GetInt32(),
                SkipGram = o.GetProperty("sg").GetInt32() == 1,
                Threads = o.GetProperty("threads").GetInt32(),
                Seed = o.GetProperty("seed").GetUInt64(),
                Deterministic =
                    o.TryGetProperty("deterministic", out JsonElement deterministic) && deterministic.GetBoolean(),
            }
        );
        answer["seconds"] = watch.Elapsed.TotalSeconds;
        answer["cpu"] = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds;
        vectors.Save(target, VectorFormat.Word2VecBinary);
    }

    private static void Load(string path, bool search, JsonObject answer)
    {
        var watch = Stopwatch.StartNew();
        WordVectors vectors = WordVectors.Load(path);
        answer["load"] = watch.Elapsed.TotalSeconds;
        answer["words"] = vectors.Count;
        if (!search)
        {
            answer["peak"] = Peak(); // of one load, before more of them
            if (new FileInfo(path).Length > 1L << 30)
                return;
            answer["warm"] = Report.Median(
                Enumerable
                    .Range(0, 5)
                    .Select(_ =>
                    {
                        GC.Collect();
                        var again = Stopwatch.StartNew();
                        using WordVectors loaded = WordVectors.Load(path);
                        return again.Elapsed.TotalSeconds;
                    })
                    .ToArray()
            );
            return;
        }
        watch.Restart();
        var similarity = new Similarity(vectors);
        string[] words = [.. vectors.Words.Take(Queries)];
        similarity.Nearest(words[0]);
        answer["prepare"] = watch.Elapsed.TotalSeconds;
        answer["query"] = Seconds(() => Array.ForEach(words, word => similarity.Nearest(word))) / words.Length;
        answer["batch"] = Seconds(() => similarity.NearestOfEach(words)) / words.Length;
    }

    private static long Peak()
    {
        using var self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64;
    }

    /// <summary>The median of some rounds.</summary>
    private static double Seconds(Action work)
    {
        work();
        return Report.Median(
            Enumerable
                .Range(0, Rounds)
                .Select(_ =>
                {
                    var watch = Stopwatch.StartNew();
                    work();
                    return watch.Elapsed.TotalSeconds;
                })
                .ToArray()
        );
    }
}
