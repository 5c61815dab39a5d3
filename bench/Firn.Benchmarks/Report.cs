using System.Globalization;
using System.Runtime.InteropServices;
using Firn.Kernels;

namespace Firn.Benchmarks;

/// <summary>Lines to the console and to a results file, under a head that names machine and versions.</summary>
internal sealed class Report : IDisposable
{
    private readonly StreamWriter? file;

    public Report(string name, string? folder, int threads)
    {
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            file = new StreamWriter(Path.Combine(folder, name + ".md"));
        }
        Line($"# {name}");
        Line();
        Line($"{Cpu()}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, .NET {Environment.Version}, " +
            $"kernels {KernelPath.Width}, {(Clock.Cpu ? "CPU time of one thread" : $"{threads} threads")}, {DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}");
        Line();
    }

    public void Line(string text = "")
    {
        Console.WriteLine(text);
        file?.WriteLine(text);
        file?.Flush();
    }

    public void Dispose() => file?.Dispose();

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }

    private static string Cpu()
    {
        const string info = "/proc/cpuinfo";
        string? line = File.Exists(info) ? File.ReadLines(info).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 2)..] ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
