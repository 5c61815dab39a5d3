using System.Diagnostics;
using System.Globalization;
using System.Net;
using Firn.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Firn.Server.Tests.Operations;

public sealed class ClientTests : IDisposable
{
    private readonly TestModels _models = new();

    public void Dispose() => _models.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TheClientGivesTheOfflineScores(bool http2)
    {
        Predictor predictor = TestModels.Make(1);
        _models.Add(predictor, 4);
        await using RunningServer server = await RunningServer.StartAsync(_models.Root);
        using var client = new FirnClient(
            new FirnClientOptions
            {
                Server = http2 ? server.Grpc : server.Rest,
                Model = TestModels.Name,
                Http2 = http2,
                MaxTexts = 3,
            }
        );
        string[] texts = ["GOOD day!!!", "", "bad rain", "word12 unknown word13", "@someone love song"];
        IReadOnlyList<TextScores> scores = await client.PredictAsync(texts, TestContext.Current.CancellationToken);
        Assert.Equal(TestModels.Offline(predictor, texts), scores.Select(s => s.Probabilities[0]));
        Assert.All(scores, s => Assert.Equal(4, s.Version));
        Assert.Equal(0, scores[1].KnownTokens);
        Assert.Equal(
            scores[2].Score,
            (await client.PredictAsync("bad rain", TestContext.Current.CancellationToken)).Score
        );
    }

    [Fact]
    public async Task TheClientFollowsAChangeOfTheVocabularyUnderLoad()
    {
        Predictor first = TestModels.Make(1),
            second = TestModels.Make(2, words: 55);
        _models.Add(first, 1);
        await using RunningServer server = await RunningServer.StartAsync(_models.Root);
        using var client = new FirnClient(new FirnClientOptions { Server = server.Rest, Model = TestModels.Name });
        const string text = "good day word50 word51";
        float[] expected = [TestModels.Offline(first, text)[0], TestModels.Offline(second, text)[0]];
        Assert.NotEqual(expected[0], expected[1]);
        var seen = new HashSet<long>();
        string? hash = null;
        for (int i = 0; i < 400 && seen.Count < 2; i++)
        {
            if (i == 5)
                _models.Add(second, 2);
            TextScores[] scores = await Task.WhenAll(
                Enumerable.Range(0, 8).Select(_ => client.PredictAsync(text, TestContext.Current.CancellationToken))
            );
            foreach (TextScores score in scores)
            {
                Assert.Equal(expected[score.Version - 1], score.Probabilities[0]);
                seen.Add(score.Version);
            }
            hash ??= client.VocabularyHash;
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
        Assert.Equal(2, seen.Count);
        Assert.NotEqual(hash, client.VocabularyHash);
    }

    [Fact]
    public async Task TheVocabularyHasItsHashAsETagAndAMismatchIs409()
    {
        _models.Add(TestModels.Make(1), 1);
        await using RunningServer server = await RunningServer.StartAsync(_models.Root);
        var path = new Uri("/v1/models/tweets/vocabulary", UriKind.Relative);
        using HttpResponseMessage first = await server.Http.GetAsync(path, TestContext.Current.CancellationToken);
        string[] lines = (await first.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .TrimEnd('\n')
            .Split('\n');
        Assert.Equal(("<pad>", "good", 41), (lines[0], lines[1], lines.Length));
        using var again = new HttpRequestMessage(HttpMethod.Get, path);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using HttpResponseMessage second = await server.Http.SendAsync(again, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);

        string hash = first.Headers.ETag!.Tag.Trim('"');
        (HttpStatusCode status, string json, HttpResponseMessage answer) = await server.PostAsync(
            "/v1/models/tweets:predict",
            $"{{\"signature_name\":\"ids\",\"vocabulary\":\"{new string('f', 64)}\",\"instances\":[[1]]}}"
        );
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains($"\"vocabulary\":\"{hash}\"", json, StringComparison.Ordinal);
        Assert.Equal(hash, answer.Headers.GetValues(VocabularyIdentity.Header).Single());
        Assert.Equal(
            HttpStatusCode.OK,
            (
                await server.PostAsync(
                    "/v1/models/tweets:predict",
                    $"{{\"signature_name\":\"ids\",\"vocabulary\":\"{hash}\",\"instances\":[[1]]}}"
                )
            ).Status
        );
    }

    [Fact]
    public async Task SafeFailuresAreTriedAgainAndOthersAreNot()
    {
        var handler = new Script(
            HttpStatusCode.ServiceUnavailable,
            HttpStatusCode.TooManyRequests,
            HttpStatusCode.BadRequest
        );
        using var client = new FirnClient(
            new FirnClientOptions
            {
                Server = new Uri("http://unused"),
                Model = "m",
                Backoff = TimeSpan.FromMilliseconds(1),
            },
            handler
        );
        var error = await Assert.ThrowsAsync<ServerException>(() =>
            client.PredictAsync("a", TestContext.Current.CancellationToken)
        );
        Assert.Equal(HttpStatusCode.BadRequest, error.Status);
        Assert.Equal(3, handler.Calls);
    }

    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests, false)]
    [InlineData(HttpStatusCode.ServiceUnavailable, false)]
    [InlineData(HttpStatusCode.ServiceUnavailable, true)]
    public async Task RetryAfterIsTheLeastToWait(HttpStatusCode status, bool date)
    {
        Predictor predictor = TestModels.Make(1);
        _models.Add(predictor, 1);
        await using RunningServer server = await RunningServer.StartAsync(_models.Root);
        int refusals = 0;
        await using WebApplication busy = await BusyAsync(
            server,
            context =>
            {
                if (Interlocked.Increment(ref refusals) > 1)
                    return false;
                context.Response.StatusCode = (int)status;
                context.Response.Headers.RetryAfter = date
                    ? DateTimeOffset.UtcNow.AddSeconds(2).ToString("R", CultureInfo.InvariantCulture)
                    : "1";
                return true;
            }
        );
        using var client = new FirnClient(
            new FirnClientOptions
            {
                Server = new Uri(busy.Urls.First()),
                Model = TestModels.Name,
                Backoff = TimeSpan.FromMilliseconds(1),
            }
        );
        long start = Stopwatch.GetTimestamp();
        TextScores score = await client.PredictAsync("good day", TestContext.Current.CancellationToken);
        Assert.Equal(TestModels.Offline(predictor, "good day")[0], score.Probabilities[0]);
        // A date has whole seconds, so of two at least one is waited.
        Assert.True(
            Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(0.99),
            $"waited {Stopwatch.GetElapsedTime(start)}"
        );
    }

