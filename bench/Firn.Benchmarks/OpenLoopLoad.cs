using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Firn.Benchmarks;

/// <summary>
/// Load at a given rate on a server of this machine. Requests are due at random times (Poisson) that do not depend on
/// the answers, and latency counts from when a request was due, not from when it could be sent: a server that stalls
/// is charged for everybody who would have come meanwhile (no coordinated omission).
/// </summary>
internal static partial class OpenLoopLoad
{
    private const double LongestRun = 60;

    public static void Run(int port, string path, string body, double rate, double seconds, int connections)
    {
        seconds = Math.Min(seconds, LongestRun);
        byte[] request = Encoding.UTF8.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "
                + $"{Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"
        );
        var latencies = new List<double>[connections];
        int failed = 0;
        long start = Stopwatch.GetTimestamp() + Stopwatch.Frequency / 10;
        Thread[] clients =
        [
            .. Enumerable
                .Range(0, connections)
                .Select(i => new Thread(() =>
                {
                    latencies[i] = Client(port, request, start, rate / connections, seconds, new Random(i), ref failed);
                })),
        ];
        foreach (Thread client in clients)
            client.Start();
        foreach (Thread client in clients)
            client.Join();
        double[] all = [.. latencies.SelectMany(l => l)];
        Array.Sort(all);
        Console.WriteLine(
            JsonSerializer.Serialize(
                new Dictionary<string, double>
                {
                    ["connections"] = connections,
                    ["rate"] = Math.Round(all.Length / seconds),
                    ["p50_ms"] = At(all, 0.5),
                    ["p90_ms"] = At(all, 0.9),
                    ["p99_ms"] = At(all, 0.99),
                    ["p999_ms"] = At(all, 0.999),
                    ["max_ms"] = At(all, 1),
                    ["failed"] = failed,
                }
            )
        );
    }

    private static double At(double[] sorted, double share) =>
        sorted.Length == 0 ? 0 : Math.Round(sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))], 3);

    private static List<double> Client(
        int port,
        byte[] request,
        long start,
        double rate,
        double seconds,
        Random random,
        ref int failed
    )
    {
        var latencies = new List<double>();
        byte[] buffer = new byte[4096];
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, port);
        double due = 0;
        while (true)
        {
            due += -Math.Log(1 - random.NextDouble()) / rate;
            if (due > seconds)
                return latencies;
            Wait(due - Stopwatch.GetElapsedTime(start).TotalSeconds);
            socket.Send(request);
            if (!Answered(socket, buffer))
                Interlocked.Increment(ref failed);
            latencies.Add((Stopwatch.GetElapsedTime(start).TotalSeconds - due) * 1e3);
        }
    }

    /// <summary>Reads one whole answer, which must fit the buffer; true when it is 200.</summary>
    private static bool Answered(Socket socket, byte[] buffer)
    {
        int read = 0,
            whole = int.MaxValue;
        while (read < whole)
        {
            int more = socket.Receive(buffer, read, buffer.Length - read, SocketFlags.None);
            if (more == 0)
                return false;
            read += more;
            int head = buffer.AsSpan(0, read).IndexOf("\r\n\r\n"u8);
            if (head < 0 || whole != int.MaxValue)
                continue;
            string text = Encoding.ASCII.GetString(buffer, 0, head).ToLowerInvariant();
            int at = text.IndexOf("content-length:", StringComparison.Ordinal) + "content-length:".Length;
            int end = text.IndexOf('\r', at);
            whole =
                head
                + 4
                + int.Parse(text.AsSpan(at, (end < 0 ? text.Length : end) - at).Trim(), CultureInfo.InvariantCulture);
        }
        return buffer.AsSpan(0, read).StartsWith("HTTP/1.1 200"u8);
    }

    // Thread.Sleep knows whole milliseconds only.
    private static void Wait(double seconds)
    {
        if (seconds <= 0)
            return;
        if (!OperatingSystem.IsLinux())
        {
            Thread.Sleep(TimeSpan.FromSeconds(seconds));
            return;
        }
        var time = new Timespec { Seconds = (nint)seconds, Nanoseconds = (nint)(seconds % 1 * 1e9) };
        _ = Nanosleep(time, 0);
    }

    private struct Timespec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int Nanosleep(in Timespec time, nint left);
}
