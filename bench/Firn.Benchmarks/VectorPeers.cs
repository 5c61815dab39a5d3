using System.Diagnostics;
using System.Text.Json;

namespace Firn.Benchmarks;

/// <summary>
/// Starts Firn, gensim and fastText in processes of their own; each answers with one line of JSON, or is not installed.
/// </summary>
/// <param name="scripts">The folder of the peers' scripts; null leaves the peers out.</param>
internal sealed class VectorPeers(string? scripts)
{
    private const string Python = "/usr/bin/python3";

    public static PeerAnswer Firn(params string[] arguments) =>
        Ask("dotnet", [typeof(VectorPeers).Assembly.Location, "vectors-worker", .. arguments])
        ?? throw new InvalidOperationException("Firn failed; its message stands above");

    /// <summary>Null where it is not installed, or failed, which is told on standard error.</summary>
    public PeerAnswer? Gensim(params string[] arguments) => Script("vectors_gensim.py", arguments);

    /// <inheritdoc cref="Gensim"/>
    public PeerAnswer? FastText(params string[] arguments) => Script("vectors_fasttext.py", arguments);

    private PeerAnswer? Script(string name, string[] arguments) =>
        scripts is null || !File.Exists(Python) ? null : Ask(Python, [Path.Combine(scripts, name), .. arguments]);

    private static PeerAnswer? Ask(string program, string[] arguments)
    {
        var watch = Stopwatch.StartNew();
        using Process process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        string error = "";
        process.ErrorDataReceived += (_, line) => error = line.Data is { Length: > 0 } text ? text : error;
        process.BeginErrorReadLine();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode == 0)
            return new PeerAnswer(JsonDocument.Parse(output).RootElement, watch.Elapsed.TotalSeconds);
        Console.Error.WriteLine($"{Path.GetFileName(arguments[0])} ended with code {process.ExitCode}: {error}");
        return null;
    }
}

/// <summary>What a process answered.</summary>
/// <param name="Json">Its line.</param>
/// <param name="Whole">Seconds from its start to its end.</param>
internal sealed record PeerAnswer(JsonElement Json, double Whole)
{
    public string Version => Json.GetProperty("version").GetString()!;

    public double this[string name] => name == "whole" ? Whole : Json.GetProperty(name).GetDouble();
}
