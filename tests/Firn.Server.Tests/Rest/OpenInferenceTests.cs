using System.Net;
using System.Text.Json;
using Firn.Server.Wire.OpenInference;
using Google.Protobuf;
using Grpc.Core;

namespace Firn.Server.Tests.Rest;

public sealed class OpenInferenceTests : IAsyncLifetime
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

    [Theory]
    [InlineData(
        "{\"id\":\"42\",\"inputs\":[{\"name\":\"text\",\"shape\":[2],\"datatype\":\"BYTES\",\"data\":[\"good "
            + "day\",\"bad rain\"]}],\"outputs\":[{\"name\":\"scores\"}]}"
    )]
    [InlineData(
        "{\"id\":\"42\",\"inputs\":[{\"name\":\"text\",\"shape\":[2,1],\"datatype\":\"BYTES\",\"data\":[[\"good "
            + "day\"],[\"bad rain\"]]}]}"
    )]
    [InlineData(
        "{\"id\":\"42\",\"inputs\":[{\"name\":\"ids\",\"shape\":[2,3],\"datatype\":\"INT32\",\"data\":[1,5,0,2,6,0]}]}"
    )]
    [InlineData(
        "{\"id\":\"42\",\"inputs\":[{\"name\":\"ids\",\"shape\":[4],\"datatype\":\"INT64\",\"data\":[1,5,2,6]},{\"name\":\"row_splits\",\"shape\":[3],\"datatype\":\"INT32\",\"data\":[0,2,4]}]}"
    )]
    public async Task InferOverRest(string body)
    {
        (HttpStatusCode status, string json, _) = await _server.PostAsync("/v2/models/tweets/infer", body);
        Assert.True(status == HttpStatusCode.OK, json);
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement root = document.RootElement,
            output = root.GetProperty("outputs")[0];
        Assert.Equal(
            ("tweets", "2", "42"),
            (
                root.GetProperty("model_name").GetString(),
                root.GetProperty("model_version").GetString(),
                root.GetProperty("id").GetString()
            )
        );
        Assert.Equal("FP32", output.GetProperty("datatype").GetString());
        Assert.Equal([2, 1], output.GetProperty("shape").EnumerateArray().Select(s => s.GetInt32()));
        Assert.Equal(
            TestModels.Offline(_predictor, "good day", "bad rain"),
            output.GetProperty("data").EnumerateArray().Select(s => s.GetSingle())
        );
    }

    [Fact]
    public async Task HealthAndMetadata()
    {
        Assert.Contains("\"name\":\"firn\"", await _server.GetAsync("/v2"), StringComparison.Ordinal);
        Assert.Contains("true", await _server.GetAsync("/v2/health/live"), StringComparison.Ordinal);
        Assert.Contains("true", await _server.GetAsync("/v2/health/ready"), StringComparison.Ordinal);
        Assert.Contains("true", await _server.GetAsync("/v2/models/tweets/versions/2/ready"), StringComparison.Ordinal);
        using HttpResponseMessage missing = await _server.Http.GetAsync(
            new Uri("/v2/models/tweets/versions/3/ready", UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(HttpStatusCode.ServiceUnavailable, missing.StatusCode);
        using JsonDocument model = JsonDocument.Parse(await _server.GetAsync("/v2/models/tweets"));
        Assert.Equal("2", model.RootElement.GetProperty("versions")[0].GetString());
        Assert.Equal("BYTES", model.RootElement.GetProperty("inputs")[0].GetProperty("datatype").GetString());
    }

    [Fact]
    public void InferOverGrpcByContentsAndByRawBytes()
    {
        var client = new GRPCInferenceService.GRPCInferenceServiceClient(_server.Channel);
        Assert.True(
            client.ServerLive(new ServerLiveRequest()).Live && client.ServerReady(new ServerReadyRequest()).Ready
        );
        Assert.True(client.ModelReady(new ModelReadyRequest { Name = "tweets", Version = "2" }).Ready);
        Assert.Equal(
            "scores",
            client.ModelMetadata(new ModelMetadataRequest { Name = "tweets" }).Outputs.Single().Name
        );
        float[] offline = TestModels.Offline(_predictor, "good day");

        var text = new ModelInferRequest.Types.InferInputTensor
        {
            Name = "text",
            Datatype = "BYTES",
            Shape = { 1 },
            Contents = new InferTensorContents(),
        };
        text.Contents.BytesContents.Add(ByteString.CopyFromUtf8("good day"));
        ModelInferResponse byContents = client.ModelInfer(
            new ModelInferRequest
            {
                ModelName = "tweets",
                Id = "7",
                Inputs = { text },
            }
        );
        Assert.Equal(offline, byContents.Outputs[0].Contents.Fp32Contents);
        Assert.Equal(("7", "2"), (byContents.Id, byContents.ModelVersion));

        text.Contents = null;
        var raw = new ModelInferRequest { ModelName = "tweets", Inputs = { text } };
        raw.RawInputContents.Add(ByteString.CopyFrom([8, 0, 0, 0, .. "good day"u8]));
        Assert.Equal(offline[0], BitConverter.ToSingle(client.ModelInfer(raw).RawOutputContents[0].Span));

        var ids = new ModelInferRequest.Types.InferInputTensor
        {
            Name = "ids",
            Datatype = "INT32",
            Shape = { 1, 2 },
        };
        var rawIds = new ModelInferRequest { ModelName = "tweets", Inputs = { ids } };
        rawIds.RawInputContents.Add(ByteString.CopyFrom([1, 0, 0, 0, 5, 0, 0, 0]));
        Assert.Equal(offline[0], BitConverter.ToSingle(client.ModelInfer(rawIds).RawOutputContents[0].Span));

        rawIds.Parameters["vocabulary"] = new InferParameter { StringParam = new string('0', 64) };
        Assert.Equal(
            StatusCode.FailedPrecondition,
            Assert.Throws<RpcException>(() => client.ModelInfer(rawIds)).StatusCode
        );
        rawIds.Parameters["vocabulary"] = new InferParameter { BoolParam = true };
        Assert.Equal(
            StatusCode.InvalidArgument,
            Assert.Throws<RpcException>(() => client.ModelInfer(rawIds)).StatusCode
        );
    }
}
