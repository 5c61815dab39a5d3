namespace Firn.Cli.Output;

/// <summary>Tries the folders that a command will write to, before its work begins and not after.</summary>
internal static class Targets
{
    /// <summary>Refuses a folder that cannot be made or written to. Nothing is left behind.</summary>
    /// <param name="folder">The folder, which need not exist.</param>
    /// <param name="option">The option that names it, as it is typed.</param>
    public static void TryFolder(string folder, string option)
    {
        string full = Path.GetFullPath(folder);
        string? at = full;
        while (at is not null && !Directory.Exists(at))
        {
            if (File.Exists(at))
                throw new UserError(
                    $"{option} {folder}: {at} is a file where a folder is needed; choose another place"
                );
            at = Path.GetDirectoryName(at);
        }
        string probe = Path.Combine(at ?? full, $".firn-{Guid.NewGuid():n}");
        try
        {
            using var file = new FileStream(
                probe,
                FileMode.CreateNew,
                FileAccess.Write,
                FileShare.None,
                1,
                FileOptions.DeleteOnClose
            );
            file.Write(new byte[4096]);
            file.Flush(flushToDisk: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserError(
                $"{option} {folder}: nothing can be written there ({Reason(error, probe)}); choose another place, or "
                    + $"change its permissions"
            );
        }
    }

    private static string Reason(Exception error, string path) =>
        error
            .Message.Replace($" : '{path}'", "", StringComparison.Ordinal)
            .Replace($" '{path}'", "", StringComparison.Ordinal)
            .TrimEnd('.');
}
