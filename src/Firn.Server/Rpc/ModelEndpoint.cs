using Firn.Server.Models;
using Firn.Server.Wire.Serving;
using Grpc.Core;
using Policy = Firn.Server.Wire.Serving.FileSystemStoragePathSourceConfig.Types.ServableVersionPolicy;

namespace Firn.Server.Rpc;

/// <summary>TensorFlow Serving's <c>ModelService</c>.</summary>
internal sealed class ModelEndpoint(GrpcRequests requests, ServerSettings settings) : ModelService.ModelServiceBase
{
    public override Task<GetModelStatusResponse> GetModelStatus(GetModelStatusRequest request, ServerCallContext context) =>
        requests.RunAsync("status", outcome =>
        {
            if (string.IsNullOrEmpty(request.ModelSpec?.Name))
                throw ServingException.Invalid("Missing ModelSpec: model_spec.name is needed");
            ServedModel model = requests.Catalog.Find(request.ModelSpec.Name);
            outcome.Model = model.Name;
            var response = new GetModelStatusResponse();
            foreach (VersionStatus status in model.Statuses(GrpcRequests.Choice(request.ModelSpec)))
            {
                response.ModelVersionStatus.Add(new ModelVersionStatus
                {
                    Version = status.Version,
                    State = (ModelVersionStatus.Types.State)(int)status.State,
                    Status = new StatusProto { ErrorCode = (Wire.Tensorflow.Error.Code)(int)status.Code, ErrorMessage = status.Message },
                });
            }
            return ValueTask.FromResult(response);
        });

    public override Task<ReloadConfigResponse> HandleReloadConfigRequest(ReloadConfigRequest request, ServerCallContext context) =>
        requests.RunAsync("reload", async _ =>
        {
            if (!settings.AllowReload)
                throw new ServingException(StatusCode.PermissionDenied, "this server's models cannot be changed by requests");
            if (request.Config?.ConfigCase != ModelServerConfig.ConfigOneofCase.ModelConfigList)
                throw ServingException.Invalid("the config needs a model_config_list");
            var models = new List<ModelConfiguration>();
            foreach (ModelConfig model in request.Config.ModelConfigList.Config)
                models.Add(Read(model, models));
            await requests.Catalog.ReconfigureAsync(models, context.CancellationToken).ConfigureAwait(false);
            return new ReloadConfigResponse { Status = new StatusProto() };
        });

    private ModelConfiguration Read(ModelConfig model, List<ModelConfiguration> before)
    {
        if (string.IsNullOrEmpty(model.Name) || model.Name.AsSpan().ContainsAny(['/', '\\', ':']))
            throw ServingException.Invalid($"'{model.Name}' is no model name; it is not empty and holds no slash or colon");
        if (before.Exists(m => m.Name == model.Name))
            throw ServingException.Invalid($"model '{model.Name}' is named twice");
        string root = Path.GetFullPath(settings.Models);
        string path = Path.GetFullPath(model.BasePath.Length > 0 ? model.BasePath : model.Name, root);
        if (path != root && !path.StartsWith(Path.TrimEndingDirectorySeparator(root) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new ServingException(StatusCode.PermissionDenied, $"model '{model.Name}': base_path must lie below the server's own models folder");
        if (!Directory.Exists(path))
            throw ServingException.NotFound($"model '{model.Name}': base_path '{model.BasePath}' does not exist");
        return new ModelConfiguration(model.Name, path, Read(model), new Dictionary<string, long>(model.VersionLabels));
    }

    private static VersionPolicy Read(ModelConfig model)
    {
        Policy? policy = model.ModelVersionPolicy;
        return policy?.PolicyChoiceCase switch
        {
            Policy.PolicyChoiceOneofCase.All => VersionPolicy.All,
            Policy.PolicyChoiceOneofCase.Latest => VersionPolicy.LatestOf((int)Math.Clamp(policy.Latest.NumVersions, 1, int.MaxValue)),
            Policy.PolicyChoiceOneofCase.Specific when policy.Specific.Versions.Count > 0 && policy.Specific.Versions.All(v => v >= 0) =>
                VersionPolicy.Specific(policy.Specific.Versions),
            Policy.PolicyChoiceOneofCase.Specific =>
                throw ServingException.Invalid($"model '{model.Name}': a specific policy names at least one version, none of them negative"),
            _ => VersionPolicy.Newest,
        };
    }
}
