using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Firn.Vectors;

namespace Firn.Benchmarks;

/// <summary>
/// Word vectors trained by gensim, fastText and Firn in turn on the same file with the same settings, all tested by Firn's
/// evaluation (equal to gensim's); then loading and searching. Every run is a process of its own.
/// </summary>
internal sealed class VectorComparison
{
    private const int MinCount = 10, Epochs = 1, LoadRounds = 3;
    private const string NotInstalled = "not installed";

    private readonly string _folder;
    private readonly VectorPeers _peers;
    private readonly string? _sets, _results;
    private readonly int _size, _window, _threads;

    private VectorComparison(string folder, string? sets, int size, int window, int threads, string? results, string? peers)
    {
        (_folder, _sets, _size, _window, _threads, _results) = (folder, sets, size, window, threads, results);
        _peers = new VectorPeers(peers);
    }

    /// <summary>Runs it.</summary>
    /// <param name="corpus">English text, plain or gzip; lower-cased and reduced to a-z here. Null leaves training out.</param>
    /// <param name="sets">The folder that holds similarity/ and analogy/; null trains without tests.</param>
    /// <param name="part">cbow, skip-gram or load; null is all three. large: a table of GoogleNews' shape, 3.6 GB.</param>
    /// <param name="size">Vector size.</param>
    /// <param name="window">Window.</param>
    /// <param name="threads">Threads of each.</param>
    /// <param name="results">Where the reports go.</param>
    /// <param name="peers">Where the peers' scripts are.</param>
    public static void Run(string? corpus, string? sets, string? part, int size, int window, int threads, string? results, string? peers)
    {
        string folder = Directory.CreateTempSubdirectory("firn-compare-").FullName;
        try
        {
            var comparison = new VectorComparison(folder, sets, size, window, threads, results, peers);
            if (corpus is not null && part is null or "cbow" or "skip-gram")
            {
                string text = Path.Combine(folder, "text");
                long words = Prepare(corpus!, text);
                foreach (string model in new[] { "cbow", "skip-gram" })
                {
                    if (part is null || part == model)
                        comparison.Train(model, Path.GetFileName(corpus!), text, words);
                }
            }
            if (part is null or "load")
                comparison.Load(100_000);
            if (part == "large")
                comparison.Large(3_000_000);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static long Prepare(string corpus, string text)
    {
        using Stream file = File.OpenRead(corpus);
        using Stream plain = corpus.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(plain);
        using var writer = new StreamWriter(text);
        long count = 0;
        while (reader.ReadLine() is { } line)
        {
            string[] words = new string([.. line.ToLowerInvariant().Select(c => char.IsAsciiLetterLower(c) ? c : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            count += words.Length;
            if (words.Length > 0)
                writer.WriteLine(string.Join(' ', words));
        }
        return count;
    }

    private void Train(string model, string corpus, string text, long words)
    {
        using var report = new Report("vectors-" + model, _results, _threads);
        report.Line($"{words} words of {corpus}, {model}, {_size} dimensions, window {_window}, negative 5, sample 1e-3, min_count {MinCount}, {Epochs} epoch.");
        report.Line();
        report.Line("| trainer | million words/s | ratio to gensim | million words/s of CPU | WordSim-353 | SimLex-999 | analogies | peak MB |");
        report.Line("|---|---:|---:|---:|---:|---:|---:|---:|");
        string options = string.Create(CultureInfo.InvariantCulture,
            $"{{\"size\":{_size},\"window\":{_window},\"min_count\":{MinCount},\"sg\":{(model == "cbow" ? 0 : 1)},\"threads\":{_threads},\"epochs\":{Epochs}}}");
        string At(string name) => Path.Combine(_folder, name);
        string[] fast =
        [
            model == "cbow" ? "cbow" : "skipgram", "-input", text, "-output", At("fasttext"), "-dim", $"{_size}", "-ws", $"{_window}", "-neg", "5", "-t", "0.001",
            "-minCount", $"{MinCount}", "-epoch", $"{Epochs}", "-thread", $"{_threads}", "-minn", "0", "-maxn", "0", "-verbose", "0",
        ];
        JsonElement? gensim = _peers.Gensim("train", text, At("gensim.bin"), options);
        Row(report, "gensim", "Debian's python3-gensim", gensim, gensim, words, At("gensim.bin"));
        Row(report, "Firn", "", VectorPeers.Firn("train", text, At("firn.bin"), options), gensim, words, At("firn.bin"));
        Row(report, "fastText", "Debian's fasttext", _peers.FastText(fast), gensim, words, At("fasttext.vec"));
    }

    private void Row(Report report, string name, string package, JsonElement? answer, JsonElement? gensim, long words, string path)
    {
        if (answer is not { } a)
        {
            report.Line($"| {name}: {NotInstalled} ({package}) | | | | | | | |");
            return;
        }
        string scores = "| | |";
        if (_sets is not null)
        {
            var similarity = new Similarity(WordVectors.Load(path, new() { InvalidUtf8 = InvalidUtf8Policy.Replace }));
            string Pairs(string set) => VectorEvaluation.Similarity(similarity, Path.Combine(_sets, "similarity", set)).Spearman.ToString("F3", CultureInfo.InvariantCulture);
            double analogies = VectorEvaluation.Analogies(similarity, Path.Combine(_sets, "analogy", "questions-words.txt"), new() { RestrictVocabulary = 30_000 }).Accuracy;
            scores = $"{Pairs("EN-WS-353-ALL.txt")} | {Pairs("EN-SIMLEX-999.txt")} | {analogies.ToString("F3", CultureInfo.InvariantCulture)}";
        }
        double done = (double)words * Epochs / 1e6, seconds = a.GetProperty("seconds").GetDouble();
        string ratio = gensim is { } g ? (g.GetProperty("seconds").GetDouble() / seconds).ToString("F2", CultureInfo.InvariantCulture) : "";
        report.Line(string.Create(CultureInfo.InvariantCulture,
            $"| {a.GetProperty("version").GetString()} | {done / seconds:F2} | {ratio} | {done / a.GetProperty("cpu").GetDouble():F2} | {scores} | {a.GetProperty("peak").GetInt64() >> 20} |"));
    }

    /// <summary>A table of that many rows made here: normal numbers, written with six digits, as gensim's figures in PEERS were.</summary>
    private void Load(int rows)
    {
        string text = Path.Combine(_folder, "table.txt"), binary = Path.Combine(_folder, "table.bin"), mapped = Path.Combine(_folder, "table.safetensors"), saved = Path.Combine(_folder, "table.kv");
        WriteTable(text, rows);
        using (WordVectors vectors = WordVectors.Load(text))
        {
            vectors.Save(binary, VectorFormat.Word2VecBinary);
            vectors.Save(mapped, VectorFormat.Safetensors);
        }
        bool gensim = _peers.Gensim("convert", binary, saved) is not null;
        using var report = new Report("vectors-load", _results, _threads);
        report.Line($"{rows} x {_size}, a text file of {new FileInfo(text).Length >> 20} MB. Fresh processes in turn, medians of {LoadRounds}; files in the page cache. Warm: again in the same process.");
        report.Line();
        report.Line("| | Firn, s | warm, s | peak MB | gensim, s | peak MB | ratio |");
        report.Line("|---|---:|---:|---:|---:|---:|---:|");
        LoadRow(report, "text", text, text, gensim);
        LoadRow(report, "binary", binary, binary, gensim);
        LoadRow(report, "mapped", mapped, saved, gensim);
        report.Line();
        report.Line("| ten nearest words, ms each | Firn | Firn, 200 words at once | gensim | ratio |");
        report.Line("|---|---:|---:|---:|---:|");
        List<JsonElement> ours = [], theirs = [];
        for (int round = 0; round < LoadRounds; round++)
        {
            ours.Add(VectorPeers.Firn("search", binary)!.Value);
            if (gensim)
                theirs.Add(_peers.Gensim("search", binary, "binary")!.Value);
        }
        double query = Median(ours, "query");
        report.Line(string.Create(CultureInfo.InvariantCulture,
            $"| {rows} words | {1e3 * query:F2} | {1e3 * Median(ours, "batch"):F2} | {(gensim ? (1e3 * Median(theirs, "query")).ToString("F2", CultureInfo.InvariantCulture) : NotInstalled)} | {(gensim ? (Median(theirs, "query") / query).ToString("F1", CultureInfo.InvariantCulture) : "")} |"));
        report.Line();
        report.Line(string.Create(CultureInfo.InvariantCulture, $"Preparing Firn's search (unit rows, codes) takes {Median(ours, "prepare"):F2} s."));
    }

    /// <summary>A binary of 3 million rows, which repeat a few thousand patterns: what it takes to read it, and it made smaller.</summary>
    private void Large(int rows)
    {
        string binary = Path.Combine(_folder, "large.bin");
        var random = new Random(1);
        var patterns = new byte[4096 + 4 * _size];
        for (int i = 0; i < patterns.Length / 4; i++)
            BitConverter.TryWriteBytes(patterns.AsSpan(4 * i), random.NextSingle() - 0.5f);
        using (var stream = new FileStream(binary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20))
        {
            stream.Write(System.Text.Encoding.ASCII.GetBytes($"{rows} {_size}\n"));
            for (int row = 0; row < rows; row++)
            {
                stream.Write(System.Text.Encoding.ASCII.GetBytes($"word{row} "));
                stream.Write(patterns.AsSpan(row % 1024 * 4, 4 * _size));
            }
        }
        using var report = new Report("vectors-large", _results, _threads);
        report.Line($"{rows} x {_size}, word2vec binary of {new FileInfo(binary).Length >> 20} MB; numbers alone are {4L * rows * _size >> 20} MB. A fresh process.");
        report.Line();
        JsonElement answer = VectorPeers.Firn("load", binary)!.Value;
        report.Line(string.Create(CultureInfo.InvariantCulture,
            $"{answer.GetProperty("words").GetInt32()} words read in {answer.GetProperty("load").GetDouble():F1} s, peak {answer.GetProperty("peak").GetInt64() >> 20} MB."));
    }

    private void LoadRow(Report report, string kind, string ours, string theirs, bool gensim)
    {
        List<JsonElement> firn = [], peer = [];
        for (int round = 0; round < LoadRounds; round++)
        {
            firn.Add(VectorPeers.Firn("load", ours)!.Value);
            if (gensim)
                peer.Add(_peers.Gensim("load", theirs, kind)!.Value);
        }
        double seconds = Median(firn, "load");
        string beside = gensim
            ? string.Create(CultureInfo.InvariantCulture, $"{Median(peer, "load"):F4} | {Median(peer, "peak") / 1048576:F0} | {Median(peer, "load") / seconds:F1}")
            : $"{NotInstalled} | | ";
        report.Line(string.Create(CultureInfo.InvariantCulture, $"| {kind} | {seconds:F4} | {Median(firn, "warm"):F4} | {Median(firn, "peak") / 1048576:F0} | {beside} |"));
    }

    private static double Median(IEnumerable<JsonElement> answers, string name) => Report.Median(answers.Select(a => a.GetProperty(name).GetDouble()).ToArray());

    private void WriteTable(string path, int rows)
    {
        var random = new Random(1);
        using var writer = new StreamWriter(path);
        writer.Write(string.Create(CultureInfo.InvariantCulture, $"{rows} {_size}\n"));
        Span<char> number = stackalloc char[32];
        for (int row = 0; row < rows; row++)
        {
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"word{row}"));
            for (int i = 0; i < _size; i++)
            {
                double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                normal.TryFormat(number, out int written, " 0.00000000;-0.00000000", CultureInfo.InvariantCulture);
                if (number[0] != ' ')
                    writer.Write(' ');
                writer.Write(number[..written]);
            }
            writer.Write('\n');
        }
    }
}
