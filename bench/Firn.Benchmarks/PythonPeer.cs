using System.Diagnostics;
using System.Globalization;

namespace Firn.Benchmarks;

/// <summary>
/// A peer in a process of its own that works only when asked: "seconds" in, "tokens seconds CPU-seconds" out.
/// </summary>
internal sealed class PythonPeer : IDisposable
{
    private readonly Process _process;

    private PythonPeer(Process process, string version)
    {
        _process = process;
        Version = version;
    }

    /// <summary>What the peer says it is.</summary>
    public string Version { get; }

    /// <summary>Starts it; null where Python or the peer is not installed.</summary>
    public static PythonPeer? Start(string script, params string[] arguments)
    {
        var info = new ProcessStartInfo("/usr/bin/python3")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        info.Environment.Remove("OPENBLAS_CORETYPE"); // the peer's best: whatever the processor offers
        info.ArgumentList.Add(script);
        foreach (string argument in arguments)
            info.ArgumentList.Add(argument);
        Process process = Process.Start(info)!;
        string? line = process.StandardOutput.ReadLine();
        if (line is null || !line.StartsWith("ready ", StringComparison.Ordinal))
            return null;
        return new PythonPeer(process, line["ready ".Length..]);
    }

    /// <summary>Units of work a second over about that many seconds.</summary>
    public double Rate(double seconds)
    {
        _process.StandardInput.WriteLine(seconds.ToString(CultureInfo.InvariantCulture));
        _process.StandardInput.Flush();
        string[] answer = (
            _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the peer ended")
        ).Split(' ');
        return double.Parse(answer[0], CultureInfo.InvariantCulture)
            / double.Parse(answer[Clock.Cpu ? 2 : 1], CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit(5000);
        _process.Dispose();
    }
}
