using System.Diagnostics;
using Firn.Data;
using Firn.Text;

namespace Firn.Benchmarks;

/// <summary>
/// Reading, cleaning and encoding of tweets on one core, beside Python's <c>re</c>. Rates are by this process's own CPU
/// time, so that a shared machine does not color them; the peer's are by the clock.
/// </summary>
internal static class TextComparison
{
    private const int Rounds = 7;
    private const double Seconds = 0.7;

    /// <summary>Runs it over a corpus, such as the 218,063 tweets of the union file.</summary>
    public static void Run(string corpus, string? results, string? peers)
    {
        using var report = new Report("text", results, threads: 1);
        string[] texts = [.. CorpusReader.Open(corpus).Select(row => row.Text)];
        report.Line(
            $"{texts.Length} texts of {texts.Average(t => t.Length):F0} characters ({Path.GetFileName(corpus)}). "
                + $"Medians of {Rounds} rounds in turn."
        );
        report.Line();

        var work = new List<(string Name, Func<long> Pass)>
        {
            ("read the file (gzip, CSV)", () => CorpusReader.Open(corpus).LongCount()),
        };
        foreach (
            (string preset, CleaningOptions rules) in new[]
            {
                ("notebook", CleaningOptions.Notebook),
                ("tweets", CleaningOptions.Tweets),
                ("tweets with all punctuation", CleaningOptions.Tweets with { KeepPunctuation = true }),
                ("none", CleaningOptions.None),
            }
        )
        {
            var tokenizer = new Tokenizer(rules);
            var tokens = new TokenBuffer();
            var builder = new VocabularyBuilder();
            foreach (string text in texts)
            {
                tokenizer.Tokenize(text, tokens);
                builder.Add(tokens);
            }
            Vocabulary vocabulary = builder.Build();
            var ids = new List<int>();
            work.Add(($"clean, {preset}", () => Pass(texts, text => tokenizer.Tokenize(text, tokens))));
            work.Add(
                (
                    $"clean and encode, {preset}",
                    () =>
                        Pass(
                            texts,
                            text =>
                            {
                                tokenizer.Tokenize(text, tokens);
                                ids.Clear();
                                vocabulary.Encode(tokens, ids);
                            }
                        )
                )
            );
        }

        using PythonPeer? python = peers is null
            ? null
            : PythonPeer.Start(Path.Combine(peers, "text_clean.py"), corpus, string.Join(' ', EnglishStopWords.Words));
        var rates = work.Select(_ => new List<double>()).ToArray();
        var pythonRates = new List<double>();
        foreach ((_, Func<long> pass) in work)
            pass();
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < work.Count; i++)
                rates[i].Add(Rate(work[i].Pass));
            if (python is not null)
                pythonRates.Add(python.Rate(Seconds));
        }

        report.Line("| work | million texts/s and core |");
        report.Line("|---|---:|");
        for (int i = 0; i < work.Count; i++)
            report.Line($"| {work[i].Name} | {Report.Median(rates[i]) / 1e6:F2} |");
        report.Line(
            python is null
                ? "| Python's re, notebook | not installed |"
                : $"| {python.Version}, re and a set, notebook | {Report.Median(pythonRates) / 1e6:F3} |"
        );
        LongTexts.Run(report);
    }

    private static long Pass(string[] texts, Action<string> body)
    {
        foreach (string text in texts)
            body(text);
        return texts.Length;
    }

    private static double Rate(Func<long> pass)
    {
        using Process process = Process.GetCurrentProcess();
        TimeSpan before = process.TotalProcessorTime;
        long done = 0;
        double taken;
        do
        {
            done += pass();
            process.Refresh();
            taken = (process.TotalProcessorTime - before).TotalSeconds;
        } while (taken < Seconds);
        return done / taken;
    }
}
