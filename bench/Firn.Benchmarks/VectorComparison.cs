using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Firn.Vectors;
using Firn.Vectors.Evaluation;
using Firn.Vectors.Formats;

namespace Firn.Benchmarks;

/// <summary>
/// Word vectors trained by gensim, fastText and Firn in turn on the same file with the same settings, all tested by
/// Firn's evaluation (equal to gensim's); then loading and searching. Every run is a process of its own, and all
/// figures are one table.
/// </summary>
internal sealed class VectorComparison : IDisposable
{
    private const int MinCount = 10,
        Rounds = 3,
        TrainingRounds = 5,
        TableRows = 100_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("firn-compare-").FullName;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly VectorPeers _peers;
    private readonly Report _report;
    private readonly string? _sets;
    private readonly int _size,
        _window,
        _threads;

    private VectorComparison(string? sets, int size, int window, int threads, Report report, string? peers)
    {
        (_sets, _size, _window, _threads, _report) = (sets, size, window, threads, report);
        _peers = new VectorPeers(peers);
    }

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        _report.Dispose();
    }

    /// <summary>Runs it.</summary>
    /// <param name="corpus">
    /// English text, plain or gzip; lower-cased and reduced to a-z here. Null leaves training out.
    /// </param>
    /// <param name="words">Words to take of it, up to the end of a text.</param>
    /// <param name="sets">The folder that holds similarity/ and analogy/; null trains without tests.</param>
    /// <param name="part">
    /// cbow, skip-gram or load, to the console alone; null is all three. large: a table of GoogleNews' shape, 3.6 GB.
    /// </param>
    /// <param name="size">Vector size.</param>
    /// <param name="window">Window.</param>
    /// <param name="threads">Threads of each.</param>
    /// <param name="results">Where the report goes.</param>
    /// <param name="peers">Where the peers' scripts are.</param>
    public static void Run(
        string? corpus,
        long words,
        string? sets,
        string? part,
        int size,
        int window,
        int threads,
        string? results,
        string? peers
    )
    {
        var report = new Report(
            part == "large" ? "vectors-large" : "vectors",
            part is null or "large" ? results : null,
            threads
        );
        using var comparison = new VectorComparison(sets, size, window, threads, report, peers);
        if (part == "large")
        {
            comparison.Large(3_000_000);
            return;
        }
        string text = comparison.At("text");
        bool trains = corpus is not null && part != "load";
        if (trains)
        {
            comparison.Progress("reading the corpus");
            words = Prepare(corpus!, words, text);
            report.Line(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Training: the first {words} words of {Path.GetFileName(corpus)}, {size} values, window "
                        + $"{window}, negative 5, sample 1e-3, min_count {MinCount}, {threads} threads,"
                )
            );
            report.Line(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{TrainingRounds} rounds in turn (fastText one), round n with seed n: medians of speeds, means "
                        + $"of scores, most memory. One thread: one run, seed 1."
                )
            );
            report.Line(
                "Line handed over: how long a cache line takes from one processor to the other, the longer of just "
                    + "before and just after the run. Where it takes more than"
            );
            report.Line(
                "100 ns the processors do not share a cache at that moment, and threads that write to one table wait "
                    + "for each other's lines."
            );
            report.Line(
                "fastText's time includes reading the text. gensim reads `corpus_file` at as many places as it has "
                    + "workers, and its learning rate falls"
            );
            report.Line("only part of the way within an epoch unless there is one worker.");
        }
        report.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Files: {TableRows} x {size}, fresh processes in turn, medians of {Rounds}, in the page cache."
            )
        );
        report.Line();
        report.Line("| | Firn | gensim | ratio | Firn, one thread | gensim, one worker | ratio | fastText |");
        report.Line("|---|---:|---:|---:|---:|---:|---:|---:|");
        if (trains && part is null or "cbow")
            comparison.Train("CBOW", 0, epochs: 3, text, words);
        if (trains && part is null or "skip-gram")
            comparison.Train("skip-gram", 1, epochs: 1, text, words);
        if (part is null or "load")
            comparison.Load();
    }

    /// <summary>Writes the text that all read, one text a line, and counts its words.</summary>
    private static long Prepare(string corpus, long words, string text)
    {
        using Stream file = File.OpenRead(corpus);
        using Stream plain = corpus.EndsWith(".gz", StringComparison.Ordinal)
            ? new GZipStream(file, CompressionMode.Decompress)
            : file;
        using var reader = new StreamReader(plain);
        using var writer = new StreamWriter(text);
        long count = 0;
        while (count < words && reader.ReadLine() is { } line)
        {
            string[] found = new string([
                .. line.ToLowerInvariant().Select(c => char.IsAsciiLetterLower(c) ? c : ' '),
            ]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            count += found.Length;
            if (found.Length > 0)
                writer.WriteLine(string.Join(' ', found));
        }
        return count;
    }

    private void Train(string model, int skipGram, int epochs, string text, long words)
    {
        List<Trained?> firn = [],
            gensim = [],
            fastText = [];
        for (int seed = 1; seed <= TrainingRounds; seed++)
        {
            Progress($"{model}, round {seed} of {TrainingRounds}");
            gensim.Add(Gensim(_threads, seed));
            firn.Add(Firn(_threads, seed));
        }
        Progress($"{model}, one thread and fastText");
        Trained? oneGensim = Gensim(1, 1),
            oneFirn = Firn(1, 1);
        string[] fast =
        [
            skipGram == 0 ? "cbow" : "skipgram",
            "-input",
            text,
            "-output",
            At("fasttext"),
            "-dim",
            $"{_size}",
            "-ws",
            $"{_window}",
            "-neg",
            "5",
            "-t",
            "0.001",
            "-minCount",
            $"{MinCount}",
            "-epoch",
            $"{epochs}",
            "-thread",
            $"{_threads}",
            "-minn",
            "0",
            "-maxn",
            "0",
            "-verbose",
            "0",
        ];
        fastText.Add(Tested(() => _peers.FastText(fast), At("fasttext.vec")));

        double millions = words * epochs / 1e6;
        string what = string.Create(
            CultureInfo.InvariantCulture,
            $"{model}, {epochs} epoch{(epochs > 1 ? "s" : "")}: "
        );
        Row(what + "million words/s", "F2", true, run => millions / run.Answer["seconds"], Report.Median);
        for (int i = 0; i < TrainingRounds; i++)
        {
            string handedOver = string.Join(
                " and ",
                new[] { firn[i], gensim[i] }
                    .OfType<Trained>()
                    .Select(run => string.Create(CultureInfo.InvariantCulture, $"{run.HandOver:F0}"))
            );
            Line(
                string.Create(CultureInfo.InvariantCulture, $"- round {i + 1}, line handed over in {handedOver} ns"),
                "F2",
                true,
                Speed(firn[i]),
                Speed(gensim[i]),
                null,
                null,
                null
            );
        }
        Row("of CPU time, all threads", "F2", true, run => millions / run.Answer["cpu"], Report.Median);
        Row("from file to file, s", "F1", false, run => run.Answer.Whole, Report.Median);
        Row("WordSim-353", "F3", null, run => run.Scores[0], Enumerable.Average);
        Row("SimLex-999", "F3", null, run => run.Scores[1], Enumerable.Average);
        Row("analogies", "F3", null, run => run.Scores[2], Enumerable.Average);
        Row("peak MB", "F0", null, run => run.Answer["peak"] / (1 << 20), Enumerable.Max);

        double? Speed(Trained? run) => millions / run?.Answer["seconds"];

        Trained? Firn(int threads, int seed) =>
            Tested(() => VectorPeers.Firn("train", text, At("firn.bin"), Options(threads, seed)), At("firn.bin"));

        Trained? Gensim(int threads, int seed) =>
            Tested(() => _peers.Gensim("train", text, At("gensim.bin"), Options(threads, seed)), At("gensim.bin"));

        string Options(int threads, int seed) =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"{{\"size\":{_size},\"window\":{_window},\"min_count\":{MinCount},\"sg\":{skipGram},\"threads\":"
                    + $"{threads},\"epochs\":{epochs},\"seed\":{seed}}}"
            );

        void Row(
            string name,
            string format,
            bool? moreIsBetter,
            Func<Trained, double> value,
            Func<IEnumerable<double>, double> of
        )
        {
            double? Of(IEnumerable<Trained?> runs) =>
                runs.All(run => run is not null) ? of(runs.Select(run => value(run!))) : null;
            Line(name, format, moreIsBetter, Of(firn), Of(gensim), Of([oneFirn]), Of([oneGensim]), Of(fastText));
        }
    }

    /// <summary>
    /// Runs a trainer, tests the vectors that it wrote, and deletes them; null where it is not installed.
    /// </summary>
    private Trained? Tested(Func<PeerAnswer?> train, string path)
    {
        double before = HandOver.Nanoseconds();
        if (train() is not { } answer)
            return null;
        double handOver = Math.Max(before, HandOver.Nanoseconds());
        double[] scores = [double.NaN, double.NaN, double.NaN];
        if (_sets is not null)
        {
            using WordVectors vectors = WordVectors.Load(path, new() { InvalidUtf8 = InvalidUtf8Policy.Replace });
            var similarity = new Similarity(vectors);
            double Pairs(string set) =>
                VectorEvaluation.Similarity(similarity, Path.Combine(_sets, "similarity", set)).Spearman;
            scores =
            [
                Pairs("EN-WS-353-ALL.txt"),
                Pairs("EN-SIMLEX-999.txt"),
                VectorEvaluation
                    .Analogies(
                        similarity,
                        Path.Combine(_sets, "analogy", "questions-words.txt"),
                        new() { RestrictVocabulary = 30_000 }
                    )
                    .Accuracy,
            ];
        }
        File.Delete(path);
        return new Trained(answer, scores, handOver);
    }

    /// <summary>A table made here: normal numbers, written with eight digits.</summary>
    private void Load()
    {
        Progress("writing files to load");
        string text = At("table.txt"),
            binary = At("table.bin"),
            mapped = At("table.safetensors"),
            saved = At("table.kv");
        WriteTable(text, TableRows);
        using (WordVectors vectors = WordVectors.Load(text))
        {
            vectors.Save(binary, VectorFormat.Word2VecBinary);
            vectors.Save(mapped, VectorFormat.Safetensors);
        }
        bool gensim = _peers.Gensim("convert", binary, saved) is not null;
        (string Kind, string Ours, string Theirs)[] files =
        [
            ("text", text, text),
            ("binary", binary, binary),
            ("mapped", mapped, saved),
        ];
        foreach ((string kind, string ours, string theirs) in files)
        {
            Progress($"loading {kind}");
            (List<PeerAnswer> firn, List<PeerAnswer> peer) = InTurn(
                () => VectorPeers.Firn("load", ours),
                gensim ? () => _peers.Gensim("load", theirs, kind) : null
            );
            Line(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{kind} of {new FileInfo(ours).Length >> 20} MB, first load in a process, s"
                ),
                "F3",
                false,
                Median(firn, "load"),
                Median(peer, "load"),
                null,
                null,
                null
            );
            Line("again in the same process, s", "F4", null, Median(firn, "warm"), null, null, null, null);
            Line(
                "peak MB",
                "F0",
                null,
                Median(firn, "peak") / (1 << 20),
                Median(peer, "peak") / (1 << 20),
                null,
                null,
                null
            );
        }
        Progress("searching");
        (List<PeerAnswer> search, List<PeerAnswer> other) = InTurn(
            () => VectorPeers.Firn("search", binary),
            gensim ? () => _peers.Gensim("search", binary, "binary") : null
        );
        Line(
            string.Create(CultureInfo.InvariantCulture, $"ten nearest of {TableRows} words, ms a query"),
            "F2",
            false,
            1e3 * Median(search, "query"),
            1e3 * Median(other, "query"),
            null,
            null,
            null
        );
        Line("the same, 200 words at once, ms each", "F2", null, 1e3 * Median(search, "batch"), null, null, null, null);
        Line(
            "preparing the search (unit rows, codes), s",
            "F2",
            null,
            Median(search, "prepare"),
            null,
            null,
            null,
            null
        );
    }

    private static (List<PeerAnswer> Firn, List<PeerAnswer> Peer) InTurn(Func<PeerAnswer> firn, Func<PeerAnswer?>? peer)
    {
        List<PeerAnswer> ours = [],
            theirs = [];
        for (int round = 0; round < Rounds; round++)
        {
            ours.Add(firn());
            if (peer?.Invoke() is { } answer)
                theirs.Add(answer);
        }
        return (ours, theirs);
    }

    /// <summary>
    /// A binary of 3 million rows, which repeat a few thousand patterns: what it takes to read it, and it made smaller.
    /// </summary>
    private void Large(int rows)
    {
        string binary = At("large.bin");
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
        _report.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{rows} x {_size}, word2vec binary of {new FileInfo(binary).Length >> 20} MB; numbers alone are "
                    + $"{4L * rows * _size >> 20} MB. A fresh process."
            )
        );
        _report.Line();
        PeerAnswer answer = VectorPeers.Firn("load", binary);
        _report.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{answer["words"]:F0} words read in {answer["load"]:F1} s, peak {answer["peak"] / (1 << 20):F0} MB."
            )
        );
    }

    /// <summary>
    /// A row of the table; the ratio is how many times better Firn is, where more or less is better at all.
    /// </summary>
    private void Line(
        string name,
        string format,
        bool? moreIsBetter,
        double? firn,
        double? gensim,
        double? oneFirn,
        double? oneGensim,
        double? fastText
    )
    {
        string Cell(double? value) =>
            value is { } v && !double.IsNaN(v) ? v.ToString(format, CultureInfo.InvariantCulture) : "";
        string Ratio(double? ours, double? theirs) =>
            moreIsBetter is { } more && ours / theirs is { } ratio && !double.IsNaN(ratio)
                ? (more ? ratio : 1 / ratio).ToString("F2", CultureInfo.InvariantCulture)
                : "";
        _report.Line(
            $"| {name} | {Cell(firn)} | {Cell(gensim)} | {Ratio(firn, gensim)} | {Cell(oneFirn)} | {Cell(oneGensim)} "
                + $"| {Ratio(oneFirn, oneGensim)} | {Cell(fastText)} |"
        );
    }

    /// <summary>NaN where nothing answered.</summary>
    private static double Median(List<PeerAnswer> answers, string name) =>
        answers.Count == 0 ? double.NaN : Report.Median(answers.Select(a => a[name]));

    private void Progress(string what) =>
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_watch.Elapsed:mm\\:ss} {what}"));

    private string At(string name) => Path.Combine(_folder, name);

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
                double normal =
                    Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                normal.TryFormat(number, out int written, " 0.00000000;-0.00000000", CultureInfo.InvariantCulture);
                if (number[0] != ' ')
                    writer.Write(' ');
                writer.Write(number[..written]);
            }
            writer.Write('\n');
        }
    }

    /// <summary>
    /// A trained model: what its trainer answered, its scores in WordSim-353, SimLex-999 and the analogies, and the
    /// machine meanwhile.
    /// </summary>
    private sealed record Trained(PeerAnswer Answer, double[] Scores, double HandOver);
}
