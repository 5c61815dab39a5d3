using System.Reflection;

namespace Firn;

/// <summary>
/// A model on disk: a folder with <c>model.json</c>, the vocabulary, weights and vectors in safetensors, and texts with
/// the scores they must give. See docs/bundle.md.
/// </summary>
public static class Bundle
{
    /// <summary>The version of Firn that bundles saved now bear.</summary>
    public static string FirnVersion { get; } =
        typeof(Bundle)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0]
        ?? "unknown";

    /// <summary>
    /// Saves. A crash at any moment leaves the bundle that was there, or the new one, whole; readers see one or the
    /// other.
    /// </summary>
    /// <param name="folder">A folder that does not exist, is empty, or holds a bundle, which is replaced.</param>
    /// <param name="predictor">The model.</param>
    /// <exception cref="IOException">
    /// The folder holds something else, is being saved to by another process, or cannot be written.
    /// </exception>
    public static void Save(string folder, Predictor predictor)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(predictor);
        BundleWriter.Save(folder, predictor);
    }

    /// <summary>
    /// Loads. Each file's length and SHA-256 are checked, and the model must give the stored scores to the stored
    /// texts. The table of vectors is mapped, not read: its pages are shared by all processes that use the bundle.
    /// </summary>
    /// <exception cref="FileNotFoundException">There is no bundle at this place.</exception>
    /// <exception cref="InvalidDataException">
    /// A file was cut or changed, or is of another version; the message names it.
    /// </exception>
    public static Predictor Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return BundleReader.Load(folder);
    }
}
