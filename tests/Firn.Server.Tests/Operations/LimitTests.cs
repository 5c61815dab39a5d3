using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Firn.Server.Operations;
using Firn.Server.Settings;
using Firn.Server.Tests.Rpc;
using Firn.Server.Wire.Serving;
using Grpc.Core;

namespace Firn.Server.Tests.Operations;

/// <summary>
/// Clients that send nothing, or too slowly, or too much: they are refused, and everybody else is served meanwhile.
/// </summary>
public sealed class LimitTests : IDisposable
{
    private const string Predict = "/v1/models/tweets:predict";
    private const string Body = "{\"instances\":[\"good day\"]}";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);
    private readonly TestModels _models = new();

    public LimitTests() => _models.Add(TestModels.Make(1), 1);

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task SilentConnectionsAreClosedOnBothPorts()
    {
        await using RunningServer server = await LimitedAsync(
            new ServingLimits { HeaderTimeout = TimeSpan.FromMilliseconds(300) }
        );
        foreach (int port in new[] { server.Server.RestPort, server.Server.GrpcPort })
        {
            using Socket silent = await ConnectAsync(port);
            Assert.Equal("", await ReceiveAsync(silent));
        }
        Assert.Contains(
            "firn_limited_total{reason=\"silent\"} 2",
            await server.GetAsync("/monitoring/prometheus/metrics"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task ANewcomerTakesThePlaceOfTheConnectionThatIsIdleLongest()
    {
        await using RunningServer server = await LimitedAsync(
            new ServingLimits { MaxConnections = 4, HeaderTimeout = TimeSpan.FromHours(1) }
        );
        var idle = new List<Socket>();
        for (int i = 0; i < 60; i++)
            idle.Add(await ConnectAsync(server.Server.RestPort));
        for (int i = 0; i < 5; i++)
            Assert.Equal(HttpStatusCode.OK, (await server.PostAsync(Predict, Body)).Status);
        Assert.Equal("", await ReceiveAsync(idle[0]));
        idle.ForEach(s => s.Dispose());
    }

    [Fact]
    public async Task WhereNoConnectionIsIdleHealthIsStillAnswered()
    {
        var scorer = new GatedScorer();
        await using RunningServer server = await RunningServer.StartAsync(
            _models.Root,
            s => s with { Limits = new ServingLimits { MaxConnections = 3 } },
            _ => scorer
        );
        using IDisposable gate = scorer.Close();
        var busy = new List<Socket>();
        for (int i = 0; i < 3; i++)
        {
            busy.Add(await ConnectAsync(server.Server.RestPort));
            await SendAsync(busy[i], Post(Body.Length) + Body);
        }
        await RunningServer.UntilAsync(() => scorer.Encoded == 3, "three requests");
        using (Socket probe = await ConnectAsync(server.Server.RestPort))
        {
            await SendAsync(probe, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 200", await ReceiveAsync(probe), StringComparison.Ordinal);
        }
        using (Socket other = await ConnectAsync(server.Server.RestPort))
        {
            await SendAsync(other, Post(Body.Length) + Body);
            string answer = await ReceiveAsync(other);
            Assert.StartsWith("HTTP/1.1 503", answer, StringComparison.Ordinal);
            Assert.Contains("Retry-After: 1", answer, StringComparison.Ordinal);
        }
        scorer.Open();
        foreach (Socket socket in busy)
        {
            Assert.StartsWith("HTTP/1.1 200", await ReceiveAsync(socket), StringComparison.Ordinal);
            socket.Dispose();
        }
    }

    [Theory]
    [InlineData(200_000, 0)] // much, and then nothing
    [InlineData(0, 0)] // nothing
    [InlineData(10, 3)] // drops
    public async Task ABodyThatComesTooSlowlyIs408HoweverMuchCameBefore(int first, int drop)
    {
        await using RunningServer server = await LimitedAsync(
            new ServingLimits { BodyWindow = TimeSpan.FromMilliseconds(500) }
        );
        using Socket socket = await ConnectAsync(server.Server.RestPort);
        await SendAsync(socket, Post(1_000_000) + new string(' ', first));
        Task<string> answer = ReceiveAsync(socket);
        for (int i = 0; drop > 0 && i < 200 && !answer.IsCompleted; i++)
        {
            await SendAsync(socket, new string(' ', drop));
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
        Assert.StartsWith("HTTP/1.1 408", await answer, StringComparison.Ordinal);
        await RunningServer.UntilAsync(() => Budget(server).Used == 0, "the memory back");
    }

    [Fact]
    public async Task ASteadyBodyMayTakeManyWindows()
    {
        await using RunningServer server = await LimitedAsync(
            new ServingLimits { BodyWindow = TimeSpan.FromMilliseconds(400) }
        );
        using Socket socket = await ConnectAsync(server.Server.RestPort);
        await SendAsync(socket, Post(20_000 + Body.Length));
        for (int i = 0; i < 20; i++)
        {
            await SendAsync(socket, new string(' ', 1000));
            await Task.Delay(60, TestContext.Current.CancellationToken);
        }
        await SendAsync(socket, Body);
        Assert.StartsWith("HTTP/1.1 200", await ReceiveAsync(socket), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ABodyThatIsNotThereInTimeIs408()
    {
        await using RunningServer server = await LimitedAsync(
            new ServingLimits { RequestTimeout = TimeSpan.FromSeconds(1) }
        );
        using Socket socket = await ConnectAsync(server.Server.RestPort);
        await SendAsync(socket, Post(1_000_000));
        Task<string> answer = ReceiveAsync(socket);
        for (int i = 0; i < 200 && !answer.IsCompleted; i++)
        {
            await SendAsync(socket, new string(' ', 1000));
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
        Assert.StartsWith("HTTP/1.1 408", await answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BodiesInFlightShareABudgetThatSmallOnesDoNotNeed()
    {
        await using RunningServer server = await LimitedAsync(new ServingLimits { BodyMemoryBytes = 2_000_000 });
        var held = new List<Socket>();
        for (int i = 0; i < 10; i++)
        {
            held.Add(await ConnectAsync(server.Server.RestPort));
            await SendAsync(held[i], Post(1_000_000) + new string(' ', 900_000));
        }
        await RunningServer.UntilAsync(() => held.Count(s => s.Available > 0) == 8, "eight refusals");
        foreach (Socket refused in held.Where(s => s.Available > 0))
        {
            string answer = await ReceiveAsync(refused);
            Assert.StartsWith("HTTP/1.1 429", answer, StringComparison.Ordinal);
            Assert.Contains("Retry-After: 1", answer, StringComparison.Ordinal);
        }
        Assert.InRange(Budget(server).Used, 1_600_000, 2_000_000);
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync(Predict, Body)).Status);
        var client = new PredictionService.PredictionServiceClient(server.Channel);
        Assert.Equal(
            StatusCode.ResourceExhausted,
            Assert
                .Throws<RpcException>(() => client.Predict(PredictionTests.TextRequest(new string('a', 1_000_000))))
                .StatusCode
        );
        Assert.Single(client.Predict(PredictionTests.TextRequest("good day")).Outputs);
        held.ForEach(s => s.Dispose());
        await RunningServer.UntilAsync(() => Budget(server).Used == 0, "the memory back");
        Assert.Equal(HttpStatusCode.BadRequest, (await server.PostAsync(Predict, new string(' ', 1_000_000))).Status);
        // It is given back when the request is done, which may be after its answer has arrived.
        await RunningServer.UntilAsync(() => Budget(server).Used == 0, "the memory back after a bad body");
    }

    [Fact]
    public async Task TextsAreMeasuredBeforeTheyAreCleaned()
    {
        var scorer = new GatedScorer();
        await using RunningServer server = await RunningServer.StartAsync(
            _models.Root,
            s =>
                s with
                {
                    Limits = new ServingLimits
                    {
                        MaxCharacters = 100,
                        MaxRequestCharacters = 250,
                        MaxRequestTokens = 50,
                    },
                },
            _ => scorer
        );
        string text = new('a', 101),
            part = new('a', 90);
        var client = new PredictionService.PredictionServiceClient(server.Channel);
        foreach (
            (string path, string body, string expected) in new[]
            {
                (Predict, $"{{\"instances\":[\"b\",\"{text}\"]}}", "instance 1 has 101 characters"),
                (Predict, $"{{\"inputs\":[\"{part}\",\"{part}\",\"{part}\"]}}", "the texts have 270 characters"),
                ("/v1/models/tweets:classify", $"{{\"examples\":[{{\"text\":\"{text}\"}}]}}", "101 characters"),
                (
                    "/v2/models/tweets/infer",
                    $"{{\"inputs\":[{{\"name\":\"text\",\"shape\":[1],\"datatype\":\"BYTES\",\"data\":[\"{text}"
                        + $"\"]}}]}}",
                    "101 characters"
                ),
                (
                    Predict,
                    $"{{\"signature_name\":\"ids\",\"instances\":[[{string.Join(',', Enumerable.Repeat(1, 30))}],["
                        + $"{string.Join(',', Enumerable.Repeat(1, 30))}]]}}",
                    "60 tokens"
                ),
            }
        )
        {
            (HttpStatusCode status, string json, _) = await server.PostAsync(path, body);
            Assert.True(status == HttpStatusCode.BadRequest && json.Contains(expected, StringComparison.Ordinal), json);
        }
        RpcException refused = Assert.Throws<RpcException>(() => client.Predict(PredictionTests.TextRequest(text)));
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Equal(0, scorer.Encoded);
    }

    [Fact]
    public async Task AShortListOfALongTextIsNotFilledUpToFourThousandOfThem()
    {
        await using RunningServer server = await RunningServer.StartAsync(_models.Root);
        var client = new PredictionService.PredictionServiceClient(server.Channel);
        Wire.Serving.PredictRequest request = PredictionTests.TextRequest(new string('a', 90_000));
        request.Inputs["text"].TensorShape.Dim[0].Size = 4096;
        Assert.Equal(StatusCode.InvalidArgument, Assert.Throws<RpcException>(() => client.Predict(request)).StatusCode);
    }

    [Fact]
    public async Task CleaningEndsAtTheDeadlineAndWhenTheClientGoes()
    {
        var scorer = new GatedScorer { EncodingTime = TimeSpan.FromMilliseconds(10) };
        await using RunningServer server = await RunningServer.StartAsync(
            _models.Root,
            s => s with { Limits = new ServingLimits { RequestTimeout = TimeSpan.FromSeconds(1) } },
            _ => scorer
        );
        string body =
            "{\"instances\":[" + string.Join(',', Enumerable.Repeat($"\"{new string('a', 1000)}\"", 3000)) + "]}";
        Assert.Equal(HttpStatusCode.GatewayTimeout, (await server.PostAsync(Predict, body)).Status);
        Assert.InRange(scorer.Encoded, 1, 2000);

        int before = scorer.Encoded;
        using Socket socket = await ConnectAsync(server.Server.RestPort);
        await SendAsync(socket, Post(body.Length) + body);
        await RunningServer.UntilAsync(() => scorer.Encoded > before, "the cleaning");
        socket.Close(0);
        await Task.Delay(700, TestContext.Current.CancellationToken);
        int after = scorer.Encoded;
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.Equal(after, scorer.Encoded);
    }

    [Fact]
    public async Task AnswersSayThatTheirTypeIsMeantAndForeignHostsAreRefused()
    {
        await using RunningServer server = await RunningServer.StartAsync(
            _models.Root,
            s => s with { AllowedHosts = ["127.0.0.1", "*.example.org"] }
        );
        foreach (
            (string host, string path, int expected) in new[]
            {
                ("127.0.0.1", "/", 200),
                ("a.example.org", "/v1/models/tweets", 200),
                ("evil.example.com", "/v1/models/tweets", 400),
                ("10.0.0.7", "/readyz", 200),
            }
        )
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Host = host;
            using HttpResponseMessage answer = await server.Http.SendAsync(
                request,
                TestContext.Current.CancellationToken
            );
            Assert.Equal(expected, (int)answer.StatusCode);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        }
    }

    private Task<RunningServer> LimitedAsync(ServingLimits limits) =>
        RunningServer.StartAsync(_models.Root, s => s with { Limits = limits });

    private static BodyBudget Budget(RunningServer server) => server.Server.Budget;

    private static string Post(int length) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"POST {Predict} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
        );

    private static async Task<Socket> ConnectAsync(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return socket;
    }

    private static async Task SendAsync(Socket socket, string text)
    {
        try
        {
            for (ReadOnlyMemory<byte> left = Encoding.ASCII.GetBytes(text); left.Length > 0; )
                left = left[await socket.SendAsync(left)..];
        }
        catch (SocketException)
        {
            // The server may refuse before everything is sent; what it answers is read by the caller.
        }
    }

    /// <summary>What arrives first; empty when the connection ends without a byte.</summary>
    private static async Task<string> ReceiveAsync(Socket socket)
    {
        byte[] buffer = new byte[4096];
        try
        {
            int read = await socket.ReceiveAsync(buffer).WaitAsync(Soon);
            return Encoding.ASCII.GetString(buffer, 0, read);
        }
        catch (SocketException)
        {
            return "";
        }
    }
}
