using System.Globalization;
using System.Security.Cryptography;

namespace Firn.Bundles;

/// <summary>Looks at a model's folder: which versions it holds, and whether a version has changed.</summary>
internal static class BundleFolder
{
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
        if (File.Exists(Path.Combine(path, ModelFile.FileName)))
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
        return $"{file.Name}:{file.LinkTarget}:{content}:"
            + $"{(file.Name == ModelFile.FileName ? Hash(file.FullName) : "")}";
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
}
