using Firn.Interop.Keras.Layers;
using Firn.Interop.Keras.Weights;

namespace Firn.Interop.Keras;

/// <summary>A layer at its place in a model.</summary>
/// <param name="Name">Its name; of a model within a model behind that one's: <c>sequential_1/dense</c>.</param>
/// <param name="ClassName">Its class, as the file has it.</param>
/// <param name="Layer">Its settings.</param>
/// <param name="Trainable">Whether training moves it; false for what its author froze.</param>
/// <param name="Inbound">Names of the nodes whose output it takes, in order.</param>
/// <param name="Weights">Its tensors, in Keras' order.</param>
public sealed record KerasNode(
    string Name,
    string ClassName,
    KerasLayer Layer,
    bool Trainable,
    IReadOnlyList<string> Inbound,
    IReadOnlyList<KerasWeight> Weights
);
