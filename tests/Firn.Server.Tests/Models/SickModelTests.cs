using System.Diagnostics;
using System.Net;
using Firn.Server.Contracts;
using Firn.Server.Models;

namespace Firn.Server.Tests.Models;

/// <summary>One sick folder, and every other model serves as if it were not there.</summary>
public sealed class SickModelTests : IDisposable
{
    private const string Predict = "/v1/models/tweets:predict";
    private const string Body = "{\"instances\":[\"good day\"]}";
    private readonly TestModels _models = new();

    public SickModelTests() => _models.Add(TestModels.Make(1), 1);

    public void Dispose() => _models.Dispose();

    [Theory]
    [InlineData(false, HttpStatusCode.OK)]
    [InlineData(true, HttpStatusCode.ServiceUnavailable)]
    public async Task AModelThatIsStillBeingCopiedChangesReadinessOnlyWhereItIsStrict(
        bool strict,
        HttpStatusCode expected
    )
    {
        await using RunningServer server = await RunningServer.StartAsync(
            _models.Root,
            s => s with { StrictReadiness = strict }
        );
        string folder = Path.Combine(_models.Root, "other", "1");
        Directory.CreateDirectory(folder);
        await RunningServer.UntilAsync(
            () => Status(server, "other").Any(s => s.State == VersionState.End),
            "the failed load"
        );
        Assert.Equal(expected, await ReadyAsync(server));
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync(Predict, Body)).Status);
        Assert.Contains(
            "firn_model_problems{model=\"other\",kind=\"load\"} 1",
            await server.GetAsync("/monitoring/prometheus/metrics"),
            StringComparison.Ordinal
        );

        // File after file, as a copy does it, and then it serves.
        string whole = _models.Add(TestModels.Make(2), 9, "unseen");
        string[] files = Directory.GetFiles(whole);
        foreach (string file in files)
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            await Task.Delay(60, TestContext.Current.CancellationToken);
        }
        await RunningServer.UntilAsync(
            () => Status(server, "other").Any(s => s.State == VersionState.Available),
            "the copied model"
        );
        await RunningServer.UntilAsync(() => server.Server.State.Ready, "readiness");
        Assert.DoesNotContain(
            "kind=\"load\"",
            await server.GetAsync("/monitoring/prometheus/metrics"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task FoldersThatCannotBeReadAreReportedAndNothingElseChanges()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("needs permissions as Unix has them");
            return;
        }
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "the superuser reads everything");
        foreach (string name in new[] { "lost+found", "secret", ".hidden" })
            Directory.CreateDirectory(Path.Combine(_models.Root, name), UnixFileMode.None);
        try
        {
            await using RunningServer server = await RunningServer.StartAsync(_models.Root);
            _models.Add(TestModels.Make(2), 2);
            await RunningServer.UntilAsync(
                () => Status(server, TestModels.Name).Any(s => s is { Version: 2, State: VersionState.Available }),
                "version 2"
            );
            string metrics = await server.GetAsync("/monitoring/prometheus/metrics");
            Assert.Contains(
                "firn_model_problems{model=\"secret\",kind=\"folder\"} 1",
                metrics,
                StringComparison.Ordinal
            );
            Assert.DoesNotContain("lost+found", metrics, StringComparison.Ordinal);
            Assert.Contains(
                "denied",
                (await server.PostAsync("/v1/models/secret:predict", Body)).Body,
                StringComparison.Ordinal
            );
        }
        finally
        {
            foreach (string folder in Directory.GetDirectories(_models.Root))
                File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("[1]")]
    [InlineData("{\"stable\": \"two\"}")]
    [InlineData("{\"stable\": 1e30}")]
    public async Task BrokenLabelsAreReportedAndVersionsStillChange(string labels)
    {
        await using RunningServer server = await RunningServer.StartAsync(_models.Root);
        await File.WriteAllTextAsync(
            Path.Combine(_models.Root, TestModels.Name, "labels.json"),
            labels,
            TestContext.Current.CancellationToken
        );
        await RunningServer.UntilAsync(
            () => server.Server.Catalog.Models[TestModels.Name].Complaint.Length > 0,
            "the complaint"
        );
        _models.Add(TestModels.Make(2), 2);
        await RunningServer.UntilAsync(
            () => Status(server, TestModels.Name).Any(s => s is { Version: 2, State: VersionState.Available }),
            "version 2"
        );
        Assert.Contains("labels.json", await server.GetAsync("/v1/models/tweets"), StringComparison.Ordinal);
        Assert.Contains(
            "firn_model_problems{model=\"tweets\",kind=\"labels\"} 1",
            await server.GetAsync("/monitoring/prometheus/metrics"),
            StringComparison.Ordinal
        );
        File.Delete(Path.Combine(_models.Root, TestModels.Name, "labels.json"));
        await RunningServer.UntilAsync(
            () => server.Server.Catalog.Models[TestModels.Name].Complaint.Length == 0,
            "the end of the complaint"
        );
    }

    [Fact]
    public async Task AnExceptionOfOneModelLeavesTheOthersAndThePollAlive()
    {
        await using RunningServer server = await RunningServer.StartAsync(
            _models.Root,
            load: folder =>
                folder.Contains("ill", StringComparison.Ordinal)
                    ? throw new OperationCanceledException("as a library may")
                    : BundleScorer.Load(folder)
        );
        _models.Add(TestModels.Make(3), 1, "ill");
        await Task.Delay(300, TestContext.Current.CancellationToken);
        _models.Add(TestModels.Make(2), 2);
        await RunningServer.UntilAsync(
            () => Status(server, TestModels.Name).Any(s => s is { Version: 2, State: VersionState.Available }),
            "version 2"
        );
    }

    [Fact]
    public async Task AFailedLoadIsTriedAgainThoughNoFileHasChanged()
    {
        int failures = 4;
        var tries = new List<long>();
        await using RunningServer server = await RunningServer.StartAsync(
            _models.Root,
            load: folder =>
            {
                if (Path.GetFileName(folder) != "2")
                    return BundleScorer.Load(folder);
                lock (tries)
                    tries.Add(Stopwatch.GetTimestamp());
                return Interlocked.Decrement(ref failures) >= 0
                    ? throw new IOException("not now")
                    : BundleScorer.Load(folder);
            }
        );
        _models.Add(TestModels.Make(2), 2);
        await RunningServer.UntilAsync(
            () => Status(server, TestModels.Name).Any(s => s is { Version: 2, State: VersionState.Available }),
            "version 2"
        );
        Assert.Equal(5, tries.Count);
        // 50, 100, 200, 400 ms.
        Assert.True(Stopwatch.GetElapsedTime(tries[3], tries[4]) > TimeSpan.FromMilliseconds(390));
    }

    [Fact]
    public async Task LinksThatAreMovedAsKubernetesDoesAreNoticed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs links");
        string first = _models.Add(TestModels.Make(1), 1, "..a"),
            second = _models.Add(TestModels.Make(2), 1, "..b");
        string volume = Path.Combine(_models.Root, "linked", "1");
        Directory.CreateDirectory(volume);
        // The same names, lengths and times on both sides: only what the files hold tells them apart.
        DateTime time = DateTime.UtcNow;
        foreach (string file in Directory.GetFiles(first).Concat(Directory.GetFiles(second)))
            File.SetLastWriteTimeUtc(file, time);
        string data = Path.Combine(volume, "..data");
        Directory.CreateSymbolicLink(data, first);
        foreach (string file in Directory.GetFiles(first))
            File.CreateSymbolicLink(
                Path.Combine(volume, Path.GetFileName(file)),
                Path.Combine("..data", Path.GetFileName(file))
            );
        await using RunningServer server = await RunningServer.StartAsync(_models.Root);
        string before = (await server.PostAsync("/v1/models/linked:predict", Body)).Body;
        Directory.CreateSymbolicLink(data + "_tmp", second);
        using (Process move = Process.Start("mv", ["-T", data + "_tmp", data])!)
            await move.WaitForExitAsync(TestContext.Current.CancellationToken);
        for (int i = 0; (await server.PostAsync("/v1/models/linked:predict", Body)).Body == before; i++)
        {
            Assert.True(i < 400, "the moved link was not noticed");
            await Task.Delay(25, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task AFolderThatFlickersStays()
    {
        await using RunningServer server = await RunningServer.StartAsync(
            _models.Root,
            s => s with { PollInterval = TimeSpan.FromHours(1) }
        );
        string folder = Path.Combine(_models.Root, TestModels.Name),
            away = Path.Combine(_models.Root, ".away");
        for (int i = 0; i < 5; i++)
        {
            Directory.Move(folder, away);
            await server.Server.Catalog.ReconcileAsync(TestContext.Current.CancellationToken);
            await server.Server.Catalog.ReconcileAsync(TestContext.Current.CancellationToken);
            Directory.Move(away, folder);
            await server.Server.Catalog.ReconcileAsync(TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, (await server.PostAsync(Predict, Body)).Status);
        }
    }

    [Fact]
    public async Task ARootThatCannotBeReadSaysNothingOfItsModels()
    {
        await using RunningServer server = await RunningServer.StartAsync(_models.Root);
        string away = _models.Root + "-away";
        Directory.Move(_models.Root, away);
        await RunningServer.UntilAsync(
            () =>
                Metrics(server)
                    .Contains("firn_model_problems{model=\"*\",kind=\"folder\"} 1", StringComparison.Ordinal),
            "the problem"
        );
        await Task.Delay(400, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync(Predict, Body)).Status);
        Directory.Move(away, _models.Root);
        await RunningServer.UntilAsync(
            () => !Metrics(server).Contains("model=\"*\"", StringComparison.Ordinal),
            "the end of the problem"
        );
    }

    [Fact]
    public async Task TheMetricsOfAVersionThatIsGoneEnd()
    {
        await using RunningServer server = await RunningServer.StartAsync(_models.Root);
        _models.Add(TestModels.Make(2), 2);
        await RunningServer.UntilAsync(
            () =>
                Metrics(server)
                    .Contains("firn_model_version_state{model=\"tweets\",version=\"2\"} 30", StringComparison.Ordinal)
                && !Metrics(server).Contains("version=\"1\"", StringComparison.Ordinal),
            "the series of version 1 gone"
        );
    }

    private static string Metrics(RunningServer server) =>
        server.GetAsync("/monitoring/prometheus/metrics").GetAwaiter().GetResult();

    private static async Task<HttpStatusCode> ReadyAsync(RunningServer server)
    {
        using HttpResponseMessage ready = await server.Http.GetAsync(
            new Uri("/readyz", UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        return ready.StatusCode;
    }

    private static IReadOnlyList<VersionStatus> Status(RunningServer server, string model) =>
        server.Server.Catalog.Models.TryGetValue(model, out ServedModel? served)
            ? served.Statuses(VersionChoice.Newest)
            : [];
}
