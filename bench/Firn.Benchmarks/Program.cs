using System.Globalization;
using Firn.Benchmarks;

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and int i && i + 1 < args.Length ? args[i + 1] : null;

int threads = Option("--threads") is { } text
    ? int.Parse(text, CultureInfo.InvariantCulture)
    : Environment.ProcessorCount;
Clock.Cpu = args.Contains("--cpu");
if (Clock.Cpu)
    threads = 1;
switch (args.FirstOrDefault())
{
    case "gemm":
        GemmRate.Run(threads);
        GemmRate.RunSparse();
        return 0;
    case "pace":
        Pace.Run();
        return 0;
    case "train":
        TrainComparison.Run(threads, Option("--results"), Option("--peers"));
        return 0;
    case "encoders":
        EncoderComparison.Run(threads, Option("--results"), Option("--peers"), Option("--part"));
        return 0;
    case "export":
        ExportComparison.Run(Option("--results"));
        return 0;
    case "latency":
        ScoreComparison.TuneLatency();
        return 0;
    case "kernels":
        KernelRun.Run(Option("--results"));
        return 0;
    case "open-loop" when Option("--path") is { } path && Option("--body") is { } body:
        OpenLoopLoad.Run(
            int.Parse(Option("--port") ?? "8501", CultureInfo.InvariantCulture),
            path,
            body,
            double.Parse(Option("--rate") ?? "1000", CultureInfo.InvariantCulture),
            double.Parse(Option("--seconds") ?? "5", CultureInfo.InvariantCulture),
            int.Parse(Option("--connections") ?? "32", CultureInfo.InvariantCulture)
        );
        return 0;
    case "scale":
        ScaleComparison.Run(threads, Option("--results"));
        return 0;
    case "score":
        ScoreComparison.Run(threads, Option("--results"));
        return 0;
    case "import":
        ImportComparison.Run(threads, Option("--results"));
        return 0;
    case "notebook" when Option("--source") is { } source && Option("--tool") is { } tool:
        NotebookComparison.Run(
            Option("--original"),
            source,
            tool,
            Option("--folder") ?? Path.GetTempPath(),
            threads,
            Option("--results")
        );
        return 0;
    case "text" when Option("--corpus") is { } corpus:
        TextComparison.Run(corpus, Option("--results"), Option("--peers"));
        return 0;
    case "vectors-worker":
        VectorWorker.Run(args[1..]);
        return 0;
    case "vectors" when Option("--corpus") is not null || Option("--part") is "load" or "large":
        VectorComparison.Run(
            Option("--corpus"),
            long.Parse(Option("--words") ?? "4000000", CultureInfo.InvariantCulture),
            Option("--word-eval"),
            Option("--part"),
            int.Parse(Option("--size") ?? "300", CultureInfo.InvariantCulture),
            int.Parse(Option("--window") ?? "7", CultureInfo.InvariantCulture),
            threads,
            Option("--results"),
            Option("--peers")
        );
        return 0;
    default:
        Console.Error.WriteLine(
            "usage: bench/compare train | score | import | encoders | export | scale | kernels | gemm | latency | "
                + "notebook [--original FILE] [--folder FOLDER] [--threads N] [--cpu], or text --corpus FILE, or "
                + "vectors --corpus FILE [--word-eval FOLDER] [--words N] [--part cbow | skip-gram | load | large] "
                + "[--size N] [--window N]"
        );
        return 2;
}
