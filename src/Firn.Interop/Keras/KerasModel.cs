using Firn.Interop.Keras.Conversion;

namespace Firn.Interop.Keras;

/// <summary>
/// Keras models as Firn's own: one call from a model's files to a predictor that can be saved as a bundle, served,
/// evaluated, explained and trained further. Its scores are Keras' own to 1e-5.
/// </summary>
public static class KerasModel
{
    /// <summary>Imports a text classifier of Keras 1 to 3.</summary>
    /// <param name="path">
    /// <c>.h5</c>, <c>.keras</c>, weights with the JSON beside them, or a pickle of a model; told apart by the first
    /// bytes.
    /// </param>
    /// <param name="options">Where tokenizer and labels lie, and what the files do not say.</param>
    /// <exception cref="KerasImportException">
    /// A file is damaged or holds what is not taken, named by its layer; or settings are missing, which
    /// <see cref="KerasImportException.Questions"/> then holds. Nothing in a file is ever run.
    /// </exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static Predictor Import(string path, KerasImportOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        return KerasImport.Open(path, options).Build(options).Predictor;
    }
}
