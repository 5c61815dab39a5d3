using Firn.Server.Administration;
using Firn.Server.Contracts;
using Firn.Server.Models;
using Firn.Server.Wire.Serving;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Firn.Server.Rpc;

/// <summary>TensorFlow Serving's <c>ModelService</c>.</summary>
internal sealed class ModelEndpoint(GrpcRequests requests, ModelAdministration administration)
    : ModelService.ModelServiceBase
{
    public override Task<GetModelStatusResponse> GetModelStatus(
        GetModelStatusRequest request,
        ServerCallContext context
    ) =>
        requests.RunAsync(
            "status",
            outcome =>
            {
                if (string.IsNullOrEmpty(request.ModelSpec?.Name))
                    throw ServingException.Invalid("Missing ModelSpec: model_spec.name is needed");
                ServedModel model = requests.Catalog.Find(request.ModelSpec.Name);
                outcome.Model = model.Name;
                var response = new GetModelStatusResponse();
                foreach (VersionStatus status in model.Statuses(GrpcRequests.Choice(request.ModelSpec)))
                {
                    response.ModelVersionStatus.Add(
                        new ModelVersionStatus
                        {
                            Version = status.Version,
                            State = (ModelVersionStatus.Types.State)(int)status.State,
                            Status = new StatusProto
                            {
                                ErrorCode = (Wire.Tensorflow.Error.Code)(int)status.Code,
                                ErrorMessage = status.Message,
                            },
                        }
                    );
                }
                return ValueTask.FromResult(response);
            }
        );

    public override Task<ReloadConfigResponse> HandleReloadConfigRequest(
        ReloadConfigRequest request,
        ServerCallContext context
    ) =>
        requests.RunAsync(
            "reload",
            async _ =>
            {
                HttpContext asker = context.GetHttpContext();
                UnreadableMessages.NoteRead(asker); // a reload may end in UNKNOWN, as TensorFlow Serving's does
                administration.Demand(asker);
                if (request.Config?.ConfigCase != ModelServerConfig.ConfigOneofCase.ModelConfigList)
                    throw ServingException.Invalid(
                        "ServerModelConfig type not supported by HandleReloadConfigRequest. the config needs a "
                            + "model_config_list"
                    );
                await administration
                    .ReloadAsync(request.Config.ModelConfigList, asker, context.CancellationToken)
                    .ConfigureAwait(false);
                return new ReloadConfigResponse { Status = new StatusProto() };
            }
        );
}
