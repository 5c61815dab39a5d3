using Firn.Server.Batching;
using Firn.Server.Contracts;
using Firn.Server.Inference;
using Firn.Server.Inputs;
using Firn.Server.Models;
using Firn.Server.Wire.Serving;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TensorProto = Firn.Server.Wire.Tensorflow.TensorProto;

namespace Firn.Server.Rpc;

/// <summary>TensorFlow Serving's <c>PredictionService</c>.</summary>
internal sealed class PredictionEndpoint(GrpcRequests requests) : PredictionService.PredictionServiceBase
{
    public override Task<PredictResponse> Predict(Wire.Serving.PredictRequest request, ServerCallContext context) =>
        requests.RunAsync(
            "predict",
            async outcome =>
            {
                using Lease lease = requests.Hold(request.ModelSpec, outcome);
                ModelVersion version = lease.Version;
                string signature = request.ModelSpec.SignatureName;
                InputKind kind = Signatures.KindOf(signature);
                CheckOutputs(request.OutputFilter, kind);
                ModelInput input = Input(request, kind, version.Input);
                float[] scores = await requests.ScoreAsync(version, input, context, outcome).ConfigureAwait(false);
                var response = new PredictResponse
                {
                    ModelSpec = GrpcRequests.Spec(version, signature.Length > 0 ? signature : Signatures.Default),
                };
                var labels = new TextLabels(version.Scorer, input, scores);
                bool all = request.OutputFilter.Count == 0;
                if (all || request.OutputFilter.Contains(Signatures.ScoresOutput))
                    response.Outputs[Signatures.ScoresOutput] = TensorCodec.Scores(scores, version.Scorer.OutputSize);
                bool told = all && kind == InputKind.Texts && labels.SayMoreThanScores;
                if (told || request.OutputFilter.Contains(Signatures.LabelsOutput))
                    response.Outputs[Signatures.LabelsOutput] = TensorCodec.Labels(labels);
                if (told || request.OutputFilter.Contains(Signatures.KnownTokensOutput))
                    response.Outputs[Signatures.KnownTokensOutput] = TensorCodec.KnownTokens(labels);
                return response;
            }
        );

    private static void CheckOutputs(IEnumerable<string> filter, InputKind kind)
    {
        foreach (string wanted in filter)
        {
            if (
                wanted == Signatures.ScoresOutput
                || (kind == InputKind.Texts && wanted is Signatures.LabelsOutput or Signatures.KnownTokensOutput)
            )
                continue;
            throw ServingException.Invalid(
                $"output tensor alias not found in signature: {wanted}; the output is '{Signatures.ScoresOutput}'"
                    + (
                        kind == InputKind.Texts
                            ? $", '{Signatures.LabelsOutput}' or '{Signatures.KnownTokensOutput}'"
                            : ""
                    )
            );
        }
    }

    public override Task<ClassificationResponse> Classify(ClassificationRequest request, ServerCallContext context) =>
        requests.RunAsync(
            Signatures.Classify,
            async outcome =>
            {
                using Lease lease = requests.Hold(request.ModelSpec, outcome);
                Signatures.CheckExampleMethod(
                    request.ModelSpec.SignatureName,
                    Signatures.Classify,
                    Signatures.ClassifyMethod
                );
                float[] scores = await requests
                    .ScoreAsync(lease.Version, ExampleInput.Read(request.Input, requests.Limits), context, outcome)
                    .ConfigureAwait(false);
                return new ClassificationResponse
                {
                    Result = Classes(scores, lease.Version),
                    ModelSpec = GrpcRequests.Spec(lease.Version, Signatures.Classify),
                };
            }
        );

    public override Task<RegressionResponse> Regress(RegressionRequest request, ServerCallContext context) =>
        requests.RunAsync(
            Signatures.Regress,
            async outcome =>
            {
                using Lease lease = requests.Hold(request.ModelSpec, outcome);
                Signatures.CheckExampleMethod(
                    request.ModelSpec.SignatureName,
                    Signatures.Regress,
                    Signatures.RegressMethod
                );
                ClassScores.CheckRegression(lease.Version);
                float[] scores = await requests
                    .ScoreAsync(lease.Version, ExampleInput.Read(request.Input, requests.Limits), context, outcome)
                    .ConfigureAwait(false);
                return new RegressionResponse
                {
                    Result = Regressions(scores),
                    ModelSpec = GrpcRequests.Spec(lease.Version, Signatures.Regress),
                };
            }
        );

