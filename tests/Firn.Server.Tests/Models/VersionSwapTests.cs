using System.Globalization;
using System.Net;
using Firn.Client;
using Firn.Server.Contracts;
using Firn.Server.Models;
using Firn.Server.Settings;

namespace Firn.Server.Tests.Models;

public sealed class VersionSwapTests : IDisposable
{
    private const string Body =
        "{\"instances\":[\"good day\",\"bad rain very sad\",\"word20 word21 word22 word23 word24 word25 "
        + "word26\",\"\"]}";
    private static readonly string[] Texts =
    [
        "good day",
        "bad rain very sad",
        "word20 word21 word22 word23 word24 word25 word26",
        "",
    ];
    private readonly TestModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task ANewVersionIsNoticedAndTheOldOneGoes()
    {
        _models.Add(TestModels.Make(1), 1);
        await using RunningServer server = await RunningServer.StartAsync(_models.Root);
        _models.Add(TestModels.Make(2), 2);
        await UntilServingAsync(server, 2);
        await RunningServer.UntilAsync(() => State(server, 1) == VersionState.End, "version 1 unloaded");
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await server.PostAsync("/v1/models/tweets/versions/1:predict", Body)).Status
        );
    }

    [Fact]
    public async Task TheFirstVersionServesBeforeItIsSettledAndLaterOnesAfter()
    {
        _models.Add(TestModels.Make(1), 1);
        var scorers = new List<GatedScorer>();
        await using RunningServer server = await RunningServer.StartAsync(
            _models.Root,
            load: folder =>
            {
                // The second cannot be settled: so it never serves, and the first serves on.
                var scorer = new GatedScorer
                {
                    Settling = Path.GetFileName(folder) == "2" ? new InvalidOperationException("no room") : null,
                };
                lock (scorers)
                    scorers.Add(scorer);
                return scorer;
            }
        );
        await RunningServer.UntilAsync(() => scorers[0].Settled, "the first version settled");
        _models.Add(TestModels.Make(2), 2);
        await RunningServer.UntilAsync(() => State(server, 2) == VersionState.End, "the failed version");
        Assert.True(scorers[^1].Disposed);
        Assert.Equal(1, await VersionAsync(server));
    }

    [Fact]
    public async Task ABrokenVersionIsReportedAndTheOldOneServesUntilItIsMended()
    {
        _models.Add(TestModels.Make(1), 1);
        await using RunningServer server = await RunningServer.StartAsync(_models.Root);
        string broken = Path.Combine(_models.Root, TestModels.Name, "2");
        Directory.CreateDirectory(broken);
        await File.WriteAllTextAsync(Path.Combine(broken, "model.json"), "{", TestContext.Current.CancellationToken);
        await RunningServer.UntilAsync(() => State(server, 2) == VersionState.End, "the failed load");
        string status = await server.GetAsync("/v1/models/tweets/versions/2");
        Assert.Contains("\"error_code\": \"INTERNAL\"", status, StringComparison.Ordinal);
        Assert.Contains("model.json", status, StringComparison.Ordinal);
        Assert.True(server.Server.State.Ready);
        Assert.Equal(1, await VersionAsync(server));
        Directory.Delete(broken, recursive: true);
        _models.Add(TestModels.Make(2), 2);
        await UntilServingAsync(server, 2);
    }

    [Fact]
    public async Task AtTheStartABrokenNewestVersionGivesWayToTheOneBefore()
    {
        _models.Add(TestModels.Make(1), 1);
        Directory.CreateDirectory(Path.Combine(_models.Root, TestModels.Name, "2"));
        await using RunningServer server = await RunningServer.StartAsync(_models.Root);
        Assert.Equal(1, await VersionAsync(server));
    }

    [Fact]
    public async Task AVersionReplacedInItsPlaceIsLoadedAnew()
    {
        Predictor second = TestModels.Make(2);
        _models.Add(TestModels.Make(1), 1);
        await using RunningServer server = await RunningServer.StartAsync(_models.Root);
        _models.Add(second, 1);
        float[] expected = Offline(second);
        for (int i = 0; i < 200; i++)
        {
            (_, string json, _) = await server.PostAsync("/v1/models/tweets:predict", Body);
            if (RunningServer.Scores(json).SequenceEqual(expected))
                return;
            await Task.Delay(25, TestContext.Current.CancellationToken);
        }
        Assert.Fail("the replaced version was never served");
    }

    [Fact]
    public async Task LabelsChooseVersionsAndFollowTheirFile()
    {
        _models.Add(TestModels.Make(1), 1);
        _models.Add(TestModels.Make(2), 2);
        string labels = Path.Combine(_models.Root, TestModels.Name, "labels.json");
        await File.WriteAllTextAsync(labels, "{\"stable\": 1, \"canary\": 2}", TestContext.Current.CancellationToken);
        await using RunningServer server = await RunningServer.StartAsync(_models.Root);
        Assert.Equal(1, await VersionAsync(server, "/labels/stable"));
        Assert.Equal(2, await VersionAsync(server, "/labels/canary"));
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await server.PostAsync("/v1/models/tweets/labels/none:predict", Body)).Status
        );
        await File.WriteAllTextAsync(labels, "{\"stable\": 2}", TestContext.Current.CancellationToken);
        for (int i = 0; await VersionAsync(server, "/labels/stable") != 2; i++)
        {
            Assert.True(i < 200, "the label did not move");
            await Task.Delay(25, TestContext.Current.CancellationToken);
        }
        await File.WriteAllTextAsync(labels, "nonsense", TestContext.Current.CancellationToken);
        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.Equal(2, await VersionAsync(server, "/labels/stable"));
    }

    [Fact]
    public async Task RemovalDrains()
    {
        _models.Add(TestModels.Make(1), 1);
        var scorer = new GatedScorer();
        await using RunningServer server = await RunningServer.StartAsync(_models.Root, load: _ => scorer);
        using IDisposable gate = scorer.Close();
        Task<(HttpStatusCode Status, string, HttpResponseMessage)> inFlight = server.PostAsync(
            "/v1/models/tweets:predict",
            "{\"instances\":[\"a\"]}"
        );
        await RunningServer.UntilAsync(() => scorer.Waiting == 1, "the request at the gate");
        // In one step: file after file would be seen as another content of the version first.
        string trash = Path.Combine(_models.Root, "trash");
        Directory.CreateDirectory(trash);
        Directory.Move(Path.Combine(_models.Root, TestModels.Name), Path.Combine(trash, TestModels.Name));
        await RunningServer.UntilAsync(() => server.Server.Catalog.Models.Count == 0, "the model gone");
        Assert.False(scorer.Disposed);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await server.PostAsync("/v1/models/tweets:predict", "{\"instances\":[\"a\"]}")).Status
        );
        scorer.Open();
        Assert.Equal(HttpStatusCode.OK, (await inFlight).Status);
        await RunningServer.UntilAsync(() => scorer.Disposed, "the model freed");
    }

    /// <summary>FIRN_SWAPS sets the number of swaps; 20 without it.</summary>
    [Fact]
    public async Task SwapsUnderLoadLoseNothingAndMixNothing()
    {
        int swaps = int.TryParse(
            Environment.GetEnvironmentVariable("FIRN_SWAPS"),
            CultureInfo.InvariantCulture,
            out int set
        )
            ? set
            : 20;
        Predictor[] predictors = [TestModels.Make(1), TestModels.Make(2)];
        uint[][] expected = [.. predictors.Select(p => Bits(Offline(p)))];
        _models.Add(predictors[0], 1);
        _models.Add(predictors[1], 2);
        await using RunningServer server = await RunningServer.StartAsync(
            _models.Root,
            s => s with { PollInterval = TimeSpan.FromHours(1) }
        );
        using var stop = new CancellationTokenSource();
        long answers = 0,
            grpcAnswers = 0;
        var seen = new long[2];
        Task[] load = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(RestAsync)), Task.Run(GrpcAsync)];
        string path = Path.Combine(_models.Root, TestModels.Name);
        for (int i = 0; i < swaps; i++)
        {
            long version = (i % 2) + 1;
            var wanted = new ModelConfiguration(
                TestModels.Name,
                path,
                VersionPolicy.Specific([version]),
                new Dictionary<string, long>()
            );
            await server.Server.Catalog.ReconfigureAsync([wanted], TestContext.Current.CancellationToken);
            long before = Interlocked.Read(ref answers);
            for (int wait = 0; Interlocked.Read(ref answers) < before + 20 && wait < 500; wait++)
                await Task.Delay(1, TestContext.Current.CancellationToken);
        }
        await stop.CancelAsync();
        await Task.WhenAll(load);
        Assert.True(
            answers > swaps * 10 && grpcAnswers > 0 && seen[0] > 0 && seen[1] > 0,
            $"{answers} answers, {seen[0]} and {seen[1]} of each version"
        );
        TestContext.Current.SendDiagnosticMessage(
            "{0} swaps, {1} REST and {2} gRPC answers, none failed, none mixed",
            swaps,
            answers,
            grpcAnswers
        );

        async Task RestAsync()
        {
            while (!stop.IsCancellationRequested)
            {
                (HttpStatusCode status, string json, HttpResponseMessage answer) = await server.PostAsync(
                    "/v1/models/tweets:predict",
                    Body
                );
                Assert.True(status == HttpStatusCode.OK, json);
                int version = int.Parse(
                    answer.Headers.GetValues(VocabularyIdentity.VersionHeader).Single(),
                    CultureInfo.InvariantCulture
                );
                Assert.Equal(expected[version - 1], Bits(RunningServer.Scores(json)));
                Interlocked.Increment(ref answers);
                Interlocked.Increment(ref seen[version - 1]);
            }
        }

        async Task GrpcAsync()
        {
            var client = new Wire.Serving.PredictionService.PredictionServiceClient(server.Channel);
            while (!stop.IsCancellationRequested)
            {
                Wire.Serving.PredictResponse answer = await client.PredictAsync(Rpc.PredictionTests.TextRequest(Texts));
                Assert.Equal(
                    expected[(int)answer.ModelSpec.Version!.Value - 1],
                    Bits([.. answer.Outputs["scores"].FloatVal])
                );
                grpcAnswers++;
            }
        }
    }

    private static float[] Offline(Predictor predictor) => TestModels.Offline(predictor, Texts);

    private static uint[] Bits(float[] values) => [.. values.Select(BitConverter.SingleToUInt32Bits)];

    private static VersionState? State(RunningServer server, long version) =>
        server
            .Server.Catalog.Models[TestModels.Name]
            .Statuses(VersionChoice.Newest)
            .FirstOrDefault(s => s.Version == version)
            ?.State;

    private static async Task<int> VersionAsync(RunningServer server, string suffix = "")
    {
        (HttpStatusCode status, string json, HttpResponseMessage answer) = await server.PostAsync(
            $"/v1/models/tweets{suffix}:predict",
            Body
        );
        Assert.True(status == HttpStatusCode.OK, json);
        return int.Parse(
            answer.Headers.GetValues(VocabularyIdentity.VersionHeader).Single(),
            CultureInfo.InvariantCulture
        );
    }

    private static async Task UntilServingAsync(RunningServer server, int version)
    {
        for (int i = 0; await VersionAsync(server) != version; i++)
        {
            Assert.True(i < 400, $"version {version} never served");
            await Task.Delay(25, TestContext.Current.CancellationToken);
        }
    }
}
