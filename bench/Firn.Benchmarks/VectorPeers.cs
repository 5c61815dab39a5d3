using System.Diagnostics;
using System.Text.Json;

namespace Firn.Benchmarks;

/// <summary>Starts Firn, gensim and fastText in processes of their own; each answers with one line of JSON, or is not installed.</summary>
/// <param name="scripts">The folder of the peers' scripts; null leaves the peers out.</param>
internal sealed class VectorPeers(string? scripts)
{
    private const string Python = "/usr/bin/python3";

    public static JsonElement? Firn(params string[] arguments) => Ask("dotnet", [typeof(VectorPeers).Assembly.Location, "vectors-worker", .. arguments])
        ?? throw new InvalidOperationException("Firn failed; its message stands above");

    public JsonElement? Gensim(params string[] arguments) => Script("vectors_gensim.py", arguments);

    public JsonElement? FastText(params string[] arguments) => Script("vectors_fasttext.py", arguments);

    private JsonElement? Script(string name, string[] arguments) =>
        scripts is null || !File.Exists(Python) ? null : Ask(Python, [Path.Combine(scripts, name), .. arguments]);

    private static JsonElement? Ask(string program, string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = program == Python })!;
        if (program == Python)
        {
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
        }
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? JsonDocument.Parse(output).RootElement : null;
    }
}
