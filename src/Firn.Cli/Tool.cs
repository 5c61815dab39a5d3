using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Text.Json.Nodes;
using Firn.Cli.Commands;
using Firn.Cli.Output;
using Firn.Formats;

namespace Firn.Cli;

/// <summary>The <c>firn</c> tool as a function: arguments and streams in, exit code out.</summary>
internal static class Tool
{
    /// <summary>
    /// How the user called the tool, so that the commands it suggests can be copied; the launcher script tells.
    /// </summary>
    public static string CalledAs { get; } =
        Environment.GetEnvironmentVariable("FIRN_CALLED_AS") is { Length: > 0 } name ? name : "firn";

    /// <summary>Parses, runs, and turns every failure into one line and an exit code.</summary>
    public static int Run(string[] args, Terminal terminal, CancellationToken stop = default)
    {
        int code = RunCommand(args, terminal, stop);
        try
        {
            terminal.Out.Flush();
        }
        catch (OutputClosedException) { }
        catch (Exception error) when (error is UserError or IOException)
        {
            terminal.Note($"firn: {error.Message}");
            code = ExitCode.Failed;
        }
        terminal.Error.Flush();
        return code;
    }

    private static int RunCommand(string[] args, Terminal terminal, CancellationToken stop)
    {
        bool json = args.Contains("--json");
        DataFormats.Add();
        string help = "";
        Command? command = null;
        try
        {
            args = RenamedOptions.ToCurrent(args, terminal);
            var root = Commands(args, terminal, stop);
            if (args.Length == 0)
                args = ["--help"];
            var parsed = root.Parse(
                args,
                new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null }
            );
            if (!AsksForHelp(parsed) && UsageProblem.In(parsed) is { } problem)
                return Fail(terminal, json, ExitCode.Usage, problem);
            command = parsed.CommandResult.Command;
            help = $"; see '{UsageProblem.NameOf(parsed.CommandResult)} --help'";
            return parsed.Invoke(
                new InvocationConfiguration
                {
                    Output = terminal.Out,
                    Error = terminal.Error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                }
            );
        }
        catch (UsageError error)
        {
            return Fail(terminal, json, ExitCode.Usage, error.Message.TrimEnd('.') + help);
        }
        catch (Exception error) when (Failures.IsClosedOutput(error))
        {
            return ExitCode.Done;
        }
        catch (OperationCanceledException)
        {
            return Fail(terminal, json, ExitCode.Failed, "stopped before there was anything to keep");
        }
        catch (Exception error) when (Failures.Describe(error, command) is { } line)
        {
            return Fail(terminal, json, ExitCode.Failed, line);
        }
    }

    // Not a RootCommand: that one takes its name from the file that runs, which is dotnet's or the tests'.
    private static Command Commands(string[] args, Terminal terminal, CancellationToken stop)
    {
        var root = new Command("firn", "Trains, studies and serves text classifiers on pretrained word vectors.")
        {
            new HelpOption(),
            Version(terminal),
        };
        foreach (var command in CommandList.For(args, new Invocation(terminal, stop)))
            root.Subcommands.Add(command);
        return root;
    }

    private static Option<bool> Version(Terminal terminal)
    {
        var version = new Option<bool>("--version") { Description = "Show the version" };
        version.Action = new VersionAction(terminal);
        return version;
    }

    private sealed class VersionAction(Terminal terminal) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            terminal.Out.WriteLine($"firn {Bundle.FirnVersion}");
            return ExitCode.Done;
        }
    }

    private static bool AsksForHelp(ParseResult parsed) => parsed.Action is HelpAction or VersionAction;

    private static int Fail(Terminal terminal, bool json, int code, string message)
    {
        terminal.Error.WriteLine($"firn: {message}");
        if (json)
            Json.Write(terminal, new JsonObject { ["error"] = message, ["exitCode"] = code });
        return code;
    }
}
