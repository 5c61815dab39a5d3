using Firn.Client;
using Firn.Server.Wire.Serving;
using Firn.Server.Wire.Tensorflow;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Health.V1;

namespace Firn.Server.Tests.Rpc;

public sealed class PredictionTests : IAsyncLifetime
{
    private readonly TestModels _models = new();
    private readonly Predictor _predictor = TestModels.Make(1);
    private RunningServer _server = null!;
    private PredictionService.PredictionServiceClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _models.Add(_predictor, 3);
        _server = await RunningServer.StartAsync(_models.Root);
        _client = new PredictionService.PredictionServiceClient(_server.Channel);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _models.Dispose();
    }

    internal static PredictRequest TextRequest(params string[] texts)
    {
        var tensor = new TensorProto { Dtype = DataType.DtString, TensorShape = Shape(texts.Length) };
        tensor.StringVal.AddRange(texts.Select(ByteString.CopyFromUtf8));
        return new PredictRequest
        {
            ModelSpec = new ModelSpec { Name = TestModels.Name },
            Inputs = { ["text"] = tensor },
        };
    }

    [Fact]
    public void PredictScoresTexts()
    {
        PredictResponse answer = _client.Predict(TextRequest("good day", "bad rain"));
        TensorProto scores = answer.Outputs["scores"];
        Assert.Equal(Offline("good day", "bad rain"), scores.FloatVal);
        Assert.Equal([2L, 1L], scores.TensorShape.Dim.Select(d => d.Size));
        Assert.Equal(DataType.DtFloat, scores.Dtype);
        Assert.Equal(
            (TestModels.Name, 3L, "serving_default"),
            (answer.ModelSpec.Name, answer.ModelSpec.Version!.Value, answer.ModelSpec.SignatureName)
        );
    }

    [Fact]
    public void TensorContentHoldsStringsIntegersAndFloats()
    {
        PredictRequest texts = TextRequest("", "");
        texts.Inputs["text"].StringVal.Clear();
        texts.Inputs["text"].TensorContent = ByteString.CopyFrom([8, 8, .. "good day"u8, .. "bad rain"u8]);
        Assert.Equal(Offline("good day", "bad rain"), _client.Predict(texts).Outputs["scores"].FloatVal);

        byte[] ids = [.. new[] { 1, 5, 2, 6 }.SelectMany(BitConverter.GetBytes)];
        PredictRequest padded = Request(
            "ids",
            "ids",
            new TensorProto
            {
                Dtype = DataType.DtInt32,
                TensorShape = Shape(2, 2),
                TensorContent = ByteString.CopyFrom(ids),
            }
        );
        Assert.Equal(Offline("good day", "bad rain"), _client.Predict(padded).Outputs["scores"].FloatVal);

        var wide = new TensorProto { Dtype = DataType.DtInt64, TensorShape = Shape(2, 3) };
        wide.Int64Val.AddRange([1L, 5, 0, 2, 6, 0]);
        Assert.Equal(
            Offline("good day", "bad rain"),
            _client.Predict(Request("ids", "ids", wide)).Outputs["scores"].FloatVal
        );

        var table = _predictor.Classifier.Embedding;
        byte[] vectors =
        [
            .. new[] { 1, 5 }
                .SelectMany(id => table.Rows.Span.Slice(table.RowOf[id] * 8, 8).ToArray())
                .SelectMany(BitConverter.GetBytes),
        ];
        PredictRequest floats = Request(
            "vectors",
            "vectors",
            new TensorProto
            {
                Dtype = DataType.DtFloat,
                TensorShape = Shape(1, 2, 8),
                TensorContent = ByteString.CopyFrom(vectors),
            }
        );
        Assert.Equal(Offline("good day")[0], _client.Predict(floats).Outputs["scores"].FloatVal[0], 1e-6f);
    }

    [Fact]
    public void RowSplitsMakeRaggedTexts()
    {
        var flat = new TensorProto { Dtype = DataType.DtInt32, TensorShape = Shape(4) };
        flat.IntVal.AddRange([1, 5, 2, 6]);
        PredictRequest request = Request("ids", "ids", flat);
        var splits = new TensorProto { Dtype = DataType.DtInt64, TensorShape = Shape(3) };
        splits.Int64Val.AddRange([0L, 2, 4]);
        request.Inputs["row_splits"] = splits;
        Assert.Equal(Offline("good day", "bad rain"), _client.Predict(request).Outputs["scores"].FloatVal);
    }

    [Fact]
    public void AShortListIsFilledUpWithItsLastValue()
    {
        PredictRequest request = TextRequest("good day", "bad rain", "x");
        request.Inputs["text"].StringVal.RemoveAt(2);
        Assert.Equal(Offline("good day", "bad rain", "bad rain"), _client.Predict(request).Outputs["scores"].FloatVal);
    }

    [Fact]
    public void ClassifyRegressAndBoth()
    {
        float score = Offline("good day")[0];
        Input input = Examples("good day");
        ClassificationResponse classes = _client.Classify(
            new ClassificationRequest { ModelSpec = Spec(), Input = input }
        );
        Class positive = classes.Result.Classifications.Single().Classes[1];
        Assert.Equal(("positive", score), (positive.Label, positive.Score));
        RegressionResponse value = _client.Regress(new RegressionRequest { ModelSpec = Spec(), Input = input });
        Assert.Equal(score, value.Result.Regressions.Single().Value);
        var both = new MultiInferenceRequest { Input = input };
        both.Tasks.Add(new InferenceTask { ModelSpec = Spec(), MethodName = "tensorflow/serving/classify" });
        both.Tasks.Add(new InferenceTask { ModelSpec = Spec(), MethodName = "tensorflow/serving/regress" });
        MultiInferenceResponse answer = _client.MultiInference(both);
        Assert.Equal(score, answer.Results[0].ClassificationResult.Classifications[0].Classes[1].Score);
        Assert.Equal(score, answer.Results[1].RegressionResult.Regressions[0].Value);
    }

    [Fact]
    public void MetadataListsTheSignatures()
    {
        var request = new GetModelMetadataRequest { ModelSpec = Spec() };
        request.MetadataField.Add("signature_def");
        SignatureDefMap map = _client.GetModelMetadata(request).Metadata["signature_def"].Unpack<SignatureDefMap>();
        Assert.Equal(
            ["classify", "ids", "regress", "serving_default", "vectors"],
            map.SignatureDef.Keys.Order(StringComparer.Ordinal)
        );
        Assert.Equal("tensorflow/serving/predict", map.SignatureDef["ids"].MethodName);
        Assert.Equal(DataType.DtInt32, map.SignatureDef["ids"].Inputs["ids"].Dtype);
    }

    [Fact]
    public void AWrongVocabularyIsRefusedAndTheRightHashIsToldInTheTrailers()
    {
        var ids = new TensorProto { Dtype = DataType.DtInt32, TensorShape = Shape(1, 1) };
        ids.IntVal.Add(1);
        var error = Assert.Throws<RpcException>(() =>
            _client.Predict(
                Request("ids", "ids", ids),
                new Metadata { { VocabularyIdentity.Header, new string('0', 64) } }
            )
        );
        Assert.Equal(StatusCode.FailedPrecondition, error.StatusCode);
        string hash = error.Trailers.GetValue(VocabularyIdentity.Header)!;
        Assert.Equal(64, hash.Length);
        Assert.Single(
            _client
                .Predict(Request("ids", "ids", ids), new Metadata { { VocabularyIdentity.Header, hash } })
                .Outputs["scores"]
                .FloatVal
        );
    }

    [Fact]
    public void ModelServiceTellsStatesAndTakesAConfig()
    {
        _models.Add(TestModels.Make(2), 1);
        var service = new ModelService.ModelServiceClient(_server.Channel);
        GetModelStatusResponse status = service.GetModelStatus(new GetModelStatusRequest { ModelSpec = Spec() });
        Assert.Equal(ModelVersionStatus.Types.State.Available, status.ModelVersionStatus[0].State);

        var model = new ModelConfig
        {
            Name = "renamed",
            BasePath = TestModels.Name,
            ModelVersionPolicy = new() { Specific = new() },
        };
        model.ModelVersionPolicy.Specific.Versions.AddRange([1L, 3L]);
        model.VersionLabels["old"] = 1;
        service.HandleReloadConfigRequest(Reload(model));
        PredictRequest old = TextRequest("good day");
        old.ModelSpec = new ModelSpec { Name = "renamed", VersionLabel = "old" };
        Assert.Equal(1, _client.Predict(old).ModelSpec.Version);
        Assert.Equal(
            StatusCode.NotFound,
            Assert.Throws<RpcException>(() => _client.Predict(TextRequest("good day"))).StatusCode
        );
        model.BasePath = "../../..";
        Assert.Equal(
            StatusCode.PermissionDenied,
            Assert.Throws<RpcException>(() => service.HandleReloadConfigRequest(Reload(model))).StatusCode
        );

        static ReloadConfigRequest Reload(ModelConfig model)
        {
            var request = new ReloadConfigRequest
            {
                Config = new ModelServerConfig { ModelConfigList = new ModelConfigList() },
            };
            request.Config.ModelConfigList.Config.Add(model);
            return request;
        }
    }

    [Fact]
    public void HealthAndReflectionAnswer()
    {
        var health = new Health.HealthClient(_server.Channel);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Check(new HealthCheckRequest()).Status);
    }

    [Fact]
    public async Task ADeadlineIsHonoured()
    {
        var scorer = new GatedScorer();
        await using RunningServer slow = await RunningServer.StartAsync(_models.Root, load: _ => scorer);
        var calls = new PredictionService.PredictionServiceClient(slow.Channel);
        using IDisposable gate = scorer.Close();
        Task[] busy =
        [
            .. Enumerable
                .Range(0, Environment.ProcessorCount)
                .Select(_ => calls.PredictAsync(TextRequest("a")).ResponseAsync),
        ];
        await RunningServer.UntilAsync(() => scorer.Waiting == Environment.ProcessorCount, "all workers busy");
        var error = await Assert.ThrowsAsync<RpcException>(() =>
            calls.PredictAsync(TextRequest("b"), deadline: DateTime.UtcNow.AddMilliseconds(100)).ResponseAsync
        );
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        scorer.Open();
        await Task.WhenAll(busy);
    }

    public static TheoryData<string, StatusCode, string> Malformed =>
        new()
        {
            { "no model", StatusCode.InvalidArgument, "model_spec" },
            { "unknown model", StatusCode.NotFound, "Servable not found" },
            { "unknown version", StatusCode.NotFound, "Specific" },
            { "unknown label", StatusCode.NotFound, "label" },
            { "unknown signature", StatusCode.InvalidArgument, "not found" },
            { "classify by predict", StatusCode.InvalidArgument, "belongs" },
            { "no input", StatusCode.InvalidArgument, "missing" },
            { "unknown input", StatusCode.InvalidArgument, "not known" },
            { "unknown output", StatusCode.InvalidArgument, "alias" },
            { "wrong type", StatusCode.InvalidArgument, "DT_STRING" },
            { "no shape", StatusCode.InvalidArgument, "shape" },
            { "wrong rank", StatusCode.InvalidArgument, "shape" },
            { "negative size", StatusCode.InvalidArgument, "negative" },
            { "huge shape", StatusCode.InvalidArgument, "more than" },
            { "too many values", StatusCode.InvalidArgument, "values" },
            { "no values", StatusCode.InvalidArgument, "values" },
            { "not UTF-8", StatusCode.InvalidArgument, "UTF-8" },
            { "cut strings", StatusCode.InvalidArgument, "tensor_content" },
            { "cut integers", StatusCode.InvalidArgument, "tensor_content" },
            { "id out of range", StatusCode.InvalidArgument, "outside" },
            { "wide id", StatusCode.InvalidArgument, "32-bit" },
            { "wrong width", StatusCode.InvalidArgument, "[N,T,8]" },
            { "falling splits", StatusCode.InvalidArgument, "must not fall" },
        };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void MalformedCallsGetTheirCodeAndAClearLine(string what, StatusCode code, string part)
    {
        var error = Assert.Throws<RpcException>(() => _client.Predict(Broken(what)));
        Assert.Equal(code, error.StatusCode);
        Assert.Contains(part, error.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(Offline("good day"), _client.Predict(TextRequest("good day")).Outputs["scores"].FloatVal);
    }

    private static PredictRequest Broken(string what)
    {
        PredictRequest request = TextRequest("good day");
        TensorProto text = request.Inputs["text"];
        var ids = new TensorProto { Dtype = DataType.DtInt32, TensorShape = Shape(1, 1) };
        switch (what)
        {
            case "no model":
                request.ModelSpec = null;
                break;
            case "unknown model":
                request.ModelSpec.Name = "nothing";
                break;
            case "unknown version":
                request.ModelSpec.Version = 99;
                break;
            case "unknown label":
                request.ModelSpec.VersionLabel = "x";
                break;
            case "unknown signature":
                request.ModelSpec.SignatureName = "embed";
                break;
            case "classify by predict":
                request.ModelSpec.SignatureName = "classify";
                break;
            case "no input":
                request.Inputs.Clear();
                break;
            case "unknown input":
                request.Inputs["mask"] = ids;
                break;
            case "unknown output":
                request.OutputFilter.Add("logits");
                break;
            case "wrong type":
                request.Inputs["text"] = ids;
                break;
            case "no shape":
                text.TensorShape = null;
                break;
            case "wrong rank":
                text.TensorShape = Shape(1, 1, 1);
                break;
            case "negative size":
                text.TensorShape = Shape(-1);
                break;
            case "huge shape":
                text.TensorShape = Shape(long.MaxValue);
                break;
            case "too many values":
                text.StringVal.Add(text.StringVal[0]);
                break;
            case "no values":
                text.StringVal.Clear();
                break;
            case "not UTF-8":
                text.StringVal[0] = ByteString.CopyFrom(0xC3, 0x28);
                break;
            case "cut strings":
                text.TensorContent = ByteString.CopyFrom(9, 65);
                break;
            case "cut integers":
                ids.TensorContent = ByteString.CopyFrom(1, 0);
                return Request("ids", "ids", ids);
            case "id out of range":
                ids.IntVal.Add(41);
                return Request("ids", "ids", ids);
            case "wide id":
                ids.Dtype = DataType.DtInt64;
                ids.Int64Val.Add(1L << 40);
                return Request("ids", "ids", ids);
            case "wrong width":
                return Request(
                    "vectors",
                    "vectors",
                    new TensorProto { Dtype = DataType.DtFloat, TensorShape = Shape(1, 1, 300) }
                );
            case "falling splits":
                ids.TensorShape = Shape(1);
                ids.IntVal.Add(1);
                PredictRequest split = Request("ids", "ids", ids);
                var splits = new TensorProto { Dtype = DataType.DtInt32, TensorShape = Shape(4) };
                splits.IntVal.AddRange([0, 1, 0, 1]);
                split.Inputs["row_splits"] = splits;
                return split;
        }
        return request;
    }

    private static PredictRequest Request(string signature, string input, TensorProto tensor) =>
        new()
        {
            ModelSpec = new ModelSpec { Name = TestModels.Name, SignatureName = signature },
            Inputs = { [input] = tensor },
        };

    private static TensorShapeProto Shape(params long[] sizes)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(sizes.Select(s => new TensorShapeProto.Types.Dim { Size = s }));
        return shape;
    }

    private static ModelSpec Spec() => new() { Name = TestModels.Name };

    internal static Input Examples(params string[] texts)
    {
        var input = new Input { ExampleList = new ExampleList() };
        foreach (string text in texts)
        {
            var feature = new Feature { BytesList = new BytesList() };
            feature.BytesList.Value.Add(ByteString.CopyFromUtf8(text));
            var example = new Example { Features = new Features() };
            example.Features.Feature["text"] = feature;
            input.ExampleList.Examples.Add(example);
        }
        return input;
    }

    private float[] Offline(params string[] texts) => TestModels.Offline(_predictor, texts);
}
