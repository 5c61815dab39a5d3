using Firn.Server.Wire.OpenInference;
using Firn.Server.Wire.Serving;
using Firn.Server.Wire.Tensorflow;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Compression;
using ModelConfig = Firn.Server.Wire.Serving.ModelConfig;

namespace Firn.Server.Tests.Rpc;

/// <summary>
/// Wrong calls of every gRPC method but Predict, whose own stand in <see cref="PredictionTests"/>: the right code, a
/// clear line, and a server that serves on.
/// </summary>
public sealed class MalformedCallTests(MalformedCallTests.Fixture fixture) : IClassFixture<MalformedCallTests.Fixture>
{
    private const string Prediction = "tensorflow.serving.PredictionService";
    private static readonly ModelSpec Spec = new() { Name = TestModels.Name };

    public static TheoryData<string, StatusCode, string> Calls =>
        new()
        {
            { "classify: no model", StatusCode.InvalidArgument, "model_spec" },
            { "classify: no input", StatusCode.InvalidArgument, "Input is empty" },
            { "classify: no example", StatusCode.InvalidArgument, "no example" },
            { "classify: no feature", StatusCode.InvalidArgument, "'text'" },
            { "classify: text as numbers", StatusCode.InvalidArgument, "bytes_list" },
            { "classify: two texts", StatusCode.InvalidArgument, "one text" },
            { "classify: not UTF-8", StatusCode.InvalidArgument, "UTF-8" },
            { "classify: ids as bytes", StatusCode.InvalidArgument, "int64_list" },
            { "classify: id out of range", StatusCode.InvalidArgument, "out of range" },
            { "classify: id beyond the vocabulary", StatusCode.InvalidArgument, "outside" },
            { "classify: context too", StatusCode.InvalidArgument, "context too" },
            { "classify: another signature", StatusCode.InvalidArgument, "does not belong" },
            { "regress: unknown signature", StatusCode.InvalidArgument, "not found" },
            { "regress: unknown model", StatusCode.NotFound, "Servable not found" },
            { "multi: no task", StatusCode.InvalidArgument, "no task" },
            { "multi: two models", StatusCode.InvalidArgument, "same model" },
            { "multi: unknown method", StatusCode.Unimplemented, "method_name" },
            { "metadata: no field", StatusCode.InvalidArgument, "metadata_field" },
            { "metadata: unknown field", StatusCode.InvalidArgument, "not supported" },
            { "status: no model", StatusCode.InvalidArgument, "model_spec" },
            { "status: unknown model", StatusCode.NotFound, "Servable not found" },
            { "status: unknown version", StatusCode.NotFound, "99" },
            { "reload: no config", StatusCode.InvalidArgument, "model_config_list" },
            { "reload: no name", StatusCode.InvalidArgument, "no model name" },
            { "reload: twice", StatusCode.InvalidArgument, "twice" },
            { "reload: no folder", StatusCode.NotFound, "does not exist" },
            { "reload: no version", StatusCode.InvalidArgument, "at least one version" },
            { "v2: no input", StatusCode.InvalidArgument, "exactly one" },
            { "v2: unknown input", StatusCode.InvalidArgument, "not known" },
            { "v2: unknown type", StatusCode.InvalidArgument, "FP64" },
            { "v2: no version number", StatusCode.InvalidArgument, "no version number" },
            { "v2: raw text cut off", StatusCode.InvalidArgument, "end inside text" },
            { "v2: raw and contents", StatusCode.InvalidArgument, "raw_input_contents" },
            { "v2: raw count", StatusCode.InvalidArgument, "entries" },
            { "no protobuf", StatusCode.InvalidArgument, "protobuf" },
            { "unknown method", StatusCode.Unimplemented, "" },
            { "unknown service", StatusCode.Unimplemented, "" },
            { "unknown compression", StatusCode.Unimplemented, "" },
            { "too long", StatusCode.ResourceExhausted, "" },
        };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task EachGetsItsCodeAndAClearLine(string what, StatusCode code, string part)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => CallAsync(what));
        Assert.True(error.StatusCode == code, $"{error.StatusCode}: {error.Status.Detail}");
        Assert.Contains(part, error.Status.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", error.Status.Detail, StringComparison.Ordinal);
        Assert.Single(fixture.Client.Predict(PredictionTests.TextRequest("good day")).Outputs);
    }

    private Task CallAsync(string what)
    {
        var models = new ModelService.ModelServiceClient(fixture.Server.Channel);
        var open = new GRPCInferenceService.GRPCInferenceServiceClient(fixture.Server.Channel);
        switch (what)
        {
            case "classify: no model":
                return ClassifyAsync(Texts("a"), new ModelSpec());
            case "classify: no input":
                return ClassifyAsync(new Input());
            case "classify: no example":
                return ClassifyAsync(new Input { ExampleList = new ExampleList() });
            case "classify: no feature":
                return ClassifyAsync(Of("words", Bytes("a"u8.ToArray())));
            case "classify: text as numbers":
                return ClassifyAsync(Of("text", Numbers(1)));
            case "classify: two texts":
                return ClassifyAsync(Of("text", Bytes("a"u8.ToArray(), "b"u8.ToArray())));
            case "classify: not UTF-8":
                return ClassifyAsync(Of("text", Bytes([0xC3, 0x28])));
            case "classify: ids as bytes":
                return ClassifyAsync(Of("ids", Bytes([1])));
            case "classify: id out of range":
                return ClassifyAsync(Of("ids", Numbers(1L << 40)));
            case "classify: id beyond the vocabulary":
                return ClassifyAsync(Of("ids", Numbers(77)));
            case "classify: context too":
                var context = new Input
                {
                    ExampleListWithContext = new ExampleListWithContext
                    {
                        Context = Texts("a").ExampleList.Examples[0],
                    },
                };
                context.ExampleListWithContext.Examples.Add(context.ExampleListWithContext.Context.Clone());
                return ClassifyAsync(context);
            case "classify: another signature":
                return ClassifyAsync(Texts("a"), new ModelSpec { Name = TestModels.Name, SignatureName = "ids" });
            case "regress: unknown signature":
                return RegressAsync(new ModelSpec { Name = TestModels.Name, SignatureName = "embed" });
            case "regress: unknown model":
                return RegressAsync(new ModelSpec { Name = "nothing" });
            case "multi: no task":
                return MultiAsync();
            case "multi: two models":
                return MultiAsync(Spec, new ModelSpec { Name = "other" });
            case "multi: unknown method":
                var request = new MultiInferenceRequest { Input = Texts("a") };
                request.Tasks.Add(new InferenceTask { ModelSpec = Spec, MethodName = "tensorflow/serving/predict" });
                return fixture.Client.MultiInferenceAsync(request).ResponseAsync;
            case "metadata: no field":
                return fixture
                    .Client.GetModelMetadataAsync(new GetModelMetadataRequest { ModelSpec = Spec })
                    .ResponseAsync;
            case "metadata: unknown field":
                return fixture
                    .Client.GetModelMetadataAsync(
                        new GetModelMetadataRequest { ModelSpec = Spec, MetadataField = { "weights" } }
                    )
                    .ResponseAsync;
            case "status: no model":
                return models.GetModelStatusAsync(new GetModelStatusRequest()).ResponseAsync;
            case "status: unknown model":
                return models
                    .GetModelStatusAsync(new GetModelStatusRequest { ModelSpec = new ModelSpec { Name = "nothing" } })
                    .ResponseAsync;
            case "status: unknown version":
                return models
                    .GetModelStatusAsync(
                        new GetModelStatusRequest
                        {
                            ModelSpec = new ModelSpec { Name = TestModels.Name, Version = 99 },
                        }
                    )
                    .ResponseAsync;
            case "reload: no config":
                return models.HandleReloadConfigRequestAsync(new ReloadConfigRequest()).ResponseAsync;
            case "reload: no name":
                return ReloadAsync(models, new ModelConfig());
            case "reload: twice":
                return ReloadAsync(
                    models,
                    new Wire.Serving.ModelConfig { Name = TestModels.Name },
                    new Wire.Serving.ModelConfig { Name = TestModels.Name }
                );
            case "reload: no folder":
                return ReloadAsync(models, new Wire.Serving.ModelConfig { Name = "away" });
            case "reload: no version":
                return ReloadAsync(
                    models,
                    new Wire.Serving.ModelConfig
                    {
                        Name = TestModels.Name,
                        ModelVersionPolicy = new() { Specific = new() },
                    }
                );
            case "v2: no input":
                return open.ModelInferAsync(Infer()).ResponseAsync;
            case "v2: unknown input":
                return open.ModelInferAsync(Infer(("words", "BYTES"))).ResponseAsync;
            case "v2: unknown type":
                return open.ModelInferAsync(Infer(("text", "FP64"))).ResponseAsync;
            case "v2: no version number":
                ModelInferRequest version = Infer(("text", "BYTES"));
                version.ModelVersion = "one";
                return open.ModelInferAsync(version).ResponseAsync;
            case "v2: raw text cut off":
                return open.ModelInferAsync(Raw([5, 0, 0, 0, 65])).ResponseAsync;
            case "v2: raw and contents":
                ModelInferRequest both = Raw([1, 0, 0, 0, 65]);
                both.Inputs[0].Contents = new InferTensorContents();
                return open.ModelInferAsync(both).ResponseAsync;
            case "v2: raw count":
                ModelInferRequest count = Raw([1, 0, 0, 0, 65]);
                count.RawInputContents.Add(ByteString.Empty);
                return open.ModelInferAsync(count).ResponseAsync;
            case "no protobuf":
                return RawCallAsync(Prediction, "Predict", [0xFF, 0xFF, 0xFF]);
            case "unknown method":
                return RawCallAsync(Prediction, "Guess", []);
            case "unknown service":
                return RawCallAsync("tensorflow.serving.Nothing", "Predict", []);
            case "unknown compression":
                return fixture
                    .Compressing.PredictAsync(
                        PredictionTests.TextRequest("a"),
                        new Metadata { { "grpc-internal-encoding-request", "rot13" } }
                    )
                    .ResponseAsync;
            default:
                return fixture
                    .Client.PredictAsync(PredictionTests.TextRequest(new string('a', Fixture.MaxBody)))
                    .ResponseAsync;
        }
    }

    private Task ClassifyAsync(Input input, ModelSpec? spec = null) =>
        fixture
            .Client.ClassifyAsync(new ClassificationRequest { ModelSpec = spec ?? Spec, Input = input })
            .ResponseAsync;

    private Task RegressAsync(ModelSpec spec) =>
        fixture.Client.RegressAsync(new RegressionRequest { ModelSpec = spec, Input = Texts("a") }).ResponseAsync;

    private Task MultiAsync(params ModelSpec[] specs)
    {
        var request = new MultiInferenceRequest { Input = Texts("a") };
        request.Tasks.AddRange(
            specs.Select(s => new InferenceTask { ModelSpec = s, MethodName = "tensorflow/serving/classify" })
        );
        return fixture.Client.MultiInferenceAsync(request).ResponseAsync;
    }

    private static Task ReloadAsync(ModelService.ModelServiceClient models, params ModelConfig[] configs)
    {
        var request = new ReloadConfigRequest
        {
            Config = new ModelServerConfig { ModelConfigList = new ModelConfigList() },
        };
        request.Config.ModelConfigList.Config.AddRange(configs);
        return models.HandleReloadConfigRequestAsync(request).ResponseAsync;
    }

    private Task RawCallAsync(string service, string name, byte[] message)
    {
        var bytes = new Marshaller<byte[]>(b => b, b => b);
        var method = new Method<byte[], byte[]>(MethodType.Unary, service, name, bytes, bytes);
        return fixture
            .Server.Channel.CreateCallInvoker()
            .AsyncUnaryCall(method, null, new CallOptions(), message)
            .ResponseAsync;
    }

    private static ModelInferRequest Infer(params (string Name, string Type)[] inputs)
    {
        var request = new ModelInferRequest { ModelName = TestModels.Name };
        foreach ((string name, string type) in inputs)
            request.Inputs.Add(
                new ModelInferRequest.Types.InferInputTensor
                {
                    Name = name,
                    Datatype = type,
                    Shape = { 1 },
                }
            );
        return request;
    }

    private static ModelInferRequest Raw(byte[] content)
    {
        ModelInferRequest request = Infer(("text", "BYTES"));
        request.RawInputContents.Add(ByteString.CopyFrom(content));
        return request;
    }

    private static Input Texts(string text) => Of("text", Bytes(System.Text.Encoding.UTF8.GetBytes(text)));

    private static Input Of(string name, Feature feature)
    {
        var example = new Example { Features = new Features() };
        example.Features.Feature[name] = feature;
        var input = new Input { ExampleList = new ExampleList() };
        input.ExampleList.Examples.Add(example);
        return input;
    }

    private static Feature Bytes(params byte[][] values)
    {
        var list = new BytesList();
        list.Value.AddRange(values.Select(v => ByteString.CopyFrom(v)));
        return new Feature { BytesList = list };
    }

    private static Feature Numbers(params long[] values)
    {
        var list = new Int64List();
        list.Value.AddRange(values);
        return new Feature { Int64List = list };
    }

    public sealed class Fixture : IAsyncLifetime
    {
        internal const int MaxBody = 50_000;
        private readonly TestModels _models = new();
        private GrpcChannel? _compressing;

        internal RunningServer Server { get; private set; } = null!;

        internal PredictionService.PredictionServiceClient Client { get; private set; } = null!;

        internal PredictionService.PredictionServiceClient Compressing { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            _models.Add(TestModels.Make(1), 1);
            Server = await RunningServer.StartAsync(
                _models.Root,
                s => s with { Limits = new Settings.ServingLimits { MaxBodyBytes = MaxBody } }
            );
            Client = new PredictionService.PredictionServiceClient(Server.Channel);
            _compressing = GrpcChannel.ForAddress(
                Server.Grpc,
                new GrpcChannelOptions { HttpClient = Server.Http2, CompressionProviders = [new Unheard()] }
            );
            Compressing = new PredictionService.PredictionServiceClient(_compressing);
        }

        public async ValueTask DisposeAsync()
        {
            _compressing?.Dispose();
            await Server.DisposeAsync();
            _models.Dispose();
        }

        /// <summary>A compression that no server knows.</summary>
        private sealed class Unheard : ICompressionProvider
        {
            public string EncodingName => "rot13";

            public Stream CreateCompressionStream(
                Stream stream,
                System.IO.Compression.CompressionLevel? compressionLevel
            ) => stream;

            public Stream CreateDecompressionStream(Stream stream) => stream;
        }
    }
}
