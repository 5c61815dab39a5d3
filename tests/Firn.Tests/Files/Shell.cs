using System.Diagnostics;

namespace Firn.Tests.Files;

/// <summary>Small programs of Unix that make what .NET cannot: pipes with a name, hard links.</summary>
internal static class Shell
{
    public static bool Exists => OperatingSystem.IsLinux();

    public static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
