using Firn.Interop.Onnx;
using Firn.Model;

namespace Firn.Benchmarks;

/// <summary>
/// A classifier for ONNX Runtime in the form that it computes fastest: texts of one length, [T,B], nothing masked.
/// </summary>
internal static class OnnxModel
{
    public static byte[] Write(TextClassifier model)
    {
        using var bytes = new MemoryStream();
        OnnxExport.WriteUniform(model, bytes);
        return bytes.ToArray();
    }
}
