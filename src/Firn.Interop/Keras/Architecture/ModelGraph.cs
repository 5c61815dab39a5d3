using Firn.Interop.Keras.Layers;

namespace Firn.Interop.Keras.Architecture;

/// <summary>A layer or a model within a model, as its file lists it.</summary>
/// <param name="Name">Its name within its model.</param>
/// <param name="ClassName">Its class.</param>
/// <param name="Layer">Its settings; null for a model.</param>
/// <param name="Model">The model; null for a layer.</param>
/// <param name="Trainable">Whether training moves its weights.</param>
/// <param name="Inbound">Names of what it takes, in order.</param>
internal sealed record GraphNode(
    string Name,
    string ClassName,
    KerasLayer? Layer,
    ModelGraph? Model,
    bool Trainable,
    IReadOnlyList<string> Inbound
);

/// <summary>A model of one input as its file describes it; each node stands behind those that it takes.</summary>
/// <param name="Nodes">Its layers and models.</param>
/// <param name="Listed">The same in the order of the file, which is that of its weights.</param>
/// <param name="Outputs">Names of the nodes that give what it answers.</param>
internal sealed record ModelGraph(
    IReadOnlyList<GraphNode> Nodes,
    IReadOnlyList<GraphNode> Listed,
    IReadOnlyList<string> Outputs
)
{
    /// <summary>The node where the input comes in.</summary>
    public GraphNode Input => Nodes.First(n => n.Layer is InputLayer);
}
