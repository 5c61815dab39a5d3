namespace Firn.Layers;

/// <summary>A function of each value (softmax: of each row), on a sequence or on features; the shape stays.</summary>
/// <param name="Activation">Which.</param>
public sealed record Activate(Activation Activation) : Layer;
