using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Firn.Server.Operations;
using Firn.Server.Settings;
using Firn.Server.Tests.Rpc;
using Firn.Server.Wire.Serving;
using Grpc.Core;

namespace Firn.Server.Tests.Operations;

public sealed class OperationsTests : IDisposable
{
    private const string Predict = "/v1/models/tweets:predict";
    private const string Body = "{\"instances\":[\"good day\"]}";
    private readonly TestModels _models = new();

    public OperationsTests() => _models.Add(TestModels.Make(1), 1);

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task MetricsCountRequestsBatchesAndStates()
    {
        await using RunningServer server = await RunningServer.StartAsync(_models.Root);
        await server.PostAsync(Predict, Body);
        await server.PostAsync(Predict, "{");
        await server.PostAsync("/v1/models/made-up-name:predict", Body);
        string metrics = await server.GetAsync("/monitoring/prometheus/metrics");
        Assert.Contains(
            "firn_requests_total{code=\"OK\",method=\"predict\",model=\"tweets\"} 1\n",
            metrics,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "firn_requests_total{code=\"InvalidArgument\",method=\"predict\",model=\"tweets\"} 1\n",
            metrics,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "firn_request_seconds_count{method=\"predict\",model=\"tweets\"} 2\n",
            metrics,
            StringComparison.Ordinal
        );
        Assert.Contains("firn_batch_texts_count{model=\"tweets\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains(
            "firn_model_version_state{model=\"tweets\",version=\"1\"} 30\n",
            metrics,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("made-up-name", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OverloadIsRefusedAtOnceAndTheRestIsAnswered()
    {
        var scorer = new GatedScorer();
        await using RunningServer server = await RunningServer.StartAsync(
            _models.Root,
            s =>
                s with
                {
                    Batching = new BatchingOptions { Workers = 1, QueueLimit = 2 },
                },
            _ => scorer
        );
        using IDisposable gate = scorer.Close();
        var accepted = new List<Task<(HttpStatusCode Status, string, HttpResponseMessage)>>
        {
            server.PostAsync(Predict, Body),
        };
        await RunningServer.UntilAsync(() => scorer.Waiting == 1, "the first pass");
        accepted.Add(server.PostAsync(Predict, "{\"instances\":[\"a\",\"b\"]}"));
        var batcher = server.Server.Catalog.Models[TestModels.Name].Available[0].Batcher;
        await RunningServer.UntilAsync(() => batcher.QueuedTexts == 2, "a full queue");
        (HttpStatusCode status, string json, HttpResponseMessage answer) = await server.PostAsync(Predict, Body);
        Assert.Equal(HttpStatusCode.TooManyRequests, status);
        Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter!.Delta);
        Assert.Contains("waiting", json, StringComparison.Ordinal);
        var client = new PredictionService.PredictionServiceClient(server.Channel);
        Assert.Equal(
            StatusCode.ResourceExhausted,
            Assert.Throws<RpcException>(() => client.Predict(PredictionTests.TextRequest("a"))).StatusCode
        );
        scorer.Open();
        Assert.All(await Task.WhenAll(accepted), a => Assert.Equal(HttpStatusCode.OK, a.Status));
        Assert.Contains(
            "firn_rejected_total{model=\"tweets\"} 2",
            await server.GetAsync("/monitoring/prometheus/metrics"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task ARequestThatTakesTooLongIs504()
    {
        var scorer = new GatedScorer();
        await using RunningServer server = await RunningServer.StartAsync(
            _models.Root,
            s =>
                s with
                {
                    Batching = new BatchingOptions { Workers = 1 },
                    Limits = new ServingLimits { RequestTimeout = TimeSpan.FromMilliseconds(200) },
                },
            _ => scorer
        );
        using IDisposable gate = scorer.Close();
        Task<(HttpStatusCode Status, string, HttpResponseMessage)> first = server.PostAsync(Predict, Body);
        await RunningServer.UntilAsync(() => scorer.Waiting == 1, "the first pass");
        Assert.Equal(HttpStatusCode.GatewayTimeout, (await server.PostAsync(Predict, Body)).Status);
        scorer.Open();
        await first;
    }

    [Fact]
    public async Task AFailingModelAnswers500WithoutItsInside()
    {
        var scorer = new GatedScorer { Failure = new InvalidOperationException("secret detail") };
        await using RunningServer server = await RunningServer.StartAsync(_models.Root, load: _ => scorer);
        (HttpStatusCode status, string json, _) = await server.PostAsync(Predict, Body);
        Assert.Equal(HttpStatusCode.InternalServerError, status);
        Assert.DoesNotContain("secret", json, StringComparison.Ordinal);
        scorer.Failure = null;
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync(Predict, Body)).Status);
    }

    [Fact]
    public async Task KeysLetInAndTheirRateIsLimited()
    {
        (string key, string line) = ApiKeys.Create("tester");
        string file = Path.Combine(_models.Root, "..", Path.GetFileName(_models.Root) + ".keys");
        await File.WriteAllTextAsync(file, $"# keys\n{line}\n", TestContext.Current.CancellationToken);
        try
        {
            await using RunningServer server = await RunningServer.StartAsync(
                _models.Root,
                s => s with { ApiKeys = file, RateLimit = 5 }
            );
            Assert.Equal(HttpStatusCode.Unauthorized, (await server.PostAsync(Predict, Body)).Status);
            Assert.Contains("ready", await server.GetAsync("/readyz"), StringComparison.Ordinal);
            var client = new PredictionService.PredictionServiceClient(server.Channel);
            Assert.Equal(
                StatusCode.Unauthenticated,
                Assert.Throws<RpcException>(() => client.Predict(PredictionTests.TextRequest("a"))).StatusCode
            );
            server.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "firn_wrong");
            Assert.Equal(HttpStatusCode.Unauthorized, (await server.PostAsync(Predict, Body)).Status);
            server.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
            Assert.Equal(HttpStatusCode.OK, (await server.PostAsync(Predict, Body)).Status);
            Assert.Single(
                client.Predict(PredictionTests.TextRequest("good day"), new Metadata { { "x-api-key", key } }).Outputs
            );
            var statuses = new List<HttpStatusCode>();
            for (int i = 0; i < 8; i++)
                statuses.Add((await server.PostAsync(Predict, Body)).Status);
            Assert.Contains(HttpStatusCode.TooManyRequests, statuses);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("name\n", "line 1")]
    [InlineData("# only a comment\n", "no key")]
    [InlineData("a zz\n", "line 1")]
    public async Task ABrokenFileOfKeysIsRefusedAtTheStart(string content, string part)
    {
        string file = Path.Combine(_models.Root, "keys");
        await File.WriteAllTextAsync(file, content, TestContext.Current.CancellationToken);
        var error = Assert.Throws<InvalidDataException>(() => ApiKeys.Load(file));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AStopFinishesWhatWasAccepted()
    {
        var scorer = new GatedScorer();
        RunningServer server = await RunningServer.StartAsync(
            _models.Root,
            s => s with { DrainDelay = TimeSpan.FromMilliseconds(300) },
            _ => scorer
        );
        using IDisposable gate = scorer.Close();
        Task<(HttpStatusCode Status, string, HttpResponseMessage)> inFlight = server.PostAsync(Predict, Body);
        await RunningServer.UntilAsync(() => scorer.Waiting == 1, "the request at the gate");
        Task stop = server.Server.StopAsync(TestContext.Current.CancellationToken);
        await RunningServer.UntilAsync(() => server.Server.State.Stopping, "the stop");
        using (
            HttpResponseMessage ready = await server.Http.GetAsync(
                new Uri("/readyz", UriKind.Relative),
                TestContext.Current.CancellationToken
            )
        )
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
            Assert.True(ready.Headers.ConnectionClose);
        }
        await Task.Delay(600, TestContext.Current.CancellationToken);
        Assert.False(stop.IsCompleted);
        scorer.Open();
        Assert.Equal(HttpStatusCode.OK, (await inFlight).Status);
        await stop;
        await server.DisposeAsync();
        Assert.True(scorer.Disposed);
    }

    [Fact]
    public async Task ThePageNamesTheModelsUnlessKeysAreInUseAndLoadsNothing()
    {
        await using (RunningServer server = await RunningServer.StartAsync(_models.Root))
        {
            string page = await server.GetAsync("/");
            Assert.Contains("{\"models\":[\"tweets\"],\"keys\":false}", page, StringComparison.Ordinal);
            Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
            Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
            Assert.DoesNotContain("src=", page, StringComparison.Ordinal);
        }
        string keys = Path.Combine(_models.Root, "keys");
        await File.WriteAllTextAsync(keys, ApiKeys.Create("tester").Line, TestContext.Current.CancellationToken);
        await using RunningServer closed = await RunningServer.StartAsync(_models.Root, s => s with { ApiKeys = keys });
        Assert.Contains("{\"models\":[],\"keys\":true}", await closed.GetAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryPathOfTheOpenApiDocumentIsServed()
    {
        await File.WriteAllTextAsync(
            Path.Combine(_models.Root, TestModels.Name, "labels.json"),
            "{\"stable\": 1}",
            TestContext.Current.CancellationToken
        );
        await using RunningServer server = await RunningServer.StartAsync(_models.Root);
        using JsonDocument document = JsonDocument.Parse(await server.GetAsync("/openapi.json"));
        JsonElement items = document.RootElement.GetProperty("components").GetProperty("pathItems");
        foreach (JsonProperty path in document.RootElement.GetProperty("paths").EnumerateObject())
        {
            JsonElement item = path.Value.TryGetProperty("$ref", out JsonElement reference)
                ? items.GetProperty(reference.GetString()!.Split('/')[^1])
                : path.Value;
            string url = path
                .Name.Replace("{model}", TestModels.Name, StringComparison.Ordinal)
                .Replace("{version}", "1", StringComparison.Ordinal)
                .Replace("{label}", "stable", StringComparison.Ordinal);
            bool post = item.TryGetProperty("post", out JsonElement operation);
            using var request = new HttpRequestMessage(post ? HttpMethod.Post : HttpMethod.Get, url);
            if (post)
            {
                JsonElement json = operation.GetProperty("requestBody");
                if (json.TryGetProperty("$ref", out JsonElement shared))
                    json = document
                        .RootElement.GetProperty("components")
                        .GetProperty("requestBodies")
                        .GetProperty(shared.GetString()!.Split('/')[^1]);
                request.Content = new StringContent(
                    json.GetProperty("content")
                        .GetProperty("application/json")
                        .GetProperty("examples")
                        .GetProperty("texts")
                        .GetProperty("value")
                        .GetRawText()
                );
            }
            using HttpResponseMessage answer = await server.Http.SendAsync(
                request,
                TestContext.Current.CancellationToken
            );
            Assert.True(answer.IsSuccessStatusCode, $"{path.Name}: {(int)answer.StatusCode}");
        }
    }
}
