using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Firn.Server.Tests.Clients;

/// <summary>The clients of docs/serving.md, run as they stand there, on the ports of a test server.</summary>
public sealed partial class DocumentedClientTests : IAsyncLifetime
{
    private readonly TestModels _models = new();
    private readonly Predictor _predictor = TestModels.Make(1);
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _models.Add(_predictor, 5);
        _server = await RunningServer.StartAsync(_models.Root);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _models.Dispose();
    }

    [Fact]
    public async Task EveryCurlLineIsAnswered()
    {
        Assert.SkipUnless(await WorksAsync("curl", "--version"), "curl is not installed");
        string[] lines =
        [
            .. Blocks("sh").SelectMany(b => b.Split('\n')).Where(l => l.StartsWith("curl ", StringComparison.Ordinal)),
        ];
        Assert.True(lines.Length >= 10);
        var answers = new List<string>();
        foreach (string line in lines)
            answers.Add(
                await RunAsync(
                    "sh",
                    ["-c", OnTestPorts(line).Replace("curl -s", "curl -sS --fail-with-body", StringComparison.Ordinal)]
                )
            );
        Assert.All(answers, answer => JsonDocument.Parse(answer).Dispose());
        Assert.Equal(
            TestModels.Offline(_predictor, "love this song", "so sad today"),
            RunningServer.Scores(AnswerTo("so sad today"))
        );
        Assert.Equal(TestModels.Offline(_predictor, "love this song"), RunningServer.Scores(AnswerTo("\"b64\"")));

        string AnswerTo(string part) =>
            answers[Array.FindIndex(lines, line => line.Contains(part, StringComparison.Ordinal))];
    }

    [Fact]
    public async Task ThePythonClientOnGrpcioGetsTheOfflineScores()
    {
        Assert.SkipUnless(await WorksAsync("protoc", "--version"), "protoc is not installed");
        Assert.SkipUnless(
            await WorksAsync(
                "sh",
                "-c",
                "d=$(mktemp -d) && echo 'syntax = \"proto3\"; import \"google/protobuf/wrappers.proto\";' > "
                    + "$d/a.proto && protoc -I $d --python_out=$d $d/a.proto"
            ),
            "protobuf's own definitions (libprotobuf-dev) are not installed"
        );
        Assert.SkipUnless(
            await WorksAsync("/usr/bin/python3", "-c", "import grpc, google.protobuf"),
            "python3-grpcio and python3-protobuf are not installed"
        );
        string root = Root(),
            work =
                Directory
                    .CreateDirectory(Path.Combine(_models.Root, "..", Path.GetFileName(_models.Root) + ".py"))
                    .FullName;
        try
        {
            string generate = Blocks("sh")
                .Single(b => b.StartsWith("protoc ", StringComparison.Ordinal))
                .Replace("src/Firn.Server", Path.Combine(root, "src", "Firn.Server"), StringComparison.Ordinal);
            await RunAsync("sh", ["-c", generate], work);
            await File.WriteAllTextAsync(
                Path.Combine(work, "client.py"),
                OnTestPorts(Blocks("python").Single()),
                TestContext.Current.CancellationToken
            );
            string[] words = (await RunAsync("/usr/bin/python3", ["client.py"], work)).Split(
                (char[])[' ', '[', ']', ',', '\n'],
                StringSplitOptions.RemoveEmptyEntries
            );
            Assert.Equal("5", words[0]);
            Assert.Equal(
                TestModels.Offline(_predictor, "love this song", "so sad today"),
                words[1..].Select(w => (float)double.Parse(w, CultureInfo.InvariantCulture))
            );
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private string OnTestPorts(string text) =>
        text.Replace("127.0.0.1:8501", $"127.0.0.1:{_server.Server.RestPort}", StringComparison.Ordinal)
            .Replace("127.0.0.1:8500", $"127.0.0.1:{_server.Server.GrpcPort}", StringComparison.Ordinal);

    private static IEnumerable<string> Blocks(string language) =>
        Fences()
            .Matches(File.ReadAllText(Path.Combine(Root(), "docs", "serving.md")))
            .Where(m => m.Groups[1].Value == language)
            .Select(m => m.Groups[2].Value);

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Firn.slnx")))
            folder = folder.Parent;
        return folder.FullName;
    }

    private static async Task<bool> WorksAsync(string program, params string[] arguments)
    {
        try
        {
            await RunAsync(program, arguments);
            return true;
        }
        catch (Exception error) when (error is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return false;
        }
    }

    private static async Task<string> RunAsync(string program, string[] arguments, string? folder = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(),
            error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        if (process.ExitCode != 0)
            throw new InvalidOperationException(
                $"{program} {string.Join(' ', arguments)}: exit code {process.ExitCode}: {await error} {await output}"
            );
        return await output;
    }

    [GeneratedRegex("```([a-z]+)\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Fences();
}
