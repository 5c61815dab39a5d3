using System.Text.Json.Nodes;
using Firn.Interop.Export;

namespace Firn.Interop.Keras.Export;

/// <summary>A layer to be written.</summary>
/// <param name="ClassName">Its class in Keras.</param>
/// <param name="Name">
/// Its name, the class in small letters and a number where that is taken: archives find tensors by it.
/// </param>
/// <param name="Config">Its settings beside name and type.</param>
/// <param name="Inbound">Names of the layers whose output it takes; none for the input.</param>
/// <param name="Shape">Of its output behind the batch; null for an open length.</param>
internal sealed record KerasExportLayer(
    string ClassName,
    string Name,
    JsonObject Config,
    IReadOnlyList<string> Inbound,
    IReadOnlyList<int?> Shape
)
{
    /// <summary>Its tensors, in Keras' order.</summary>
    public IReadOnlyList<KerasExportTensor> Weights { get; init; } = [];

    /// <summary>
    /// Groups of an archive that belong to it, each with the name that Keras 3 notes there; the layer's own is the
    /// empty one.
    /// </summary>
    public IReadOnlyList<(string Group, string Name)> Groups { get; init; } = [];
}

/// <summary>A tensor of a layer.</summary>
/// <param name="Group">
/// Its group within the layer's in an archive, such as <c>cell/</c>; empty for the layer's own.
/// </param>
/// <param name="Name">Its name in an <c>.h5</c> file, behind the layer's.</param>
/// <param name="Tensor">Its values.</param>
internal sealed record KerasExportTensor(string Group, string Name, ExportTensor Tensor);
