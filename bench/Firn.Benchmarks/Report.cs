using System.Globalization;
using System.Runtime.InteropServices;
using Firn.Kernels;

namespace Firn.Benchmarks;

/// <summary>Lines to the console and to a results file, under a head that names machine and versions.</summary>
internal sealed class Report : IDisposable
{
    private readonly StreamWriter? _file;

    public Report(string name, string? folder, int threads)
    {
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            _file = new StreamWriter(Path.Combine(folder, name + ".md"));
        }
        Line($"# {name}");
        Line();
        Line(
            $"{Cpu()}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, .NET "
                + $"{Environment.Version}, "
                + $"kernels {KernelPath.Width}, {(Clock.Cpu ? "CPU time of one thread" : $"{threads} threads")}, "
                + $"{DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}"
        );
        Line();
    }

    public void Line(string text = "")
    {
        Console.WriteLine(text);
        _file?.WriteLine(text);
        _file?.Flush();
    }

    public void Dispose() => _file?.Dispose();

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1
            ? sorted[sorted.Length / 2]
            : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Name, family and model: virtual machines of one name differ by a generation.</summary>
    private static string Cpu()
    {
        const string info = "/proc/cpuinfo";
        if (!File.Exists(info))
            return RuntimeInformation.ProcessArchitecture.ToString();
        string[] lines = File.ReadAllLines(info);
        string? Value(string key) =>
            lines
                .FirstOrDefault(l => l[..Math.Max(0, l.IndexOf(':', StringComparison.Ordinal))].Trim() == key)
                ?.Split(':')[1]
                .Trim();
        string name = Value("model name") ?? RuntimeInformation.ProcessArchitecture.ToString();
        return Value("cpu family") is { } family && Value("model") is { } model
            ? $"{name} (family {family}, model {model})"
            : name;
    }
}
