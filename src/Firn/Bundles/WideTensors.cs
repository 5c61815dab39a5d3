using System.Runtime.InteropServices;
using Firn.Linear;
using Firn.Safetensors;

namespace Firn.Bundles;

/// <summary>
/// The linear part as tensors: <c>wide.keys</c> [D,2], the 64-bit keys of the n-grams as two integers, low half first;
/// <c>wide.frequencies</c> [D], their inverse text frequencies; <c>wide.weights</c> [D,K]; <c>wide.intercepts</c> [K].
/// </summary>
internal static class WideTensors
{
    private const string Keys = "wide.keys", Frequencies = "wide.frequencies", Weights = "wide.weights", Intercepts = "wide.intercepts";

    public static Tensor[] Of(NgramClassifier wide)
    {
        int d = wide.Vectorizer.ColumnCount, k = wide.OutputSize;
        return
        [
            Tensor.Of(Keys, MemoryMarshal.Cast<ulong, int>(wide.Vectorizer.Keys).ToArray(), d, 2),
            Tensor.Of(Frequencies, wide.Vectorizer.Weights.ToArray(), d),
            Tensor.Of(Weights, wide.Weights, d, k),
            Tensor.Of(Intercepts, wide.Intercepts, k),
        ];
    }

    /// <summary>Reads the part for a model with <paramref name="k"/> outputs.</summary>
    /// <exception cref="InvalidDataException">A tensor is absent or of another shape.</exception>
    public static NgramClassifier Read(string path, NgramOptions options, int k)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        int[] keys = file.ReadArray<int>(file.Require(Keys, TensorType.Int32, -1, 2));
        int d = keys.Length / 2;
        float[] frequencies = file.ReadArray<float>(file.Require(Frequencies, TensorType.Float32, d));
        float[] weights = file.ReadArray<float>(file.Require(Weights, TensorType.Float32, d, k));
        float[] intercepts = file.ReadArray<float>(file.Require(Intercepts, TensorType.Float32, k));
        var vectorizer = new NgramVectorizer(options, MemoryMarshal.Cast<int, ulong>(keys).ToArray(), frequencies);
        return new NgramClassifier(vectorizer, weights, intercepts);
    }
}