    public override Task<MultiInferenceResponse> MultiInference(
        MultiInferenceRequest request,
        ServerCallContext context
    ) =>
        requests.RunAsync(
            "multi_inference",
            async outcome =>
            {
                if (request.Tasks.Count == 0)
                    throw ServingException.Invalid("the request holds no task");
                ModelSpec first =
                    request.Tasks[0].ModelSpec
                    ?? throw ServingException.Invalid("Missing ModelSpec: model_spec.name is needed");
                foreach (InferenceTask task in request.Tasks)
                {
                    if (
                        task.ModelSpec?.Name != first.Name
                        || GrpcRequests.Choice(task.ModelSpec) != GrpcRequests.Choice(first)
                    )
                        throw ServingException.Invalid(
                            "All ModelSpecs in a MultiInferenceRequest must access the same model name and version"
                        );
                    if (task.MethodName is not (Signatures.ClassifyMethod or Signatures.RegressMethod))
                        throw new ServingException(
                            StatusCode.Unimplemented,
                            $"Unsupported signature method_name: {task.MethodName}; use {Signatures.ClassifyMethod} "
                                + $"or {Signatures.RegressMethod}"
                        );
                }
                using Lease lease = requests.Hold(first, outcome);
                ModelVersion version = lease.Version;
                float[] scores = await requests
                    .ScoreAsync(version, ExampleInput.Read(request.Input, requests.Limits), context, outcome)
                    .ConfigureAwait(false);
                var response = new MultiInferenceResponse();
                foreach (InferenceTask task in request.Tasks)
                    response.Results.Add(Result(task.MethodName, scores, version));
                return response;
            }
        );

    public override Task<GetModelMetadataResponse> GetModelMetadata(
        GetModelMetadataRequest request,
        ServerCallContext context
    ) =>
        requests.RunAsync(
            "metadata",
            outcome =>
            {
                if (request.MetadataField.Count == 0)
                    throw ServingException.Invalid(
                        "GetModelMetadataRequest must specify at least one metadata_field; this server has "
                            + "signature_def"
                    );
                foreach (string field in request.MetadataField)
                {
                    if (field != "signature_def")
                        throw ServingException.Invalid(
                            $"Metadata field {field} is not supported; this server has signature_def"
                        );
                }
                using Lease lease = requests.Hold(request.ModelSpec, outcome);
                var response = new GetModelMetadataResponse { ModelSpec = GrpcRequests.Spec(lease.Version, "") };
                response.Metadata["signature_def"] = Any.Pack(SignatureMessages.Of(lease.Version.Scorer));
                return ValueTask.FromResult(response);
            }
        );

    private ModelInput Input(Wire.Serving.PredictRequest request, InputKind kind, InputShape shape)
    {
        string name = kind switch
        {
            InputKind.Texts => Signatures.TextInput,
            InputKind.Ids => Signatures.IdsInput,
            _ => Signatures.VectorsInput,
        };
        if (!request.Inputs.TryGetValue(name, out TensorProto? tensor))
            throw ServingException.Invalid(
                $"input '{name}' is missing; the request has "
                    + $"{(request.Inputs.Count == 0 ? "none" : string.Join(", ", request.Inputs.Keys))}"
            );
        TensorProto? splits = null;
        foreach ((string other, TensorProto value) in request.Inputs)
        {
            if (kind == InputKind.Ids && other == Signatures.RowSplitsInput)
                splits = value;
            else if (other != name)
                throw ServingException.Invalid($"input '{other}' is not known; this signature has '{name}'");
        }
        return kind switch
        {
            InputKind.Texts => ModelInput.FromTexts(TensorCodec.Texts(tensor, requests.Limits)),
            InputKind.Ids => TensorCodec.Ids(tensor, splits, requests.Limits),
            _ => TensorCodec.Vectors(tensor, shape, requests.Limits),
        };
    }

    private static InferenceResult Result(string method, float[] scores, ModelVersion version)
    {
        if (method == Signatures.ClassifyMethod)
            return new InferenceResult
            {
                ModelSpec = GrpcRequests.Spec(version, Signatures.Classify),
                ClassificationResult = Classes(scores, version),
            };
        ClassScores.CheckRegression(version);
        return new InferenceResult
        {
            ModelSpec = GrpcRequests.Spec(version, Signatures.Regress),
            RegressionResult = Regressions(scores),
        };
    }

    private static ClassificationResult Classes(float[] scores, ModelVersion version)
    {
        var result = new ClassificationResult();
        int width = version.Scorer.OutputSize;
        for (int at = 0; at < scores.Length; at += width)
        {
            var classes = new Classifications();
            for (int c = 0; c < version.Scorer.Labels.Count; c++)
                classes.Classes.Add(
                    new Class { Label = version.Scorer.Labels[c], Score = ClassScores.Of(scores.AsSpan(at, width), c) }
                );
            // The message has no place for a label: whoever takes the class with the largest score gets the one that is
            // shown.
            if (version.Scorer.Rule.Decide(scores.AsSpan(at, width)) is { Abstained: true } decision)
                classes.Classes.Add(new Class { Label = decision.Label, Score = 1 });
            result.Classifications.Add(classes);
        }
        return result;
    }

    private static RegressionResult Regressions(float[] scores)
    {
        var result = new RegressionResult();
        foreach (float score in scores)
            result.Regressions.Add(new Regression { Value = score });
        return result;
    }
}
