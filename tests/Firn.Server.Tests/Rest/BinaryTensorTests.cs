using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Firn.Server.Tests.Rest;

/// <summary>
/// Requests of Triton's and KServe's HTTP clients, byte for byte as they go over the wire, and the bytes that come
/// back.
/// </summary>
public sealed class BinaryTensorTests : IAsyncLifetime
{
    private readonly TestModels _models = new();
    private readonly Predictor _predictor = TestModels.Make(1);
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _models.Add(_predictor, 2);
        _server = await RunningServer.StartAsync(_models.Root);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _models.Dispose();
    }

    [Fact]
    public async Task TritonsClientSendsAndGetsBytesByDefault()
    {
        // tritonclient.http 2.x: InferInput("text", [2], "BYTES").set_data_from_numpy(...), no outputs named.
        const string json =
            """{"id":"7","inputs":[{"name":"text","shape":[2],"datatype":"BYTES","parameters":{"binary_data_size":24}}],"parameters":{"binary_data_output":true}}""";
        byte[] body = [.. Encoding.UTF8.GetBytes(json), 8, 0, 0, 0, .. "good day"u8, 8, 0, 0, 0, .. "bad rain"u8];
        (string head, byte[] answer) = await SendAsync(
            $"POST /v2/models/tweets/infer HTTP/1.1\r\nHost: localhost\r\nUser-Agent: "
                + $"python-geventhttpclient-2.3.1\r\nContent-Type: "
                + $"application/octet-stream\r\nInference-Header-Content-Length: {json.Length}\r\nContent-Length: "
                + $"{body.Length}\r\n\r\n",
            body
        );
        const string expected =
            """{"model_name":"tweets","model_version":"2","id":"7","outputs":[{"name":"scores","datatype":"FP32","shape":[2,1],"parameters":{"binary_data_size":8}}]}""";
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/octet-stream\r\n", head, StringComparison.Ordinal);
        Assert.Contains($"Inference-Header-Content-Length: {expected.Length}\r\n", head, StringComparison.Ordinal);
        Assert.Equal(
            [.. Encoding.UTF8.GetBytes(expected), .. Bytes(TestModels.Offline(_predictor, "good day", "bad rain"))],
            answer
        );
    }

    [Fact]
    public async Task TritonsClientMayAskForOneOutputAndOneVersion()
    {
        // InferRequestedOutput("scores", binary_data=True), model_version="2".
        const string json =
            """{"inputs":[{"name":"ids","shape":[2,3],"datatype":"INT64","parameters":{"binary_data_size":48}}],"outputs":[{"name":"scores","parameters":{"binary_data":true}}]}""";
        byte[] ids = [.. new long[] { 1, 5, 0, 2, 6, 0 }.SelectMany(BitConverter.GetBytes)];
        (string head, byte[] answer) = await InferAsync("/v2/models/tweets/versions/2/infer", json, ids);
        const string expected =
            """{"model_name":"tweets","model_version":"2","outputs":[{"name":"scores","datatype":"FP32","shape":[2,1],"parameters":{"binary_data_size":8}}]}""";
        Assert.Contains($"Inference-Header-Content-Length: {expected.Length}\r\n", head, StringComparison.Ordinal);
        Assert.Equal(
            [.. Encoding.UTF8.GetBytes(expected), .. Bytes(TestModels.Offline(_predictor, "good day", "bad rain"))],
            answer
        );
    }

    [Fact]
    public async Task KServesClientMixesJsonAndBytes()
    {
        // kserve InferRequest: row_splits in JSON, ids as bytes, scores in JSON.
        const string json =
            """{"id": "a1", "inputs": [{"name": "row_splits", "shape": [3], "datatype": "INT32", "data": [0, 2, 4]}, {"name": "ids", "shape": [4], "datatype": "INT32", "parameters": {"binary_data_size": 16}}], "parameters": {"binary_data_output": true}, "outputs": [{"name": "scores", "parameters": {"binary_data": false}}]}""";
        byte[] ids = [.. new[] { 1, 5, 2, 6 }.SelectMany(BitConverter.GetBytes)];
        (string head, byte[] answer) = await InferAsync("/v2/models/tweets/infer", json, ids);
        Assert.Contains("Content-Type: application/json\r\n", head, StringComparison.Ordinal);
        Assert.DoesNotContain("Inference-Header", head, StringComparison.Ordinal);
        Assert.Equal(
            TestModels.Offline(_predictor, "good day", "bad rain"),
            JsonDocument
                .Parse(answer)
                .RootElement.GetProperty("outputs")[0]
                .GetProperty("data")
                .EnumerateArray()
                .Select(v => v.GetSingle())
        );
    }

    [Fact]
    public async Task ABodyWithoutAnyJsonIsOneText()
    {
        (_, byte[] answer) = await InferAsync("/v2/models/tweets/infer", "", "good day"u8.ToArray());
        Assert.Equal(Bytes(TestModels.Offline(_predictor, "good day")), answer[^4..]);
    }

    [Fact]
    public async Task JsonMayAskForBytes()
    {
        using var content = new StringContent(
            """{"inputs":[{"name":"text","shape":[1],"datatype":"BYTES","data":["good day"]}],"parameters":{"binary_data_output":true}}"""
        );
        using HttpResponseMessage answer = await _server.Http.PostAsync(
            new Uri("/v2/models/tweets/infer", UriKind.Relative),
            content,
            TestContext.Current.CancellationToken
        );
        byte[] bytes = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        int json = int.Parse(
            answer.Headers.GetValues("Inference-Header-Content-Length").Single(),
            CultureInfo.InvariantCulture
        );
        Assert.Equal(Bytes(TestModels.Offline(_predictor, "good day")), bytes[json..]);
    }

    [Theory]
    [InlineData("999999", 12, "[1]", "BYTES", "is 999999 and the body has")]
    [InlineData("x", 12, "[1]", "BYTES", "must be a whole number")]
    [InlineData(null, 12, "[1]", "BYTES", "JSON")]
    [InlineData("", 13, "[1]", "BYTES", "12 bytes are left")]
    [InlineData("", 8, "[1]", "BYTES", "end inside text 0")]
    [InlineData("", 12, "[2]", "BYTES", "holds 1 values where the shape [2]")]
    [InlineData("", 12, "[4]", "INT32", "do not fit INT32 of shape [4]")]
    [InlineData("", 12, "[9223372036854775807,4]", "INT32", "do not fit")]
    [InlineData("", -1, "[1]", "BYTES", "whole number of bytes")]
    [InlineData("", 12, "[1]", "FP16", "datatype 'FP16'")]
    public async Task WrongLengthsAreRefused(string? header, int size, string shape, string datatype, string part)
    {
        string json =
            $$"""{"inputs":[{"name":"{{(datatype == "INT32" ? "ids" : "text")}}","shape":{{shape}},"datatype":"{{datatype}}","parameters":{"binary_data_size":{{size}} } }]}""";
        byte[] body = [.. Encoding.UTF8.GetBytes(json), 8, 0, 0, 0, .. "good day"u8];
        string line = header is null
            ? ""
            : $"Inference-Header-Content-Length: {(header.Length == 0 ? json.Length : header)}\r\n";
        (string head, byte[] answer) = await SendAsync(
            $"POST /v2/models/tweets/infer HTTP/1.1\r\nHost: x\r\n{line}Content-Length: {body.Length}\r\n\r\n",
            body
        );
        Assert.StartsWith("HTTP/1.1 400", head, StringComparison.Ordinal);
        Assert.Contains(part, Encoding.UTF8.GetString(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConfigurationAndStatistics()
    {
        await _server.PostAsync("/v1/models/tweets:predict", "{\"instances\":[\"good\",\"bad\"]}");
        await _server.PostAsync("/v1/models/tweets:predict", "{\"instances\":[]}");
        JsonElement config = JsonDocument
            .Parse(await _server.GetAsync("/v2/models/tweets/versions/2/config"))
            .RootElement;
        Assert.Equal("TYPE_STRING", config.GetProperty("input")[0].GetProperty("data_type").GetString());
        Assert.Equal(
            [-1, 1],
            config.GetProperty("output")[0].GetProperty("dims").EnumerateArray().Select(d => d.GetInt32())
        );
        foreach (
            string path in new[] { "/v2/models/stats", "/v2/models/tweets/stats", "/v2/models/tweets/versions/2/stats" }
        )
        {
            JsonElement model = JsonDocument.Parse(await _server.GetAsync(path)).RootElement.GetProperty("model_stats")[
                0
            ];
            Assert.Equal(
                (2, 1),
                (model.GetProperty("inference_count").GetInt32(), model.GetProperty("execution_count").GetInt32())
            );
            JsonElement times = model.GetProperty("inference_stats");
            Assert.Equal(
                (1, 1),
                (
                    times.GetProperty("success").GetProperty("count").GetInt32(),
                    times.GetProperty("fail").GetProperty("count").GetInt32()
                )
            );
        }
        Assert.Contains("binary_tensor_data", await _server.GetAsync("/v2"), StringComparison.Ordinal);
        Assert.Equal("{\"models\":[\"tweets\"]}", await _server.GetAsync("/v2/models"));
        var client = new Wire.OpenInference.GRPCInferenceService.GRPCInferenceServiceClient(_server.Channel);
        Assert.Equal(3, client.ModelConfig(new() { Name = "tweets" }).Config.Input.Count);
        Assert.Equal(
            2UL,
            client.ModelStatistics(new() { Name = "tweets", Version = "2" }).ModelStats.Single().InferenceCount
        );
    }

    [Theory]
    [InlineData("NaN", "[[NaN],[")]
    [InlineData("Infinity", "[[")]
    [InlineData("-Infinity", "[[")]
    [InlineData("-Inf", "[[")]
    public async Task NumbersThatJsonDoesNotHaveAreTakenAndGiven(string token, string part)
    {
        string body =
            $$"""{"signature_name":"vectors","note":"NaN \" Infinity","instances":[[[1,2,3,4,5,6,7,{{token}}]],[[1,2,3,4,5,6,7,8]]]}""";
        (HttpStatusCode status, string json, _) = await _server.PostAsync("/v1/models/tweets:predict", body);
        Assert.True(status == HttpStatusCode.OK, json);
        Assert.Contains(part, json, StringComparison.Ordinal);
        string plain = (
            await _server.PostAsync(
                "/v1/models/tweets:predict",
                """{"signature_name":"vectors","instances":[[[1,2,3,4,5,6,7,8]]]}"""
            )
        ).Body;
        Assert.EndsWith(plain["{\"predictions\":[".Length..], json, StringComparison.Ordinal);
        string open =
            $$"""{"inputs":[{"name":"vectors","shape":[1,1,8],"datatype":"FP32","data":[1,2,3,4,5,6,7,{{token}}]}]}""";
        Assert.Equal(HttpStatusCode.OK, (await _server.PostAsync("/v2/models/tweets/infer", open)).Status);
    }

    private Task<(string Head, byte[] Body)> InferAsync(string path, string json, byte[] binary)
    {
        byte[] body = [.. Encoding.UTF8.GetBytes(json), .. binary];
        return SendAsync(
            $"POST {path} HTTP/1.1\r\nHost: x\r\nInference-Header-Content-Length: {json.Length}\r\nContent-Length: "
                + $"{body.Length}\r\n\r\n",
            body
        );
    }

    private async Task<(string Head, byte[] Body)> SendAsync(string head, byte[] body)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _server.Server.RestPort, TestContext.Current.CancellationToken);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(
            (byte[])[.. Encoding.ASCII.GetBytes(head), .. body],
            TestContext.Current.CancellationToken
        );
        var received = new MemoryStream();
        byte[] buffer = new byte[4096];
        while (true)
        {
            int count = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken);
            received.Write(buffer, 0, count);
            byte[] all = received.ToArray();
            int end = all.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
            string text = Encoding.ASCII.GetString(all, 0, Math.Max(end, 0));
            string? length = text.Split("\r\n")
                .FirstOrDefault(l => l.StartsWith("Content-Length: ", StringComparison.Ordinal))
                ?["Content-Length: ".Length..];
            if (
                count == 0
                || (length is not null && all.Length - end >= int.Parse(length, CultureInfo.InvariantCulture))
            )
                return (text, all[end..]);
        }
    }

    private static byte[] Bytes(float[] scores) => [.. scores.SelectMany(BitConverter.GetBytes)];
}
