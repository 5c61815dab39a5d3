using Firn.Bundles;

namespace Firn.Server.Models;

/// <summary>Looks at the folders of models: which there are, and which labels they set.</summary>
internal static class ModelFolder
{
    /// <summary>Optional file beside the versions: <c>{"stable": 1, "canary": 2}</c>.</summary>
    public const string LabelsFile = "labels.json";

    /// <summary>What a file system's own check leaves on a fresh volume, readable by nobody else.</summary>
    private const string LostAndFound = "lost+found";

    private const int LongestLabels = 1 << 20;
    private const string LabelsExpected = "Expected labels and version numbers such as {\"stable\": 1}.";

    /// <summary>
    /// The models below a root: every folder that is a bundle or holds numbered versions. A root that is itself one of
    /// these is the only model. Names that begin with a dot, and <c>lost+found</c>, are no models.
    /// </summary>
    /// <exception cref="IOException">The root cannot be read; what lies below it is then unknown, not gone.</exception>
    /// <exception cref="UnauthorizedAccessException">The root may not be read.</exception>
    public static FoundModels Models(string root)
    {
        var found = new FoundModels();
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        if (!Directory.Exists(full))
            throw new DirectoryNotFoundException($"{full}: there is no such folder, or it cannot be read");
        if (BundleFolder.Versions(full).Count > 0)
        {
            found.Models[Path.GetFileName(full)] = full;
            return found;
        }
        foreach (string folder in Directory.EnumerateDirectories(full))
        {
            string name = Path.GetFileName(folder);
            if (name[0] == '.' || name == LostAndFound)
                continue;
            try
            {
                if (BundleFolder.Versions(folder).Count > 0)
                    found.Models[name] = folder;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                found.Unreadable[name] = error.Message;
            }
        }
        return found;
    }

    /// <summary>The labels that a model's folder sets; empty without the file.</summary>
    /// <exception cref="InvalidDataException">The file is not an object of numbers.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static IReadOnlyDictionary<string, long> Labels(string path)
    {
        var labels = new Dictionary<string, long>(StringComparer.Ordinal);
        string file = Path.Combine(path, LabelsFile);
        if (!File.Exists(file))
            return labels;
        if (new FileInfo(file).Length > LongestLabels)
            throw new InvalidDataException($"{file}: is longer than {LongestLabels} bytes. {LabelsExpected}");
        try
        {
            using var json = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (System.Text.Json.JsonProperty label in json.RootElement.EnumerateObject())
                labels[label.Name] = label.Value.GetInt64();
            return labels;
        }
        catch (Exception error)
            when (error is System.Text.Json.JsonException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"{file}: {error.Message} {LabelsExpected}", error);
        }
    }
}
