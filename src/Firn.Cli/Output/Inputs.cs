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

    /// <summary>Refuses a folder that holds no bundle.</summary>
    public static string RequireBundle(string path)
    {
        if (!Directory.Exists(path))
            throw new UserError($"{path}: there is no such folder; give the folder of a bundle, as 'firn train' names it at its end");
        if (!File.Exists(Path.Combine(path, "model.json")))
            throw new UserError($"{path}: this folder holds no model.json, so it is no bundle; give the folder that 'firn train' names at its end");
        return path;
    }
}
