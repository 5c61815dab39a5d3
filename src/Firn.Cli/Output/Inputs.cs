using Firn.Files;

namespace Firn.Cli.Output;

/// <summary>Checks of paths before work begins, in the words that the user typed.</summary>
internal static class Inputs
{
    /// <summary>Refuses a path that is no file.</summary>
    public static string RequireFile(string path)
    {
        if (Directory.Exists(path))
            throw new UserError($"{path}: this is a folder; give a file");
        if (!InputFile.Exists(path))
            throw new UserError($"{path}: there is no such file; check the path");
        return path;
    }

    /// <summary>Refuses a path that is neither a file nor a folder.</summary>
    public static string RequireData(string path)
    {
        if (!InputFile.Exists(path) && !Directory.Exists(path))
            throw new UserError($"{path}: there is no such file or folder; check the path");
        return path;
    }

    /// <summary>Refuses a file where the bundle is expected and a bundle behind it: their order was swapped.</summary>
    /// <param name="bundle">What stands in the bundle's place.</param>
    /// <param name="others">What stands behind.</param>
    /// <param name="command">The command, for the line that would be right.</param>
    public static void RefuseSwapped(string bundle, IReadOnlyList<string> others, string command)
    {
        if (!IsBundle(bundle) && others.FirstOrDefault(IsBundle) is { } meant)
            throw new UsageError(
                $"the bundle comes first: {Tool.CalledAs} {command} {Shell.Quoted(meant)} {Shell.Quoted(bundle)}"
            );
    }

    private static bool IsBundle(string path) => File.Exists(Path.Combine(path, "model.json"));

    /// <summary>Refuses a folder that holds no bundle.</summary>
    public static string RequireBundle(string path)
    {
        if (!Directory.Exists(path))
            throw new UserError(
                $"{path}: there is no such folder; give the folder of a bundle, as 'firn train' names it at its end"
            );
        if (!File.Exists(Path.Combine(path, "model.json")))
            throw new UserError(
                $"{path}: this folder holds no model.json, so it is no bundle; give the folder that 'firn train' "
                    + $"names at its end"
            );
        return path;
    }
}
