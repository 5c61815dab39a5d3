using System.Numerics.Tensors;
using System.Reflection;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Firn.Benchmarks;

/// <summary>The kernels under BenchmarkDotNet, in this process, results beside those of the comparisons.</summary>
internal static class KernelRun
{
    public static void Run(string? results)
    {
        IConfig config = ManualConfig
            .CreateEmpty()
            .AddJob(
                Job.ShortRun.WithIterationCount(10)
                    .WithIterationTime(Perfolizer.Horology.TimeInterval.FromMilliseconds(100))
                    .WithToolchain(InProcessEmitToolchain.Instance)
            )
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(ConsoleLogger.Default)
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "firn-benchmarks"));
        using var report = new Report("kernels", results, 1);
        report.Line(
            $"BenchmarkDotNet {Version(typeof(BenchmarkRunner))} in one process; System.Numerics.Tensors "
                + $"{Version(typeof(TensorPrimitives))}. "
                + "Scalar is a plain loop (of a dropped-out left side: one that skips zeros), TensorPrimitives what "
                + "its calls make of it; some sizes are whole vectors, some ragged."
        );
        report.Line();
        foreach (
            Type type in new[]
            {
                typeof(GemmBenchmarks),
                typeof(SparseGemmBenchmarks),
                typeof(MatrixVectorBenchmarks),
                typeof(LstmCellBenchmarks),
                typeof(VectorBenchmarks),
                typeof(AdamBenchmarks),
            }
        )
        {
            Summary summary = BenchmarkRunner.Run(type, config);
            report.Line($"## {type.Name}");
            report.Line();
            report.Line("| case | sizes | least of 10 iterations, ns | median, ns |");
            report.Line("|---|---|---:|---:|");
            foreach (BenchmarkReport result in summary.Reports)
            {
                report.Line(
                    $"| {result.BenchmarkCase.Descriptor.WorkloadMethod.Name} | "
                        + $"{result.BenchmarkCase.Parameters.ValueInfo.Trim('[', ']')} | "
                        + $"{result.ResultStatistics?.Min:N0} | {result.ResultStatistics?.Median:N0} |"
                );
            }
            report.Line();
        }
    }

    private static string? Version(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
}
