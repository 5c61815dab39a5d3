using System.Globalization;

namespace Firn.Server.Models;

/// <summary>Looks at a model's folder: which versions it holds, which labels, and whether a version has changed.</summary>
internal static class ModelFolder
{
    /// <summary>The file that makes a folder a bundle.</summary>
    public const string BundleFile = "model.json";

    /// <summary>Optional file beside the versions: <c>{"stable": 1, "canary": 2}</c>.</summary>
    public const string LabelsFile = "labels.json";

    /// <summary>The versions of a model, number to folder. A folder that is itself a bundle is its own version 1.</summary>
    public static SortedDictionary<long, string> Versions(string path)
    {
        var versions = new SortedDictionary<long, string>();
        if (!Directory.Exists(path))
            return versions;
        if (File.Exists(Path.Combine(path, BundleFile)))
        {
            versions[1] = path;
            return versions;
        }
        foreach (string folder in Directory.EnumerateDirectories(path))
        {
            if (long.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out long number))
                versions[number] = folder;
        }
        return versions;
    }

    /// <summary>
    /// The models below a root, name to folder: every folder that is a bundle or holds numbered versions. A root that is
    /// itself one of these is the only model.
    /// </summary>
    public static SortedDictionary<string, string> Models(string root)
    {
        var models = new SortedDictionary<string, string>(StringComparer.Ordinal);
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        if (!Directory.Exists(full))
            return models;
        if (Versions(full).Count > 0)
        {
            models[Path.GetFileName(full)] = full;
            return models;
        }
        foreach (string folder in Directory.EnumerateDirectories(full))
        {
            if (Versions(folder).Count > 0)
                models[Path.GetFileName(folder)] = folder;
        }
        return models;
    }

    /// <summary>
    /// Names, lengths and times of the files of a version: another text means another content. Empty when the folder has gone.
    /// </summary>
    public static string Fingerprint(string version)
    {
        try
        {
            var files = new DirectoryInfo(version).EnumerateFiles()
                .OrderBy(f => f.Name, StringComparer.Ordinal)
                .Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Name}:{f.Length}:{f.LastWriteTimeUtc.Ticks}"));
            return string.Join('|', files);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>The labels that a model's folder sets; empty without the file.</summary>
    /// <exception cref="InvalidDataException">The file is not an object of numbers.</exception>
    public static IReadOnlyDictionary<string, long> Labels(string path)
    {
        var labels = new Dictionary<string, long>(StringComparer.Ordinal);
        string file = Path.Combine(path, LabelsFile);
        try
        {
            if (!File.Exists(file))
                return labels;
            using var json = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (System.Text.Json.JsonProperty label in json.RootElement.EnumerateObject())
                labels[label.Name] = label.Value.GetInt64();
            return labels;
        }
        catch (Exception error) when (error is System.Text.Json.JsonException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"{file}: {error.Message} Expected labels and version numbers such as {{\"stable\": 1}}.", error);
        }
    }
}
