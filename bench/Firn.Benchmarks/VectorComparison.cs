using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Firn.Text;
using Firn.Vectors;

namespace Firn.Benchmarks;

/// <summary>
/// Word vectors trained by gensim, fastText and Firn in turn on the same file with the same settings, all tested by Firn's
/// evaluation (equal to gensim's), then loading and searching. Rates by the wall clock and by CPU time.
/// </summary>
internal static class VectorComparison
{
    private const int MinCount = 10, Epochs = 1;

    /// <summary>Runs it.</summary>
    /// <param name="corpus">English text, plain or gzip; lower-cased and reduced to a-z here.</param>
    /// <param name="sets">The folder that holds similarity/ and analogy/; null trains without tests.</param>
    /// <param name="size">Vector size.</param>
    /// <param name="window">Window.</param>
    /// <param name="threads">Threads of each.</param>
    /// <param name="results">Where the report goes.</param>
    /// <param name="peers">Where the peers' scripts are.</param>
    public static void Run(string corpus, string? sets, int size, int window, int threads, string? results, string? peers)
    {
        using var report = new Report("vectors", results, threads);
        string folder = Directory.CreateTempSubdirectory("firn-compare-").FullName;
        try
        {
            string text = Path.Combine(folder, "text");
            (RaggedIds ids, Vocabulary vocabulary) = Prepare(corpus, text);
            report.Line($"{ids.TotalTokens} words of {Path.GetFileName(corpus)}, {size} dimensions, window {window}, negative 5, sample 1e-3, min_count {MinCount}, {Epochs} epoch.");
            report.Line();
            report.Line("| model | trainer | million words/s | million words/s of CPU | WordSim-353 | SimLex-999 | analogies | peak MB |");
            report.Line("|---|---|---:|---:|---:|---:|---:|---:|");
            string binary = Path.Combine(folder, "firn.bin");
            foreach (bool skipGram in new[] { false, true })
            {
                string model = skipGram ? "skip-gram" : "CBOW";
                Firn(report, model, ids, vocabulary, new Word2VecOptions { VectorSize = size, Window = window, MinCount = MinCount, Epochs = Epochs, SkipGram = skipGram, Threads = threads }, sets, binary);
                string options = string.Create(CultureInfo.InvariantCulture, $"{{\"size\":{size},\"window\":{window},\"min_count\":{MinCount},\"sg\":{(skipGram ? 1 : 0)},\"threads\":{threads},\"epochs\":{Epochs}}}");
                Gensim(report, model, ids.TotalTokens, peers, text, Path.Combine(folder, "gensim.bin"), options, sets);
                FastText(report, model, ids.TotalTokens, text, Path.Combine(folder, "fasttext"), skipGram, size, window, threads, sets);
            }
            Search(report, binary, Path.Combine(folder, "firn.txt"), peers);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (RaggedIds, Vocabulary) Prepare(string corpus, string text)
    {
        using Stream file = File.OpenRead(corpus);
        using Stream plain = corpus.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(plain);
        using (var writer = new StreamWriter(text))
        {
            while (reader.ReadLine() is { } line)
            {
                string words = string.Join(' ', new string([.. line.ToLowerInvariant().Select(c => char.IsAsciiLetterLower(c) ? c : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries));
                if (words.Length > 0)
                    writer.WriteLine(words);
            }
        }
        var builder = new VocabularyBuilder();
        foreach (string line in File.ReadLines(text))
        {
            foreach (Range word in line.AsSpan().Split(' '))
                builder.Add(line.AsSpan()[word]);
        }
        Vocabulary vocabulary = builder.Build();
        List<int> ids = [], offsets = [0];
        foreach (string line in File.ReadLines(text))
        {
            foreach (Range word in line.AsSpan().Split(' '))
                ids.Add(vocabulary.IdOf(line.AsSpan()[word]));
            offsets.Add(ids.Count);
        }
        return (new RaggedIds([.. ids], [.. offsets]), vocabulary);
    }

    private static void Firn(Report report, string model, RaggedIds ids, Vocabulary vocabulary, Word2VecOptions options, string? sets, string binary)
    {
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        WordVectors vectors = Word2Vec.Train(ids, vocabulary, options);
        double seconds = watch.Elapsed.TotalSeconds;
        Row(report, model, "Firn", ids.TotalTokens, seconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds, vectors, sets, Process.GetCurrentProcess().PeakWorkingSet64);
        vectors.Save(binary, VectorFormat.Word2VecBinary);
    }

    private static void Gensim(Report report, string model, long words, string? peers, string text, string target, string options, string? sets)
    {
        JsonElement? answer = Ask(peers, "train", text, target, options);
        if (answer is not { } a)
            report.Line($"| {model} | gensim: not installed (Debian's python3-gensim) | | | | | | |");
        else
            Row(report, model, a.GetProperty("version").GetString()!, words, a.GetProperty("seconds").GetDouble(), a.GetProperty("cpu").GetDouble(), WordVectors.Load(target), sets, a.GetProperty("peak").GetInt64());
    }

    private static void FastText(Report report, string model, long words, string text, string target, bool skipGram, int size, int window, int threads, string? sets)
    {
        string[] arguments =
        [
            skipGram ? "skipgram" : "cbow", "-input", text, "-output", target, "-dim", $"{size}", "-ws", $"{window}", "-neg", "5", "-t", "0.001",
            "-minCount", $"{MinCount}", "-epoch", $"{Epochs}", "-thread", $"{threads}", "-minn", "0", "-maxn", "0", "-verbose", "0",
        ];
        try
        {
            var watch = Stopwatch.StartNew();
            using Process process = Process.Start(new ProcessStartInfo("fasttext", arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.WaitForExit();
            // fastText reads and counts the text in the same run; the time is of all.
            Row(report, model, "fastText (with reading)", words, watch.Elapsed.TotalSeconds, process.TotalProcessorTime.TotalSeconds,
                WordVectors.Load(target + ".vec", new() { InvalidUtf8 = InvalidUtf8Policy.Replace }), sets, 0);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            report.Line($"| {model} | fastText: not installed (Debian's fasttext) | | | | | | |");
        }
    }

    private static void Row(Report report, string model, string name, long words, double seconds, double cpu, WordVectors vectors, string? sets, long peak)
    {
        string scores = "| | |";
        if (sets is not null)
        {
            var similarity = new Similarity(vectors);
            string Pairs(string set) => VectorEvaluation.Similarity(similarity, Path.Combine(sets, "similarity", set)).Spearman.ToString("F3", CultureInfo.InvariantCulture);
            double analogies = VectorEvaluation.Analogies(similarity, Path.Combine(sets, "analogy", "questions-words.txt"), new() { RestrictVocabulary = 30_000 }).Accuracy;
            scores = $"{Pairs("EN-WS-353-ALL.txt")} | {Pairs("EN-SIMLEX-999.txt")} | {analogies.ToString("F3", CultureInfo.InvariantCulture)}";
        }
        double done = (double)words * Epochs / 1e6;
        report.Line(string.Create(CultureInfo.InvariantCulture, $"| {model} | {name} | {done / seconds:F2} | {done / cpu:F2} | {scores} | {(peak > 0 ? $"{peak >> 20}" : "")} |"));
    }

    private static void Search(Report report, string binary, string text, string? peers)
    {
        double loadBinary = Seconds(() => WordVectors.Load(binary));
        WordVectors vectors = WordVectors.Load(binary);
        vectors.Save(text, VectorFormat.Word2VecText);
        double loadText = Seconds(() => WordVectors.Load(text));
        var similarity = new Similarity(vectors);
        string[] words = [.. vectors.Words.Take(200)];
        double query = Seconds(() => Array.ForEach(words, word => similarity.Nearest(word))) / words.Length;
        report.Line();
        report.Line(string.Create(CultureInfo.InvariantCulture, $"{vectors.Count} x {vectors.Dimension}, text file of {new FileInfo(text).Length >> 20} MB:"));
        report.Line();
        report.Line("| | load binary, s | load text, s | ten nearest of one word, ms |");
        report.Line("|---|---:|---:|---:|");
        report.Line(string.Create(CultureInfo.InvariantCulture, $"| Firn | {loadBinary:F2} | {loadText:F2} | {query * 1e3:F2} |"));
        if (Ask(peers, "search", binary, text) is { } a)
        {
            report.Line(string.Create(CultureInfo.InvariantCulture,
                $"| {a.GetProperty("version").GetString()} | {a.GetProperty("binary").GetDouble():F2} | {a.GetProperty("text").GetDouble():F2} | {a.GetProperty("query").GetDouble() * 1e3:F2} |"));
        }
    }

    /// <summary>The least of three runs.</summary>
    private static double Seconds(Action work) => Enumerable.Range(0, 3).Min(_ =>
    {
        var watch = Stopwatch.StartNew();
        work();
        return watch.Elapsed.TotalSeconds;
    });

    private static JsonElement? Ask(string? peers, params string[] arguments)
    {
        if (peers is null || !File.Exists("/usr/bin/python3"))
            return null;
        var info = new ProcessStartInfo("/usr/bin/python3", [Path.Combine(peers, "vectors_gensim.py"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(info)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? JsonDocument.Parse(output).RootElement : null;
    }
}
