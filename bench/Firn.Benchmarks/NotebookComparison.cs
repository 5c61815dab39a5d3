using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Firn.Benchmarks;

/// <summary>
/// The whole notebook by the tool, in a process of its own, on its 1.6 million tweets or a corpus of that size
/// (<see cref="NotebookCorpus"/>), beside the published run.
/// </summary>
internal static class NotebookComparison
{
    private static readonly (string Stage, string Name, string Published)[] Stages =
    [
        ("read", "read and clean", "36 s (cleaning)"),
        ("vocabulary", "split, vocabulary", ""),
        ("vectors", "word2vec, 32 epochs", "3 min"),
        ("training", "LSTM, 8 epochs, validation", "7 h 18 min"),
        ("evaluation", "evaluate 320,000", "215 s"),
        ("total", "all stages", "7 h 25 min"),
    ];

    /// <param name="original">The original file; null makes a corpus from <paramref name="source"/>.</param>
    /// <param name="source">Tweets to draw from.</param>
    /// <param name="tool">The tool's assembly.</param>
    /// <param name="folder">For the corpus, which is made once, and the bundle.</param>
    /// <param name="threads">Threads to use.</param>
    /// <param name="results">Folder of results, or null.</param>
    public static void Run(string? original, string source, string tool, string folder, int threads, string? results)
    {
        string corpus = original ?? Path.Combine(folder, "notebook-size.csv");
        string made = original is null ? Make(corpus, source) : "the original file";
        long begin = Stopwatch.GetTimestamp();
        var info = new ProcessStartInfo(
            "dotnet",
            [
                tool,
                "train",
                corpus,
                "--preset",
                "notebook",
                "--json",
                "--no-report",
                "--threads",
                $"{threads}",
                "--out",
                Path.Combine(folder, "notebook-bundle"),
            ]
        )
        {
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(info)!;
        Task<string> json = process.StandardOutput.ReadToEndAsync();
        TimeSpan cpu = default;
        while (!process.WaitForExit(100))
            cpu = process.TotalProcessorTime;
        double wall = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"the tool ended with code {process.ExitCode}");
        using var report = new Report("notebook-size", results, threads);
        Tell(report, JsonDocument.Parse(json.Result).RootElement, made, wall, cpu.TotalSeconds);
    }

    private static string Make(string corpus, string source)
    {
        string figures = corpus + ".figures";
        if (!File.Exists(corpus) || !File.Exists(figures))
        {
            var maker = new NotebookCorpus(source);
            maker.Write(corpus, 1);
            File.WriteAllText(
                figures,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"drawn from {Path.GetFileName(source)} ({maker.Figures}), "
                        + $"{maker.Words / (double)NotebookCorpus.Texts:F4} words a text (notebook: "
                        + $"{NotebookCorpus.WordsPerText:F4})"
                )
            );
        }
        return File.ReadAllText(figures);
    }

    private static void Tell(Report report, JsonElement run, string made, double wall, double cpu)
    {
        JsonElement texts = run.GetProperty("texts"),
            seconds = run.GetProperty("seconds"),
            history = run.GetProperty("history"),
            test = run.GetProperty("test");
        report.Line($"{NotebookCorpus.Texts:N0} tweets, {made}.");
        report.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{texts.GetProperty("train").GetInt32():N0} train, {texts.GetProperty("validation").GetInt32():N0} "
                    + $"validate, {texts.GetProperty("test").GetInt32():N0} test; "
                    + $"{run.GetProperty("words").GetInt32():N0} words (notebook: {NotebookCorpus.Vocabulary:N0}), "
                    + $"{run.GetProperty("wordsWithVector").GetInt32():N0} of them ten times or more ("
                    + $"{NotebookCorpus.VocabularyOfTen:N0})."
            )
        );
        report.Line();
        report.Line("| stage | seconds | the published run |");
        report.Line("|---|---:|---:|");
        foreach ((string stage, string name, string published) in Stages)
            report.Line(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {name} | {seconds.GetProperty(stage).GetDouble():F1} | {published} |"
                )
            );
        report.Line(string.Create(CultureInfo.InvariantCulture, $"| wall, from start to saved bundle | {wall:F1} | |"));
        report.Line(string.Create(CultureInfo.InvariantCulture, $"| CPU time | {cpu:F0} | 86 h |"));
        report.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| peak memory, MB | {run.GetProperty("peakMemoryBytes").GetInt64() / 1e6:F0} | |"
            )
        );
        report.Line();
        report.Line(
            "| epoch | loss | accuracy | validation loss | validation accuracy | seconds | thousand tokens/s |"
        );
        report.Line("|---:|---:|---:|---:|---:|---:|---:|");
        foreach (JsonElement e in history.EnumerateArray())
        {
            report.Line(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {e.GetProperty("epoch").GetInt32()} | {e.GetProperty("loss").GetDouble():F4} | "
                        + $"{e.GetProperty("accuracy").GetDouble():F4} | "
                        + $"{e.GetProperty("validationLoss").GetDouble():F4} | "
                        + $"{e.GetProperty("validationAccuracy").GetDouble():F4} | "
                        + $"{e.GetProperty("seconds").GetDouble():F1} | "
                        + $"{e.GetProperty("tokensPerSecond").GetDouble() / 1e3:F0} |"
                )
            );
        }
        report.Line();
        string end = made.StartsWith("drawn", StringComparison.Ordinal)
            ? ": no figure of merit here, for copies of test tweets are among the training tweets."
            : ".";
        double accuracy = test.GetProperty("accuracy").GetDouble();
        report.Line(string.Create(CultureInfo.InvariantCulture, $"Test accuracy {accuracy:F4}{end}"));
    }
}
