using System.Buffers.Binary;
using Firn.Server.Inference;
using Firn.Server.Models;
using Firn.Server.Operations;
using Firn.Server.Rest;
using Firn.Server.Wire.OpenInference;
using Firn.Server.Wire.Tensorflow;
using Google.Protobuf;
using Grpc.Core;

namespace Firn.Server.Rpc;

/// <summary>The Open Inference Protocol v2 over gRPC.</summary>
internal sealed class OpenInferenceEndpoint(GrpcRequests requests, ServerState state) : GRPCInferenceService.GRPCInferenceServiceBase
{
    public override Task<ServerLiveResponse> ServerLive(ServerLiveRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerLiveResponse { Live = true });

    public override Task<ServerReadyResponse> ServerReady(ServerReadyRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerReadyResponse { Ready = state.Ready });

    public override Task<ModelReadyResponse> ModelReady(ModelReadyRequest request, ServerCallContext context) =>
        requests.RunAsync("v2_model_ready", outcome =>
        {
            ServedModel model = requests.Catalog.Find(request.Name);
            outcome.Model = model.Name;
            VersionChoice choice = Choice(request.Version);
            bool ready = choice.Number is null ? model.Available.Length > 0 : model.Available.Any(v => v.Number == choice.Number);
            return ValueTask.FromResult(new ModelReadyResponse { Ready = ready });
        });

    public override Task<ServerMetadataResponse> ServerMetadata(ServerMetadataRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerMetadataResponse { Name = OpenInferenceHandler.ServerName, Version = Bundle.FirnVersion });

    public override Task<ModelMetadataResponse> ModelMetadata(ModelMetadataRequest request, ServerCallContext context) =>
        requests.RunAsync("v2_model", outcome =>
        {
            using Lease lease = requests.Hold(request.Name, Choice(request.Version), outcome);
            IScorer scorer = lease.Version.Scorer;
            var response = new ModelMetadataResponse { Name = request.Name, Platform = OpenInferenceHandler.Platform };
            response.Versions.AddRange(requests.Catalog.Find(request.Name).Available.Reverse().Select(v => v.NumberText));
            response.Inputs.Add(Tensor(Signatures.TextInput, OpenInferenceInput.Bytes, -1));
            response.Inputs.Add(Tensor(Signatures.IdsInput, OpenInferenceInput.Int32, -1, -1));
            response.Inputs.Add(Tensor(Signatures.VectorsInput, OpenInferenceInput.Float, -1, -1, scorer.Dimension));
            response.Outputs.Add(Tensor(Signatures.ScoresOutput, OpenInferenceInput.Float, -1, scorer.OutputSize));
            return ValueTask.FromResult(response);
        });

    public override Task<ModelInferResponse> ModelInfer(ModelInferRequest request, ServerCallContext context) =>
        requests.RunAsync("v2_infer", async outcome =>
        {
            using Lease lease = requests.Hold(request.ModelName, Choice(request.ModelVersion), outcome);
            ModelVersion version = lease.Version;
            foreach (ModelInferRequest.Types.InferRequestedOutputTensor output in request.Outputs)
                OpenInferenceInput.CheckOutput(output.Name);
            ModelInput input = OpenInferenceInput.Read(Tensors(request), version.Input, requests.Limits);
            float[] scores = await requests.ScoreAsync(version, input, context, outcome).ConfigureAwait(false);
            var tensor = new ModelInferResponse.Types.InferOutputTensor { Name = Signatures.ScoresOutput, Datatype = OpenInferenceInput.Float };
            tensor.Shape.Add(scores.Length / version.Scorer.OutputSize);
            tensor.Shape.Add(version.Scorer.OutputSize);
            var response = new ModelInferResponse { ModelName = version.Model, ModelVersion = version.NumberText, Id = request.Id };
            response.Outputs.Add(tensor);
            // A client that sends raw bytes gets raw bytes.
            if (request.RawInputContents.Count > 0)
                response.RawOutputContents.Add(Raw(scores));
            else
                (tensor.Contents = new InferTensorContents()).Fp32Contents.AddRange(scores);
            return response;
        });

    private static List<(string, TensorProto)> Tensors(ModelInferRequest request)
    {
        bool raw = request.RawInputContents.Count > 0;
        if (raw && request.RawInputContents.Count != request.Inputs.Count)
            throw ServingException.Invalid($"raw_input_contents has {request.RawInputContents.Count} entries for {request.Inputs.Count} inputs");
        var tensors = new List<(string, TensorProto)>();
        for (int i = 0; i < request.Inputs.Count; i++)
        {
            ModelInferRequest.Types.InferInputTensor input = request.Inputs[i];
            var tensor = new TensorProto { Dtype = OpenInferenceInput.TypeOf(input.Datatype, input.Name), TensorShape = OpenInferenceInput.Shape(input.Shape) };
            if (raw && input.Contents is not null)
                throw ServingException.Invalid($"input '{input.Name}' has contents although raw_input_contents is used");
            if (!raw)
                Fill(tensor, input.Contents ?? new InferTensorContents());
            else if (tensor.Dtype == DataType.DtString)
                tensor.StringVal.AddRange(Strings(request.RawInputContents[i].Span, input.Name));
            else
                tensor.TensorContent = request.RawInputContents[i];
            tensors.Add((input.Name, tensor));
        }
        return tensors;
    }

    private static void Fill(TensorProto tensor, InferTensorContents contents)
    {
        tensor.StringVal.AddRange(contents.BytesContents);
        tensor.IntVal.AddRange(contents.IntContents);
        tensor.Int64Val.AddRange(contents.Int64Contents);
        tensor.FloatVal.AddRange(contents.Fp32Contents);
    }

    private static List<ByteString> Strings(ReadOnlySpan<byte> raw, string name)
    {
        var strings = new List<ByteString>();
        while (raw.Length > 0)
        {
            uint length = raw.Length >= sizeof(uint) ? BinaryPrimitives.ReadUInt32LittleEndian(raw) : uint.MaxValue;
            if (length > raw.Length - sizeof(uint))
                throw ServingException.Invalid($"input '{name}': raw bytes end inside text {strings.Count}; each text has its length in 4 bytes before it");
            strings.Add(ByteString.CopyFrom(raw.Slice(sizeof(uint), (int)length)));
            raw = raw[(sizeof(uint) + (int)length)..];
        }
        return strings;
    }

    private static ByteString Raw(float[] scores)
    {
        byte[] bytes = new byte[scores.Length * sizeof(float)];
        for (int i = 0; i < scores.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), scores[i]);
        return ByteString.CopyFrom(bytes);
    }

    private static VersionChoice Choice(string version) => version.Length == 0 ? VersionChoice.Newest : new VersionChoice(RestTarget.Number(version), null);

    private static ModelMetadataResponse.Types.TensorMetadata Tensor(string name, string type, params long[] shape)
    {
        var tensor = new ModelMetadataResponse.Types.TensorMetadata { Name = name, Datatype = type };
        tensor.Shape.AddRange(shape);
        return tensor;
    }
}
