using Firn.Files;

namespace Firn.Cli.Output;

/// <summary>What can be told of a file that was written.</summary>
internal static class WrittenFiles
{
    /// <summary>Its bytes; null for pipes and devices, which do not tell.</summary>
    public static long? Length(string path) =>
        path == OutputFile.StandardOutput || InputFile.IsPipe(path) ? null : new FileInfo(path).Length;

    /// <summary>Its size for the end of a line: <c>, 12.3 MB</c>; empty where it is not known.</summary>
    public static string Size(string path) => Length(path) is { } bytes ? $", {Sizes.Bytes(bytes)}" : "";
}
