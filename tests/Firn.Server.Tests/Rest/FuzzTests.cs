using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Firn.Client;
using Grpc.Core;

namespace Firn.Server.Tests.Rest;

/// <summary>
/// Random damage to good requests, on every way in: the server answers each with a status of its own, never 500, and
/// stays healthy. FIRN_FUZZ_SECONDS sets how long; 3 without it.
/// </summary>
public class FuzzTests
{
    private static readonly string[] Seeds =
    [
        "{\"instances\": [\"good day\", {\"b64\": \"Z29vZA==\"}, {\"text\": \"bad\"}]}",
        "{\"inputs\": {\"text\": [\"good day\", [\"x\"]]}}",
        "{\"signature_name\": \"ids\", \"instances\": [[1, 5, 0], {\"ids\": [2]}]}",
        "{\"signature_name\": \"ids\", \"inputs\": {\"ids\": [1, 5, 2], \"row_splits\": [0, 2, 3]}}",
        "{\"signature_name\": \"vectors\", \"instances\": [[[1, 2.5, -3e2, 4, 5, 6, 7, 8]]]}",
        "{\"examples\": [{\"text\": \"good\"}, {\"ids\": [1]}], \"context\": {}}",
        "{\"id\": \"4\", \"inputs\": [{\"name\": \"text\", \"shape\": [1], \"datatype\": \"BYTES\", \"data\": "
            + "[\"good\"]}]}",
    ];

    private static readonly string[] Paths =
    [
        "/v1/models/tweets:predict",
        "/v1/models/tweets:classify",
        "/v1/models/tweets:regress",
        "/v2/models/tweets/infer",
        "/v1/models/tweets/versions/1:predict",
        "/v1/models/tweets/labels/a:predict",
    ];

    private static readonly string[] Pieces =
    [
        "\"",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "null",
        "true",
        "-1",
        "1e400",
        "99999999999999999999",
        "\\ud800",
        "\0",
        "NaN",
        "\"instances\":",
        "\"b64\":",
        "[[[[[[[[[[[[[[[[[[",
        "é",
        " ",
    ];

    [Fact]
    public async Task DamagedRequestsNeverHurtTheServer()
    {
        double seconds = double.TryParse(
            Environment.GetEnvironmentVariable("FIRN_FUZZ_SECONDS"),
            CultureInfo.InvariantCulture,
            out double set
        )
            ? set
            : 3;
        using var models = new TestModels();
        models.Add(TestModels.Make(1), 1);
        await using RunningServer server = await RunningServer.StartAsync(models.Root);
        using HttpResponseMessage vocabulary = await server.Http.GetAsync(
            new Uri("/v1/models/tweets/vocabulary", UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        string hash = vocabulary.Headers.GetValues(VocabularyIdentity.Header).Single();
        var clock = Stopwatch.StartNew();
        long sent = 0;
        var statuses = new Dictionary<int, long>();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(() => FuzzAsync(new Random(seed)))));
        string summary =
            $"{sent} requests: " + string.Join(", ", statuses.OrderBy(s => s.Key).Select(s => $"{s.Key}: {s.Value}"));
        TestContext.Current.SendDiagnosticMessage("{0}", summary);
        Assert.True(sent > 50 * seconds, $"only {sent} requests");
        Assert.False(statuses.ContainsKey(500) || statuses.ContainsKey(1000 + (int)StatusCode.Unknown), summary);
        (HttpStatusCode status, _, _) = await server.PostAsync(Paths[0], Seeds[0]);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(0, server.Server.Catalog.Models[TestModels.Name].Available[0].Batcher.QueuedTexts);

        async Task FuzzAsync(Random random)
        {
            var grpc = server.Channel.CreateCallInvoker();
            while (clock.Elapsed.TotalSeconds < seconds)
            {
                byte[] body = Damage(random, Encoding.UTF8.GetBytes(Seeds[random.Next(Seeds.Length)]));
                int status = random.Next(12) switch
                {
                    0 => await SocketAsync(random, body),
                    1 => await GrpcAsync(
                        grpc,
                        Damage(
                            random,
                            Google.Protobuf.MessageExtensions.ToByteArray(Rpc.PredictionTests.TextRequest("good day"))
                        )
                    ),
                    2 => await PostAsync(Paths[0], Damage(random, [2, 1, 5, 1, 2]), PackedIds.ContentType, null),
                    3 => await PostAsync(Paths[random.Next(Paths.Length)], body, "application/json", "gzip"),
                    _ => await PostAsync(Paths[random.Next(Paths.Length)], body, "application/json", null),
                };
                lock (statuses)
                {
                    statuses[status] = statuses.GetValueOrDefault(status) + 1;
                    sent++;
                }
            }
        }

        async Task<int> PostAsync(string path, byte[] body, string type, string? encoding)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            request.Headers.Add(VocabularyIdentity.Header, hash);
            if (encoding is not null)
                request.Content.Headers.ContentEncoding.Add(encoding);
            long start = Stopwatch.GetTimestamp();
            using HttpResponseMessage? answer = await SendAsync();
            if (answer is null)
                return 0;
            if (answer.StatusCode == HttpStatusCode.InternalServerError)
                TestContext.Current.SendDiagnosticMessage("500 by {0}: {1}", path, Convert.ToBase64String(body));
            return (int)answer.StatusCode;

            async Task<HttpResponseMessage?> SendAsync()
            {
                try
                {
                    return await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
                }
                catch (HttpRequestException) when (Stopwatch.GetElapsedTime(start).TotalSeconds > 5)
                {
                    // The whole process was stopped for a while (a long run on a shared machine), and the server's time
                    // limits passed meanwhile. No request here takes seconds otherwise.
                    return null;
                }
            }
        }

