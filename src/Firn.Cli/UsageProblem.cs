using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Firn.Cli.Output;

namespace Firn.Cli;

/// <summary>Words what is wrong with a command line: what was typed, what was probably meant, where help is.</summary>
internal static partial class UsageProblem
{
    /// <summary>The line to show, or null where the command line is right.</summary>
    public static string? In(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        string help = $"see '{NameOf(parsed.CommandResult)} --help'";
        if (UnknownOption(parsed) is { } option)
        {
            var known = command.Options.Where(o => !o.Hidden).SelectMany(o => o.Aliases.Append(o.Name));
            return $"unknown option '{option}'; {Guess(option.Split('=')[0], known)}{help}";
        }
        if (parsed.Errors.Count == 0)
            return null;
        if (parsed.UnmatchedTokens.Count > 0)
        {
            string word = parsed.UnmatchedTokens[0];
            bool expectsCommand = command.Subcommands.Count > 0;
            return $"unknown {(expectsCommand ? "command" : "argument")} '{word}'; "
                + $"{Guess(word, command.Subcommands.Select(c => c.Name))}{help}";
        }
        if (command.Subcommands.Count > 0 && command.Action is null)
            return $"'{NameOf(parsed.CommandResult)}' needs a command: "
                + $"{string.Join(", ", command.Subcommands.Select(c => c.Name))}; {help}";
        return $"{Reason(parsed.Errors[0])}; {help}";
    }

    // The parser takes an unknown --option for an argument where one is expected, and would complain of something else.
    private static string? UnknownOption(ParseResult parsed)
    {
        foreach (var token in parsed.Tokens)
        {
            if (token.Type == TokenType.DoubleDash)
                return null;
            if (token.Type == TokenType.Argument && OptionLike().IsMatch(token.Value))
                return token.Value;
        }
        return null;
    }

    private static string Reason(ParseError error)
    {
        if (
            error.SymbolResult is OptionResult { Option: var option } result
            && error.Message.StartsWith("Cannot parse", StringComparison.Ordinal)
        )
        {
            var type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
            string expected =
                type == typeof(int) || type == typeof(long) ? "a whole number"
                : type == typeof(double) ? "a number"
                : "another value";
            return $"{option.Name} needs {expected}, not '{result.Tokens[0].Value}'";
        }
        return error.Message.TrimEnd('.').ReplaceLineEndings(" ");
    }

    private static string Guess(string word, IEnumerable<string> known) =>
        Suggestions.Nearest(word, known) is { } near ? $"did you mean '{near}'? " : "";

    /// <summary>The command as it is typed: <c>firn vectors info</c>.</summary>
    public static string NameOf(SymbolResult result) =>
        result switch
        {
            CommandResult { Parent: { } parent } command => $"{NameOf(parent)} {command.Command.Name}",
            _ => "firn",
        };

    [GeneratedRegex("^--[A-Za-z][A-Za-z0-9-]*(=.*)?$", RegexOptions.Singleline)]
    private static partial Regex OptionLike();
}
