using System.Globalization;
using System.Security.Cryptography;

namespace Firn.Server.Models;

/// <summary>
/// Looks at a model's folder: which versions it holds, which labels, and whether a version has changed.
/// </summary>
internal static class ModelFolder
{
    /// <summary>The file that makes a folder a bundle.</summary>
    public const string BundleFile = "model.json";

    /// <summary>Optional file beside the versions: <c>{"stable": 1, "canary": 2}</c>.</summary>
    public const string LabelsFile = "labels.json";

    /// <summary>What a file system's own check leaves on a fresh volume, readable by nobody else.</summary>
    private const string LostAndFound = "lost+found";

    private const int LongestLabels = 1 << 20;
    private const string LabelsExpected = "Expected labels and version numbers such as {\"stable\": 1}.";

    /// <summary>
    /// The versions of a model, number to folder. A folder that is itself a bundle is its own version 1.
    /// </summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
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
            if (
                long.TryParse(
                    Path.GetFileName(folder),
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out long number
                )
            )
                versions[number] = folder;
        }
        return versions;
    }

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
        if (Versions(full).Count > 0)
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
                if (Versions(folder).Count > 0)
                    found.Models[name] = folder;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                found.Unreadable[name] = error.Message;
            }
        }
        return found;
    }

    /// <summary>
    /// Tells one content of a version's folder from another: names, targets of links, lengths and times of the files
    /// they lead to, and the hash of the bundle's own file, which names the hashes of all others. Empty when the folder
    /// has gone.
    /// </summary>
    public static string Fingerprint(string version)
    {
        try
        {
            return "files:"
                + string.Join(
                    '|',
                    new DirectoryInfo(version)
                        .EnumerateFiles()
                        .OrderBy(f => f.Name, StringComparer.Ordinal)
                        .Select(Print)
                );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Directory.Exists(version) ? error.Message : "";
        }
    }

    private static string Print(FileInfo file)
    {
        // A link's own length and time stay what they are when a link on the way to its target is moved, as Kubernetes
        // does.
        FileSystemInfo? target = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true);
        string content = target is FileInfo { Exists: true } real
            ? string.Create(CultureInfo.InvariantCulture, $"{real.Length}:{real.LastWriteTimeUtc.Ticks}")
            : "missing";
        return $"{file.Name}:{file.LinkTarget}:{content}:{(file.Name == BundleFile ? Hash(file.FullName) : "")}";
    }

    private static string Hash(string file)
    {
        try
        {
            using FileStream stream = File.OpenRead(file);
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error.GetType().Name;
        }
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
