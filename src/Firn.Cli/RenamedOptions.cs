using Firn.Cli.Output;

namespace Firn.Cli;

/// <summary>Options that have a new name: the old one goes on working for one version, and says the new one.</summary>
internal static class RenamedOptions
{
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["--least-seen"] = "--min-seen",
        ["--pull"] = "--anchor",
        ["--unlabelled"] = "--unlabeled",
        ["--unsure-below"] = "--abstain-below",
    };

    /// <summary>The arguments with today's names; what stands behind <c>--</c> is data.</summary>
    public static string[] ToCurrent(string[] args, Terminal terminal)
    {
        var current = (string[])args.Clone();
        for (int i = 0; i < current.Length && current[i] != "--"; i++)
        {
            string arg = current[i],
                name = arg.Split('=', 2)[0];
            if (!Names.TryGetValue(name, out string? now))
                continue;
            current[i] = now + arg[name.Length..];
            terminal.Note($"firn: {name} is called {now} now; the old name goes away with the next version");
        }
        return current;
    }
}
