using Firn.Server.Contracts;
using Firn.Server.Inference;
using Firn.Server.Models;
using Firn.Server.Wire.OpenInference;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Firn.Server.Administration;

/// <summary>
/// Triton's calls of the model repository, over REST and gRPC alike. All of them need an admin's key where keys are in
/// use.
/// </summary>
internal sealed class ModelRepository(ModelCatalog catalog, CatalogSettings places, ModelAdministration administration)
{
    /// <summary>Every version of every model.</summary>
    public IEnumerable<RepositoryIndexResponse.Types.ModelIndex> Index(HttpContext asker, bool ready)
    {
        administration.DemandRole(asker);
        return ModelDescription.Index(catalog.Models.Values, places.Unloaded.Keys, ready);
    }

    /// <summary>Loads a model, or looks again at one that serves.</summary>
    /// <param name="name">The model.</param>
    /// <param name="overrides">The call brings a configuration or files of its own, which are not taken.</param>
    /// <param name="asker">The call.</param>
    public Task LoadAsync(string name, bool overrides, HttpContext asker)
    {
        administration.Demand(asker);
        if (overrides)
            throw new ServingException(
                StatusCode.Unimplemented,
                $"load of '{name}': configuration and files are not taken from a request; put the bundle into the "
                    + $"models' folder"
            );
        return administration.LoadAsync(name, asker, asker.RequestAborted);
    }

    /// <summary>Ends the service of a model.</summary>
    public Task UnloadAsync(string name, HttpContext asker)
    {
        administration.Demand(asker);
        return administration.UnloadAsync(name, asker, asker.RequestAborted);
    }
}
