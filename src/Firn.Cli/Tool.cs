using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json.Nodes;
using Firn.Cli.Commands;
using Firn.Cli.Output;

namespace Firn.Cli;

/// <summary>The <c>firn</c> tool as a function: arguments and streams in, exit code out.</summary>
internal static class Tool
{
    /// <summary>Parses, runs, and turns every failure into one line and an exit code.</summary>
    public static int Run(string[] args, Terminal terminal, CancellationToken stop = default)
    {
        bool json = args.Contains("--json");
        try
        {
            var root = Commands(terminal, stop);
            if (args.Length == 0)
                args = ["--help"];
            var parsed = root.Parse(args, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
            if (parsed.Errors.Count > 0 && !AsksForHelp(parsed))
                return Fail(terminal, json, ExitCode.Usage, UsageProblem(parsed));
            return parsed.Invoke(new InvocationConfiguration
            {
                Output = terminal.Out,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
        }
        catch (UsageError error)
        {
            return Fail(terminal, json, ExitCode.Usage, error.Message);
        }
        catch (OperationCanceledException)
        {
            return Fail(terminal, json, ExitCode.Failed, "stopped before there was anything to keep");
        }
        catch (Exception error) when (Failures.Describe(error) is { } line)
        {
            return Fail(terminal, json, ExitCode.Failed, line);
        }
        finally
        {
            terminal.Out.Flush();
            terminal.Error.Flush();
        }
    }

    private static RootCommand Commands(Terminal terminal, CancellationToken stop)
    {
        var root = new RootCommand("Trains, studies and serves text classifiers on pretrained word vectors.");
        foreach (var command in CommandList.All(new Invocation(terminal, stop)))
            root.Subcommands.Add(command);
        return root;
    }

    private static bool AsksForHelp(ParseResult parsed) => parsed.Action is System.CommandLine.Help.HelpAction;

    private static int Fail(Terminal terminal, bool json, int code, string message)
    {
        terminal.Error.WriteLine($"firn: {message}");
        if (json)
            Json.Write(terminal, new JsonObject { ["error"] = message, ["exitCode"] = code });
        return code;
    }

    private static string UsageProblem(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        string name = PathOf(parsed.CommandResult);
        string help = $"see '{name} --help'";
        if (parsed.UnmatchedTokens.Count > 0)
        {
            string word = parsed.UnmatchedTokens[0];
            bool option = word.StartsWith('-');
            var known = option
                ? command.Options.SelectMany(o => o.Aliases.Append(o.Name))
                : command.Subcommands.Select(c => c.Name);
            string kind = option ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
            string guess = Suggestions.Nearest(word, known) is { } near ? $"did you mean '{near}'? " : "";
            return $"unknown {kind} '{word}'; {guess}{help}";
        }
        if (command.Subcommands.Count > 0 && command.Action is null)
            return $"'{name}' needs a command: {string.Join(", ", command.Subcommands.Select(c => c.Name))}; {help}";
        string message = parsed.Errors[0].Message.TrimEnd('.').ReplaceLineEndings(" ");
        return $"{message}; {help}";
    }

    private static string PathOf(SymbolResult result) => result switch
    {
        CommandResult { Command: RootCommand } => "firn",
        CommandResult { Parent: { } parent } command => $"{PathOf(parent)} {command.Command.Name}",
        _ => "firn",
    };
}
