using System.Globalization;
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
        TrainComparison.Tune(threads);
        return 0;
    case "score":
        ScoreComparison.Run(threads, Option("--results"));
        return 0;
    default:
        Console.Error.WriteLine("usage: bench/compare train | score | gemm | tune [--threads N]");
        return 2;
}
