using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Firn.Client;

namespace Firn.Server.Tests.Rest;

/// <summary>
/// Requests that are wrong in one way each: the right status, a clear line, and a server that serves on.
/// </summary>
public sealed class MalformedRequestTests(MalformedRequestTests.Fixture fixture)
    : IClassFixture<MalformedRequestTests.Fixture>
{
    private const string Predict = "/v1/models/tweets:predict";
    private const string Infer = "/v2/models/tweets/infer";

    public static TheoryData<string, string, int, string> Bodies =>
        new()
        {
            // What is no request at all.
            { Predict, "", 400, "empty" },
            { Predict, " ", 400, "JSON Parse error" },
            { Predict, "{", 400, "JSON Parse error" },
            { Predict, "{\"instances\": [\"a\"", 400, "JSON Parse error" },
            { Predict, "{\"instances\": [\"a\"]} x", 400, "JSON Parse error" },
            { Predict, "{'instances': ['a']}", 400, "JSON Parse error" },
            { Predict, "[1]", 400, "must be a JSON object" },
            { Predict, "null", 400, "must be a JSON object" },
            { Predict, "\"text\"", 400, "must be a JSON object" },
            { Predict, "{}", 400, "Missing 'inputs' or 'instances'" },
            { Predict, "{\"instances\": [\"a\"], \"inputs\": [\"a\"]}", 400, "not both" },
            { Predict, "{\"instances\": [\"a\"], \"instances\": [\"b\"]}", 400, "twice" },
            { Predict, "{\"signature_name\": 3, \"instances\": [\"a\"]}", 400, "must be a string" },
            { Predict, "{\"signature_name\": \"x\", \"instances\": [\"a\"]}", 400, "not found" },
            { Predict, "{\"signature_name\": \"classify\", \"instances\": [\"a\"]}", 400, "belongs to the classify" },
            {
                Predict,
                "{\"signature_name\": \"tensorflow/serving/regress\", \"instances\": [\"a\"]}",
                400,
                "belongs to the regress"
            },
            { Predict, "{\"vocabulary\": 1, \"instances\": [\"a\"]}", 400, "must be a string" },
            { Predict, "{\"instances\": " + new string('[', 500), 400, "JSON Parse error" },
            { Predict, "{\"\\ud800\": 1, \"instances\": [\"a\"]}", 400, "a key of the body" },
            // Texts.
            { Predict, "{\"instances\": \"a\"}", 400, "expected a list" },
            { Predict, "{\"instances\": {\"text\": \"a\"}}", 400, "expected a list" },
            { Predict, "{\"instances\": null}", 400, "expected a list" },
            { Predict, "{\"instances\": []}", 400, "no instance" },
            { Predict, "{\"instances\": [1]}", 400, "expected a text" },
            { Predict, "{\"instances\": [true]}", 400, "a boolean" },
            { Predict, "{\"instances\": [null]}", 400, "null" },
            { Predict, "{\"instances\": [\"a\", 1]}", 400, "instance 1" },
            { Predict, "{\"instances\": [[]]}", 400, "an empty list" },
            { Predict, "{\"instances\": [[\"a\", \"b\"]]}", 400, "exactly one" },
            { Predict, "{\"instances\": [[[\"a\"]]]}", 400, "a list" },
            { Predict, "{\"instances\": [{}]}", 400, "the object is empty" },
            { Predict, "{\"instances\": [{\"txt\": \"a\"}]}", 400, "'txt' is not known" },
            { Predict, "{\"instances\": [{\"text\": \"a\", \"lang\": \"en\"}]}", 400, "'lang' is not known" },
            { Predict, "{\"instances\": [{\"b64\": 5}]}", 400, "b64 must be a string" },
            { Predict, "{\"instances\": [{\"b64\": \"***\"}]}", 400, "Base64" },
            { Predict, "{\"instances\": [{\"b64\": \"wyg=\"}]}", 400, "UTF-8" },
            { Predict, "{\"instances\": [{\"b64\": \"YQ==\", \"x\": 1}]}", 400, "nothing else" },
            { Predict, "{\"instances\": [\"\\ud800\"]}", 400, "surrogate" },
            { Predict, "{\"inputs\": 3}", 400, "expected a text" },
            { Predict, "{\"inputs\": {\"texts\": [\"a\"]}}", 400, "'texts' is not known" },
            // Ids.
            { Predict, "{\"signature_name\": \"ids\", \"instances\": [1, 2]}", 400, "expected a list of ids" },
            { Predict, "{\"signature_name\": \"ids\", \"instances\": [[1.5]]}", 400, "no 32-bit whole number" },
            { Predict, "{\"signature_name\": \"ids\", \"instances\": [[99999999999]]}", 400, "no 32-bit whole number" },
            { Predict, "{\"signature_name\": \"ids\", \"instances\": [[\"1\"]]}", 400, "expected an id" },
            { Predict, "{\"signature_name\": \"ids\", \"instances\": [[1, 41]]}", 400, "outside 0 to 40" },
            { Predict, "{\"signature_name\": \"ids\", \"instances\": [[-1]]}", 400, "outside 0 to 40" },
            { Predict, "{\"signature_name\": \"ids\", \"instances\": [[1, 0, 2]]}", 400, "padding" },
            { Predict, "{\"signature_name\": \"ids\", \"instances\": [\"a\"]}", 400, "expected a list of ids" },
            { Predict, "{\"signature_name\": \"ids\", \"instances\": [{\"text\": [1]}]}", 400, "'text' is not known" },
            { Predict, "{\"signature_name\": \"ids\", \"inputs\": {\"ids\": [1, 2]}}", 400, "row_splits" },
            { Predict, "{\"signature_name\": \"ids\", \"inputs\": {\"row_splits\": [0, 1]}}", 400, "needs 'ids'" },
            {
                Predict,
                "{\"signature_name\": \"ids\", \"inputs\": {\"ids\": [1, 2], \"row_splits\": [0, 1]}}",
                400,
                "end with the number of ids"
            },
            {
                Predict,
                "{\"signature_name\": \"ids\", \"inputs\": {\"ids\": [1, 2], \"row_splits\": [0, 2, 1, 2]}}",
                400,
                "must not fall"
            },
            { Predict, "{\"signature_name\": \"ids\", \"inputs\": 7}", 400, "expected lists of ids" },
            {
                Predict,
                "{\"signature_name\": \"ids\", \"vocabulary\": \"0\", \"instances\": [[1]]}",
                409,
                "another vocabulary"
            },
            // Vectors.
            { Predict, "{\"signature_name\": \"vectors\", \"instances\": [[[1, 2]]]}", 400, "2 values, not 8" },
            {
                Predict,
                "{\"signature_name\": \"vectors\", \"instances\": [[[1,2,3,4,5,6,7,8], [1,2,3,4,5,6,7]]]}",
                400,
                "token 1"
            },
            {
                Predict,
                "{\"signature_name\": \"vectors\", \"instances\": [[[1,2,3,4,5,6,7,8,9]]]}",
                400,
                "more than 8"
            },
            {
                Predict,
                "{\"signature_name\": \"vectors\", \"instances\": [[1,2,3,4,5,6,7,8]]}",
                400,
                "expected a list of 8"
            },
            {
                Predict,
                "{\"signature_name\": \"vectors\", \"instances\": [[[1,2,3,4,5,6,7,nan]]]}",
                400,
                "JSON Parse error"
            },
            { Predict, "{\"instances\": [NaN]}", 400, "expected a text" },
            { Predict, "{\"signature_name\": \"ids\", \"instances\": [[NaN]]}", 400, "'NaN' is no 32-bit" },
            { Predict, "{\"signature_name\": \"vectors\", \"instances\": [[[1,2,3,4,5,6,7,1e999]]]}", 400, "finite" },
            {
                Predict,
                "{\"signature_name\": \"vectors\", \"instances\": [[[1,2,3,4,5,6,7,\"8\"]]]}",
                400,
                "expected a number"
            },
            // Examples.
            { "/v1/models/tweets:classify", "{}", 400, "examples" },
            { "/v1/models/tweets:classify", "{\"examples\": 1}", 400, "expected a list" },
            { "/v1/models/tweets:classify", "{\"examples\": []}", 400, "no instance" },
            { "/v1/models/tweets:classify", "{\"examples\": [\"a\"]}", 400, "an object of features" },
            { "/v1/models/tweets:classify", "{\"examples\": [{\"tweet\": \"a\"}]}", 400, "'text'" },
            { "/v1/models/tweets:classify", "{\"examples\": [{\"text\": [\"a\", \"b\"]}]}", 400, "one text" },
            { "/v1/models/tweets:classify", "{\"examples\": [{\"text\": 5}]}", 400, "expected a string" },
            { "/v1/models/tweets:classify", "{\"examples\": [{\"ids\": [1.5]}]}", 400, "32-bit" },
            { "/v1/models/tweets:classify", "{\"examples\": [{\"text\": \"a\"}, {\"ids\": [1]}]}", 400, "mix" },
            {
                "/v1/models/tweets:classify",
                "{\"context\": {\"text\": \"a\"}, \"examples\": [{\"text\": \"a\"}]}",
                400,
                "context too"
            },
            { "/v1/models/tweets:classify", "{\"context\": 3, \"examples\": [{\"text\": \"a\"}]}", 400, "context" },
            {
                "/v1/models/tweets:regress",
                "{\"signature_name\": \"ids\", \"examples\": [{\"text\": \"a\"}]}",
                400,
                "does not belong"
            },
            { "/v1/models/tweets:regress", "{\"examples\": [{\"text\": \"\\udc00\"}]}", 400, "surrogate" },
            // Names.
            {
                "/v1/models/nothing:predict",
                "{\"instances\": [\"a\"]}",
                404,
                "Servable not found for request: Latest(nothing)"
            },
            { "/v1/models/tweets/versions/99:predict", "{\"instances\": [\"a\"]}", 404, "Specific(tweets, 99)" },
            { "/v1/models/tweets/versions/one:predict", "{\"instances\": [\"a\"]}", 400, "no version number" },
            { "/v1/models/tweets/labels/x:predict", "{\"instances\": [\"a\"]}", 404, "label" },
            { "/v1/models/tweets:embed", "{\"instances\": [\"a\"]}", 404, "no method 'embed'" },
            { "/v1/models/tweets/other/1:predict", "{\"instances\": [\"a\"]}", 404, "Malformed request" },
            { "/v1/models/:predict", "{\"instances\": [\"a\"]}", 404, "Malformed request" },
            { "/v1/nothing", "{}", 404, "nothing here" },
            // The Open Inference Protocol.
            { Infer, "{", 400, "JSON Parse error" },
            { Infer, "[]", 400, "must be a JSON object" },
            { Infer, "{}", 400, "list of tensors" },
            { Infer, "{\"inputs\": []}", 400, "exactly one" },
            { Infer, "{\"inputs\": [{\"name\": \"text\"}]}", 400, "datatype" },
            {
                Infer,
                "{\"inputs\": [{\"name\": \"text\", \"shape\": [1], \"datatype\": \"FP64\", \"data\": [1]}]}",
                400,
                "FP64"
            },
            {
                Infer,
                "{\"inputs\": [{\"name\": \"text\", \"shape\": [2], \"datatype\": \"BYTES\", \"data\": [\"a\"]}]}",
                400,
                "data holds 1"
            },
            {
                Infer,
                "{\"inputs\": [{\"name\": \"text\", \"shape\": [-1], \"datatype\": \"BYTES\", \"data\": [\"a\"]}]}",
                400,
                "data holds 1"
            },
            {
                Infer,
                "{\"inputs\": [{\"name\": \"words\", \"shape\": [1], \"datatype\": \"BYTES\", \"data\": [\"a\"]}]}",
                400,
                "'words' is not known"
            },
            {
                Infer,
                "{\"inputs\": [{\"name\": \"ids\", \"shape\": [1, 1], \"datatype\": \"INT32\", \"data\": [77]}]}",
                400,
                "outside"
            },
            {
                Infer,
                "{\"inputs\": [{\"name\": \"vectors\", \"shape\": [1, 1, 3], \"datatype\": \"FP32\", \"data\": [1, "
                    + "2, 3]}]}",
                400,
                "[N,T,8]"
            },
            {
                Infer,
                "{\"inputs\": [{\"name\": \"text\", \"shape\": [1], \"datatype\": \"BYTES\", \"data\": [\"a\"]}], "
                    + "\"outputs\": [{\"name\": \"logits\"}]}",
                400,
                "'logits'"
            },
            { "/v2/models/nothing/infer", "{}", 404, "Servable not found" },
            { "/v2/models/tweets/versions/9/infer", "{}", 404, "Specific(tweets, 9)" },
            { "/v2/models/tweets/other", "{}", 404, "path must read" },
        };

    [Fact]
    public void TheTableHoldsAtLeastSixtyRequests() => Assert.True(Bodies.Count >= 60);

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task EachGetsItsStatusAndAClearLine(string path, string body, int status, string part)
    {
        (HttpStatusCode code, string json, _) = await fixture.Server.PostAsync(path, body);
        Assert.True((int)code == status, $"{(int)code}: {json}");
        string error = ErrorOf(json);
        Assert.Contains(part, error, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", error, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", error, StringComparison.Ordinal);
        await fixture.ServesOnAsync();
    }

    [Theory]
    [InlineData("too many", 400, "more than 64 instances")]
    [InlineData("too long", 400, "more than 50 values")]
    [InlineData("body", 413, "too large")]
    [InlineData("gzip bomb", 413, "longer than")]
    public async Task LimitsHold(string what, int status, string part)
    {
        string text = what switch
        {
            "too many" => "{\"instances\":[" + string.Join(',', Enumerable.Repeat("\"a\"", 65)) + "]}",
            "too long" => "{\"signature_name\":\"ids\",\"instances\":[["
                + string.Join(',', Enumerable.Repeat("1", 51))
                + "]]}",
            "gzip bomb" => "{\"instances\":[\"" + new string('a', 500_000) + "\"]}",
            _ => "{\"instances\":[\"" + new string('a', 40_000) + "\"]}",
        };
        using HttpContent content = what == "gzip bomb" ? Gzip(text) : new StringContent(text);
        using HttpResponseMessage answer = await fixture.Server.Http.PostAsync(
            new Uri(Predict, UriKind.Relative),
            content,
            TestContext.Current.CancellationToken
        );
        string json = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True((int)answer.StatusCode == status, $"{(int)answer.StatusCode}: {json}");
        Assert.Contains(part, ErrorOf(json), StringComparison.Ordinal);
        await fixture.ServesOnAsync();
    }

    [Theory]
    [InlineData("Content-Encoding", "br", 415, "not known")]
    [InlineData("Content-Encoding", "deflate", 415, "not known")]
    [InlineData("Content-Encoding", "gzip, gzip", 415, "not known")]
    [InlineData("Content-Encoding", "gzip", 400, "not gzip")]
    [InlineData("Content-Type", "application/json; charset=utf-16", 415, "charset")]
    [InlineData("Content-Type", "application/json; charset=iso-8859-1", 415, "charset")]
    public async Task WrongEncodings(string header, string value, int status, string part)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes("{\"instances\":[\"a\"]}"));
        content.Headers.TryAddWithoutValidation(header, value);
        using HttpResponseMessage answer = await fixture.Server.Http.PostAsync(
            new Uri(Predict, UriKind.Relative),
            content,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains(
            part,
            ErrorOf(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)),
            StringComparison.Ordinal
        );
    }

    public static TheoryData<string, byte[], string> Bytes =>
        new()
        {
            { "UTF-16", Encoding.Unicode.GetBytes("{\"instances\":[\"a\"]}"), "JSON Parse error" },
            {
                "UTF-16 with its mark",
                [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("{\"instances\":[\"a\"]}")],
                "JSON Parse error"
            },
            { "Latin-1", Encoding.Latin1.GetBytes("{\"instances\":[\"caf\u00e9\"]}"), "UTF-8" },
            { "half a character", [.. "{\"instances\":[\""u8, 0xE2, 0x82, .. "\"]}"u8], "UTF-8" },
            { "a surrogate in UTF-8", [.. "{\"instances\":[\""u8, 0xED, 0xA0, 0x80, .. "\"]}"u8], "UTF-8" },
            { "a zero byte", "{\"instances\":[\"a\0b\"]}"u8.ToArray(), "JSON Parse error" },
            { "random bytes", [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC], "JSON Parse error" },
        };

    [Theory]
    [MemberData(nameof(Bytes))]
    public async Task BytesThatAreNoJson(string what, byte[] body, string part)
    {
        using var content = new ByteArrayContent(body);
        using HttpResponseMessage answer = await fixture.Server.Http.PostAsync(
            new Uri(Predict, UriKind.Relative),
            content,
            TestContext.Current.CancellationToken
        );
        string json = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{what}: {(int)answer.StatusCode} {json}");
        Assert.Contains(part, ErrorOf(json), StringComparison.Ordinal);
        await fixture.ServesOnAsync();
    }

    [Fact]
    public async Task AGzipBodyThatIsCutOffIsRefused()
    {
        byte[] whole = await Gzip("{\"instances\":[\"" + new string('a', 2000) + "\"]}")
            .ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        using var content = new ByteArrayContent(whole[..(whole.Length / 2)]);
        content.Headers.ContentEncoding.Add("gzip");
        using HttpResponseMessage answer = await fixture.Server.Http.PostAsync(
            new Uri(Predict, UriKind.Relative),
            content,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.NotEqual("", ErrorOf(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    [Theory]
    [InlineData(new byte[] { 0x80 }, "cut off")]
    [InlineData(new byte[] { 5, 1 }, "only 1 bytes follow")]
    [InlineData(new byte[] { 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }, "longer than 5 bytes")]
    [InlineData(new byte[] { 60, 1 }, "at most 50")]
    [InlineData(new byte[] { 1, 41 }, "outside 0 to 40")]
    public async Task BrokenPackedIds(byte[] body, string part)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Predict) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new(PackedIds.ContentType);
        request.Headers.Add(VocabularyIdentity.Header, fixture.Hash);
        using HttpResponseMessage answer = await fixture.Server.Http.SendAsync(
            request,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(
            part,
            ErrorOf(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("nonsense\r\n\r\n", "400")]
    [InlineData("POST /v1/models/tweets:predict HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n", "400")]
    [InlineData(
        "POST /v1/models/tweets:predict HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "400"
    )]
    [InlineData("POST /v1/models/tweets:predict HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n\r\n", "413")]
    [InlineData("GET /healthz HTTP/9.9\r\nHost: x\r\n\r\n", "505")]
    [InlineData("GET /healthz HTTP/1.1\r\n\r\n", "400")]
    [InlineData(
        "POST /v1/models/tweets:predict HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}",
        "400"
    )]
    [InlineData("POST /v1/models/tweets:predict HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", "400")]
    [InlineData("GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n", "400")]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\r\n\r\n", "400")]
    public async Task BrokenHttp(string bytes, string status)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(
            IPAddress.Loopback,
            fixture.Server.Server.RestPort,
            TestContext.Current.CancellationToken
        );
        NetworkStream stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(bytes), TestContext.Current.CancellationToken);
        byte[] answer = new byte[16];
        await stream
            .ReadAtLeastAsync(answer, 12, throwOnEndOfStream: false, TestContext.Current.CancellationToken)
            .AsTask()
            .WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal(status, Encoding.ASCII.GetString(answer, 9, 3));
        await fixture.ServesOnAsync();
    }

    [Fact]
    public async Task SlowHeadersAndSlowBodiesEndAndBlockNobody()
    {
        var sockets = new List<TcpClient>();
        try
        {
            for (int i = 0; i < 40; i++)
            {
                var socket = new TcpClient();
                sockets.Add(socket);
                await socket.ConnectAsync(
                    IPAddress.Loopback,
                    fixture.Server.Server.RestPort,
                    TestContext.Current.CancellationToken
                );
                string start =
                    i % 2 == 0
                        ? "POST /v1/models/tw"
                        : "POST /v1/models/tweets:predict HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n{\"inst";
                await socket
                    .GetStream()
                    .WriteAsync(Encoding.ASCII.GetBytes(start), TestContext.Current.CancellationToken);
            }
            for (int i = 0; i < 20; i++)
                await fixture.ServesOnAsync();
            foreach (TcpClient socket in sockets)
            {
                // The server ends each one: with 408, or by closing it.
                byte[] answer = new byte[12];
                int read = await socket
                    .GetStream()
                    .ReadAtLeastAsync(
                        answer,
                        answer.Length,
                        throwOnEndOfStream: false,
                        TestContext.Current.CancellationToken
                    )
                    .AsTask()
                    .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
                Assert.True(
                    read == 0 || Encoding.ASCII.GetString(answer).EndsWith("408", StringComparison.Ordinal),
                    Encoding.ASCII.GetString(answer, 0, read)
                );
            }
        }
        finally
        {
            foreach (TcpClient socket in sockets)
                socket.Dispose();
        }
    }

    /// <summary>A body that comes one byte a second: 408 and its line while the client still listens.</summary>
    [Fact]
    public async Task ABodyThatTricklesIs408()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(
            IPAddress.Loopback,
            fixture.Server.Server.RestPort,
            TestContext.Current.CancellationToken
        );
        NetworkStream stream = socket.GetStream();
        await stream.WriteAsync(
            "POST /v1/models/tweets:predict HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n{"u8.ToArray(),
            TestContext.Current.CancellationToken
        );
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task trickle = Task.Run(
            async () =>
            {
                while (!enough.IsCancellationRequested)
                {
                    await stream.WriteAsync(" "u8.ToArray(), enough.Token);
                    await Task.Delay(1000, enough.Token);
                }
            },
            enough.Token
        );
        byte[] answer = new byte[2048];
        int read = 0,
            more;
        while (
            read < answer.Length
            && (
                more = await stream
                    .ReadAsync(answer.AsMemory(read), TestContext.Current.CancellationToken)
                    .AsTask()
                    .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)
            ) > 0
        )
        {
            read += more;
            if (Encoding.ASCII.GetString(answer, 0, read).EndsWith('}'))
                break;
        }
        await enough.CancelAsync();
        string text = Encoding.ASCII.GetString(answer, 0, read);
        Assert.StartsWith("HTTP/1.1 408", text, StringComparison.Ordinal);
        Assert.Contains("{\"error\":\"", text, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<Exception>(() => trickle);
        await fixture.ServesOnAsync();
    }

    internal static string ErrorOf(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("error").GetString()!;
    }

    private static ByteArrayContent Gzip(string text)
    {
        var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentEncoding.Add("gzip");
        return content;
    }

    public sealed class Fixture : IAsyncLifetime
    {
        private readonly TestModels _models = new();

        internal RunningServer Server { get; private set; } = null!;

        internal string Hash { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            _models.Add(TestModels.Make(1), 1);
            Server = await RunningServer.StartAsync(
                _models.Root,
                s =>
                    s with
                    {
                        Limits = new Settings.ServingLimits
                        {
                            MaxInstances = 64,
                            MaxTokens = 50,
                            MaxBodyBytes = 32_000,
                            HeaderTimeout = TimeSpan.FromSeconds(2),
                        },
                    }
            );
            using HttpResponseMessage answer = await Server.Http.GetAsync(
                new Uri("/v1/models/tweets/vocabulary", UriKind.Relative)
            );
            Hash = answer.Headers.GetValues(VocabularyIdentity.Header).Single();
        }

        /// <summary>A good request is answered, and no request holds the model any more.</summary>
        internal async Task ServesOnAsync()
        {
            (HttpStatusCode status, string json, _) = await Server.PostAsync(
                Predict,
                "{\"instances\": [\"good day\"]}"
            );
            Assert.True(status == HttpStatusCode.OK, json);
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            _models.Dispose();
        }
    }
}
