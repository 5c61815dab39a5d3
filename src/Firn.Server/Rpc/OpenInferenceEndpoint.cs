using System.Buffers.Binary;
using Firn.Server.Administration;
using Firn.Server.Batching;
using Firn.Server.Contracts;
using Firn.Server.Inference;
using Firn.Server.Inputs;
using Firn.Server.Models;
using Firn.Server.Operations;
using Firn.Server.Rest;
using Firn.Server.Wire.OpenInference;
using Google.Protobuf;
using Grpc.Core;
using DataType = Firn.Server.Wire.Tensorflow.DataType;
using ModelInput = Firn.Server.Inference.ModelInput;
using TensorProto = Firn.Server.Wire.Tensorflow.TensorProto;

namespace Firn.Server.Rpc;

/// <summary>The Open Inference Protocol v2 over gRPC.</summary>
internal sealed class OpenInferenceEndpoint(GrpcRequests requests, ModelRepository repository, ServerState state)
    : GRPCInferenceService.GRPCInferenceServiceBase
{
    public override Task<ServerLiveResponse> ServerLive(ServerLiveRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerLiveResponse { Live = true });

    public override Task<ServerReadyResponse> ServerReady(ServerReadyRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerReadyResponse { Ready = state.Ready });

    public override Task<ModelReadyResponse> ModelReady(ModelReadyRequest request, ServerCallContext context) =>
        requests.RunAsync(
            "v2_model_ready",
            outcome =>
            {
                ServedModel model = requests.Catalog.Find(request.Name);
                outcome.Model = model.Name;
                VersionChoice choice = Choice(request.Version);
                bool ready = choice.Number is null
                    ? model.Available.Length > 0
                    : model.Available.Any(v => v.Number == choice.Number);
                return ValueTask.FromResult(new ModelReadyResponse { Ready = ready });
            }
        );

    public override Task<ServerMetadataResponse> ServerMetadata(
        ServerMetadataRequest request,
        ServerCallContext context
    )
    {
        var response = new ServerMetadataResponse { Name = ModelDescription.ServerName, Version = Bundle.FirnVersion };
        response.Extensions.AddRange(ModelDescription.Extensions);
        return Task.FromResult(response);
    }

    public override Task<ModelMetadataResponse> ModelMetadata(
        ModelMetadataRequest request,
        ServerCallContext context
    ) =>
        requests.RunAsync(
            "v2_model",
            outcome =>
            {
                using Lease lease = requests.Hold(request.Name, Choice(request.Version), outcome);
                IScorer scorer = lease.Version.Scorer;
                var response = new ModelMetadataResponse { Name = request.Name, Platform = ModelDescription.Platform };
                response.Versions.AddRange(
                    requests.Catalog.Find(request.Name).Available.Reverse().Select(v => v.NumberText)
                );
                response.Inputs.AddRange(ModelDescription.Inputs(scorer).Select(Tensor));
                response.Outputs.Add(Tensor(ModelDescription.Output(scorer)));
                return ValueTask.FromResult(response);
            }
        );

    public override Task<ModelConfigResponse> ModelConfig(ModelConfigRequest request, ServerCallContext context) =>
        requests.RunAsync(
            "v2_model_config",
            outcome =>
            {
                using Lease lease = requests.Hold(request.Name, Choice(request.Version), outcome);
                IScorer scorer = lease.Version.Scorer;
                var config = new ModelConfig
                {
                    Name = request.Name,
                    Platform = ModelDescription.Platform,
                    Backend = ModelDescription.ServerName,
                };
                config.Input.AddRange(
                    ModelDescription
                        .Inputs(scorer)
                        .Select(t => new Wire.OpenInference.ModelInput
                        {
                            Name = t.Name,
                            DataType = t.Type,
                            Dims = { t.Shape },
                            Optional = true,
                        })
                );
                OpenTensor output = ModelDescription.Output(scorer);
                config.Output.Add(
                    new ModelOutput
                    {
                        Name = output.Name,
                        DataType = output.Type,
                        Dims = { output.Shape },
                    }
                );
                return ValueTask.FromResult(new ModelConfigResponse { Config = config });
            }
        );

    public override Task<ModelStatisticsResponse> ModelStatistics(
        ModelStatisticsRequest request,
        ServerCallContext context
    ) =>
        requests.RunAsync(
            "v2_stats",
            outcome =>
            {
                IEnumerable<ServedModel> models = requests.Catalog.Models.Values;
                VersionChoice choice = Choice(request.Version);
                if (request.Name.Length > 0)
                {
                    ServedModel model = requests.Catalog.Find(request.Name);
                    outcome.Model = model.Name;
                    model.Hold(choice).Dispose(); // NOT_FOUND for a version that does not serve
                    models = [model];
                }
                var response = new ModelStatisticsResponse();
                response.ModelStats.AddRange(ModelDescription.Statistics(models, choice.Number));
                return ValueTask.FromResult(response);
            }
        );

    public override Task<RepositoryIndexResponse> RepositoryIndex(
        RepositoryIndexRequest request,
        ServerCallContext context
    ) =>
        requests.RunAsync(
            "v2_repository_index",
            _ =>
            {
                var response = new RepositoryIndexResponse();
                response.Models.AddRange(repository.Index(context.GetHttpContext(), request.Ready));
                return ValueTask.FromResult(response);
            }
        );

    public override Task<RepositoryModelLoadResponse> RepositoryModelLoad(
        RepositoryModelLoadRequest request,
        ServerCallContext context
    ) =>
        requests.RunAsync(
            "v2_load",
            async _ =>
            {
                string name = request.ModelName.Length > 0 ? request.ModelName : request.RepositoryName;
                await repository
                    .LoadAsync(name, request.Parameters.Count > 0, context.GetHttpContext())
                    .ConfigureAwait(false);
                return new RepositoryModelLoadResponse { ModelName = name, IsLoaded = true };
            }
        );

    public override Task<RepositoryModelUnloadResponse> RepositoryModelUnload(
        RepositoryModelUnloadRequest request,
        ServerCallContext context
    ) =>
        requests.RunAsync(
            "v2_unload",
            async _ =>
            {
                string name = request.ModelName.Length > 0 ? request.ModelName : request.RepositoryName;
                await repository.UnloadAsync(name, context.GetHttpContext()).ConfigureAwait(false);
                return new RepositoryModelUnloadResponse { ModelName = name, IsUnloaded = true };
            }
        );

    public override Task<ModelInferResponse> ModelInfer(ModelInferRequest request, ServerCallContext context) =>
        requests.RunAsync(
            "v2_infer",
            async outcome =>
            {
                using Lease lease = requests.Hold(request.ModelName, Choice(request.ModelVersion), outcome);
                ModelVersion version = lease.Version;
                foreach (ModelInferRequest.Types.InferRequestedOutputTensor output in request.Outputs)
                    OpenInferenceInput.CheckOutput(output.Name);
                ModelInput input = OpenInferenceInput.Read(Tensors(request), version.Input, requests.Limits);
                float[] scores = await requests
                    .ScoreAsync(version, input, context, outcome, Vocabulary(request))
                    .ConfigureAwait(false);
                var tensor = new ModelInferResponse.Types.InferOutputTensor
                {
                    Name = Signatures.ScoresOutput,
                    Datatype = OpenInferenceInput.Float,
                };
                tensor.Shape.Add(scores.Length / version.Scorer.OutputSize);
                tensor.Shape.Add(version.Scorer.OutputSize);
                var response = new ModelInferResponse
                {
                    ModelName = version.Model,
                    ModelVersion = version.NumberText,
                    Id = request.Id,
                };
                response.Outputs.Add(tensor);
                // A client that sends raw bytes gets raw bytes.
                if (request.RawInputContents.Count > 0)
                    response.RawOutputContents.Add(Raw(scores));
                else
                    (tensor.Contents = new InferTensorContents()).Fp32Contents.AddRange(scores);
                return response;
            }
        );

    /// <summary>
    /// The hash of the vocabulary that the ids were made with, from the parameters; null without one.
    /// </summary>
    private static string? Vocabulary(ModelInferRequest request)
    {
        if (!request.Parameters.TryGetValue("vocabulary", out InferParameter? given))
            return null;
        return given.ParameterChoiceCase == InferParameter.ParameterChoiceOneofCase.StringParam
            ? given.StringParam
            : throw ServingException.Invalid("'vocabulary' must be a string");
    }

    private static List<(string, TensorProto)> Tensors(ModelInferRequest request)
    {
        bool raw = request.RawInputContents.Count > 0;
        if (raw && request.RawInputContents.Count != request.Inputs.Count)
            throw ServingException.Invalid(
                $"raw_input_contents has {request.RawInputContents.Count} entries for {request.Inputs.Count} inputs"
            );
        var tensors = new List<(string, TensorProto)>();
        for (int i = 0; i < request.Inputs.Count; i++)
        {
            ModelInferRequest.Types.InferInputTensor input = request.Inputs[i];
            if (raw && input.Contents is not null)
                throw ServingException.Invalid(
                    $"input '{input.Name}' has contents although raw_input_contents is used"
                );
            tensors.Add(
                (
                    input.Name,
                    raw
                        ? OpenInferenceInput.Raw(
                            input.Name,
                            input.Datatype,
                            input.Shape,
                            request.RawInputContents[i].Span
                        )
                        : Filled(input, input.Contents ?? new InferTensorContents())
                )
            );
        }
        return tensors;
    }

    private static TensorProto Filled(ModelInferRequest.Types.InferInputTensor input, InferTensorContents contents)
    {
        var tensor = new TensorProto
        {
            Dtype = OpenInferenceInput.TypeOf(input.Datatype, input.Name),
            TensorShape = OpenInferenceInput.Shape(input.Shape),
        };
        tensor.StringVal.AddRange(contents.BytesContents);
        tensor.IntVal.AddRange(contents.IntContents);
        tensor.Int64Val.AddRange(contents.Int64Contents);
        tensor.FloatVal.AddRange(contents.Fp32Contents);
        OpenInferenceInput.CheckCount(
            input.Name,
            input.Shape,
            tensor.Dtype switch
            {
                DataType.DtString => tensor.StringVal.Count,
                DataType.DtInt32 => tensor.IntVal.Count,
                DataType.DtInt64 => tensor.Int64Val.Count,
                _ => tensor.FloatVal.Count,
            }
        );
        return tensor;
    }

    private static ByteString Raw(float[] scores)
    {
        byte[] bytes = new byte[scores.Length * sizeof(float)];
        for (int i = 0; i < scores.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), scores[i]);
        return ByteString.CopyFrom(bytes);
    }

    private static VersionChoice Choice(string version) =>
        version.Length == 0 ? VersionChoice.Newest : new VersionChoice(RestTarget.Number(version), null);

    private static ModelMetadataResponse.Types.TensorMetadata Tensor(OpenTensor tensor) =>
        new()
        {
            Name = tensor.Name,
            Datatype = tensor.Datatype,
            Shape = { tensor.Shape },
        };
}
