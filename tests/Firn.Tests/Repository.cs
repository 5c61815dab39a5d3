namespace Firn.Tests;

/// <summary>Where the sources are, for tests that read them.</summary>
internal static class Repository
{
    /// <summary>The folder of Firn.slnx; skips the test when the tests run outside the repository.</summary>
    public static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Firn.slnx")))
            folder = folder.Parent;
        Assert.SkipWhen(folder is null, "the tests do not run inside the repository");
        return folder!.FullName;
    }
}