        async Task<int> SocketAsync(Random random, byte[] body)
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(
                IPAddress.Loopback,
                server.Server.RestPort,
                TestContext.Current.CancellationToken
            );
            byte[] head = Encoding.ASCII.GetBytes(
                $"POST {Paths[0]} HTTP/1.1\r\nHost: x\r\nContent-Length: {body.Length}\r\n\r\n"
            );
            byte[] bytes = [.. random.Next(3) == 0 ? Damage(random, head) : head, .. body];
            // Cut at random and leave: the server must not wait for the rest for ever.
            await socket
                .GetStream()
                .WriteAsync(bytes.AsMemory(0, random.Next(1, bytes.Length + 1)), TestContext.Current.CancellationToken);
            return 0;
        }
    }

    private static async Task<int> GrpcAsync(CallInvoker invoker, byte[] body)
    {
        var bytes = new Marshaller<byte[]>(b => b, b => b);
        var method = new Method<byte[], byte[]>(
            MethodType.Unary,
            "tensorflow.serving.PredictionService",
            "Predict",
            bytes,
            bytes
        );
        try
        {
            await invoker.AsyncUnaryCall(method, null, new CallOptions(), body).ResponseAsync;
            return 200;
        }
        catch (RpcException error)
        {
            if (error.StatusCode is StatusCode.Internal or StatusCode.Unknown)
                TestContext.Current.SendDiagnosticMessage("{0}", error.Status.Detail);
            return error.StatusCode == StatusCode.Internal ? 500 : 1000 + (int)error.StatusCode;
        }
    }

    private static byte[] Damage(Random random, byte[] good)
    {
        var bytes = new List<byte>(good);
        for (int i = random.Next(4); i >= 0; i--)
        {
            int at = random.Next(bytes.Count + 1);
            switch (random.Next(5))
            {
                case 0 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1 when at < bytes.Count:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 6), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]));
                    break;
                case 3 when bytes.Count > 0:
                    bytes.InsertRange(at, bytes.GetRange(0, Math.Min(bytes.Count, random.Next(1, 40))));
                    break;
                case 4 when at < bytes.Count && random.Next(3) == 0:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }
        return [.. bytes];
    }
}
