using System.Text.Json;
using Firn.Interop.Keras.Architecture;
using Firn.Interop.Keras.Weights;

namespace Firn.Interop.Keras;

/// <summary>Finds the JSON of an architecture beside weights that were saved alone.</summary>
internal static class ArchitectureBeside
{
    private const int MaxFiles = 200;
    private const long MaxBytes = 16 << 20;

    /// <summary>
    /// The one JSON file of the folder that describes a model; of several the one of the same name, else the one whose
    /// layers are those of the weights.
    /// </summary>
    /// <exception cref="InvalidDataException">There is none, or more than one that could be.</exception>
    public static string Find(string path, WeightTree weights)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        IEnumerable<string> files = File.Exists(path) ? Directory.EnumerateFiles(folder, "*.json") : [];
        string[] models = [.. files.Order(StringComparer.Ordinal).Take(MaxFiles).Where(IsModel)];
        if (models.Length > 1)
        {
            string stem = Path.GetFileNameWithoutExtension(path);
            string[] fitting = [.. models.Where(m => Path.GetFileNameWithoutExtension(m) == stem)];
            if (fitting.Length != 1)
                fitting = [.. models.Where(m => Fits(m, weights))];
            models = fitting.Length == 1 ? fitting : models;
        }
        if (models.Length == 1)
            return models[0];
        string found =
            models.Length == 0
                ? "no JSON of an architecture lies beside them"
                : $"{models.Length} architectures lie beside them ("
                    + $"{string.Join(", ", models.Select(Path.GetFileName))})";
        throw new InvalidDataException(
            $"{path}: these are weights alone, and {found}. Give the JSON that model.to_json() wrote."
        );
    }

    private static bool IsModel(string file) => Try(file, root => ModelReader.IsModel(root));

    /// <summary>Whether every layer that has weights is named in the architecture.</summary>
    private static bool Fits(string file, WeightTree weights) =>
        weights.List("layer_names") is { } names
        && Try(file, root => names.All(name => root.GetRawText().Contains($"\"{name}\"", StringComparison.Ordinal)));

    private static bool Try(string file, Func<JsonElement, bool> test)
    {
        try
        {
            if (new FileInfo(file).Length > MaxBytes)
                return false;
            using JsonDocument document = Json.Read(file);
            return test(document.RootElement);
        }
        catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
