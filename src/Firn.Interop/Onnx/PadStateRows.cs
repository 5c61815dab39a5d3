namespace Firn.Interop.Onnx;

/// <summary>States behind 0, 1, 2 ... pads, row-major.</summary>
internal readonly record struct PadStateRows(float[] Outputs, float[] Cells);
