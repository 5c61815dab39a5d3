using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using Firn.Benchmarks;

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and int i && i + 1 < args.Length ? args[i + 1] : null;

int threads = Option("--threads") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : Environment.ProcessorCount;
switch (args.FirstOrDefault())
{
    case "gemm":
        GemmRate.Run(threads);
        return 0;
    case "train":
        TrainComparison.Run(threads, Option("--results"), Option("--peers"));
        return 0;
    case "tune":
        ScoreComparison.Tune(threads);
        TrainComparison.Tune(threads, Option("--only") ?? "");
        return 0;
    case "latency":
        ScoreComparison.TuneLatency();
        return 0;
    case "kernels":
        BenchmarkSwitcher.FromTypes([typeof(GemmBenchmarks), typeof(VectorBenchmarks), typeof(LstmCellBenchmarks)])
            .RunAllJoined(DefaultConfig.Instance.WithOptions(ConfigOptions.JoinSummary).WithArtifactsPath(Path.Combine(Path.GetTempPath(), "firn-benchmarks")));
        return 0;
    case "score":
        ScoreComparison.Run(threads, Option("--results"));
        return 0;
    case "text" when Option("--corpus") is { } corpus:
        TextComparison.Run(corpus, Option("--results"), Option("--peers"));
        return 0;
    default:
        Console.Error.WriteLine("usage: bench/compare train | score | kernels | gemm | tune | latency [--threads N], or text --corpus FILE");
        return 2;
}
