namespace Firn.Tests;

/// <summary>
/// Where tests find the real data sets: the folder that <c>FIRN_DATA</c> names, or <c>shared/data</c> beside the
/// checkout. A stranger's clone has neither, and the tests that need them skip and say so.
/// </summary>
internal static class Data
{
    private static readonly string? Folder = Find();

    /// <summary>The path of a data file; skips the test where the data is absent.</summary>
    public static string Path(string relative)
    {
        Assert.SkipWhen(Folder is null, $"real data is absent (set FIRN_DATA to the folder that holds {relative})");
        return System.IO.Path.Combine(Folder!, relative);
    }

    /// <summary>
    /// The path of a data file or folder; null where the data is absent, for a test that can do without.
    /// </summary>
    public static string? Optional(string relative) => Folder is null ? null : System.IO.Path.Combine(Folder, relative);

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("FIRN_DATA") is { Length: > 0 } named)
            return Directory.Exists(named) ? named : null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = System.IO.Path.Combine(folder.FullName, "shared", "data");
            if (Directory.Exists(candidate))
                return candidate;
        }
        return null;
    }
}