    [Fact]
    public async Task ARefusalThatAsksForMoreTimeThanThereIsIsTheAnswer()
    {
        _models.Add(TestModels.Make(1), 1);
        await using RunningServer server = await RunningServer.StartAsync(_models.Root);
        await using WebApplication busy = await BusyAsync(
            server,
            context =>
            {
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                context.Response.Headers.RetryAfter = "3600";
                return true;
            }
        );
        using var client = new FirnClient(
            new FirnClientOptions { Server = new Uri(busy.Urls.First()), Model = TestModels.Name }
        );
        long start = Stopwatch.GetTimestamp();
        var error = await Assert.ThrowsAsync<ServerException>(() =>
            client.PredictAsync("a", TestContext.Current.CancellationToken)
        );
        Assert.Equal(HttpStatusCode.ServiceUnavailable, error.Status);
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task LongTextsAreCutAsTheServerCutsThem()
    {
        Predictor predictor = TestModels.Make(1);
        _models.Add(predictor, 1);
        await using RunningServer server = await RunningServer.StartAsync(_models.Root);
        using var client = new FirnClient(new FirnClientOptions { Server = server.Rest, Model = TestModels.Name });
        string text = string.Concat(Enumerable.Repeat("bad rain ", 3000)) + "good day";
        TextScores score = await client.PredictAsync(text, TestContext.Current.CancellationToken);
        (_, string json, _) = await server.PostAsync("/v1/models/tweets:predict", $"{{\"instances\":[\"{text}\"]}}");
        Assert.Equal(RunningServer.Scores(json)[0], score.Probabilities[0]);
        Assert.Equal(TestModels.Offline(predictor, text)[0], score.Probabilities[0]);
    }

    /// <summary>A server in front of another that refuses what it is told to, and passes on the rest.</summary>
    private static async Task<WebApplication> BusyAsync(RunningServer server, Func<HttpContext, bool> refuses)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Run(async context =>
        {
            if (HttpMethods.IsPost(context.Request.Method) && refuses(context))
                return;
            using var request = new HttpRequestMessage(
                new HttpMethod(context.Request.Method),
                new Uri(server.Rest, context.Request.Path.Value)
            );
            if (HttpMethods.IsPost(context.Request.Method))
            {
                request.Content = new StreamContent(context.Request.Body);
                request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
            }
            request.Headers.TryAddWithoutValidation(
                VocabularyIdentity.Header,
                (string?)context.Request.Headers[VocabularyIdentity.Header]
            );
            using HttpResponseMessage answer = await server.Http.SendAsync(request);
            context.Response.StatusCode = (int)answer.StatusCode;
            foreach (
                (string name, IEnumerable<string> values) in answer.Headers.Where(h =>
                    h.Key.StartsWith("Firn-", StringComparison.Ordinal)
                )
            )
                context.Response.Headers[name] = values.First();
            await answer.Content.CopyToAsync(context.Response.Body);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    [Fact]
    public async Task AServerThatIsAwayIsNamed()
    {
        using var client = new FirnClient(
            new FirnClientOptions
            {
                Server = new Uri("http://127.0.0.1:9"),
                Model = "m",
                Backoff = TimeSpan.FromMilliseconds(1),
                Retries = 1,
            }
        );
        var error = await Assert.ThrowsAsync<ServerException>(() =>
            client.PredictAsync("a", TestContext.Current.CancellationToken)
        );
        Assert.Contains("127.0.0.1:9", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PackedIdsReadBack()
    {
        var bytes = new List<byte>();
        int[][] texts =
        [
            [1, 127, 128, 16383, 16384, int.MaxValue],
            [],
            [5],
        ];
        foreach (int[] text in texts)
            PackedIds.Append(text, bytes);
        (int[] ids, int[] offsets) = PackedIds.Read([.. bytes], 10, 10);
        Assert.Equal(texts.SelectMany(t => t), ids);
        Assert.Equal([0, 6, 6, 7], offsets);
        Assert.Throws<InvalidDataException>(() => PackedIds.Read([.. bytes], 2, 10));
        Assert.Throws<InvalidDataException>(() => PackedIds.Read([.. bytes], 10, 5));
    }

    private sealed class Script(params HttpStatusCode[] answers) : HttpMessageHandler
    {
        public int Calls { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        ) =>
            Task.FromResult(
                new HttpResponseMessage(answers[Calls++]) { Content = new StringContent("{\"error\":\"no\"}") }
            );
    }
}
