namespace Firn.Interop.Onnx;

/// <summary>Names of the tensors of all states and of the last ones.</summary>
internal readonly record struct RecurrentOutputs(string Sequence, string Last);
