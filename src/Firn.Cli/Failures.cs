using System.CommandLine;
using Firn.Cli.Commands;
using Firn.Cli.Output;
using Firn.Text;

namespace Firn.Cli;

/// <summary>Which failures are the user's to mend, and the one line that each becomes.</summary>
internal static class Failures
{
    /// <summary>The line, with settings named as the command's options, or null where FIRN_TRACE asks for the whole stack of an exception instead.</summary>
    public static string? Describe(Exception error, Command? command)
    {
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable("FIRN_TRACE")))
            return null;
        while (error is AggregateException && error.InnerException is { } inner)
            error = inner;
        return error switch
        {
            CorpusException corpus => corpus.Describe(CorpusArguments.OptionNames),
            UserError => OneLine(error.Message),
            InvalidDataException => OptionWords.Of(OneLine(error.Message), null, command),
            FileNotFoundException { FileName: { Length: > 0 } path } => $"{path}: there is no such file; check the path",
            DirectoryNotFoundException or FileNotFoundException or UnauthorizedAccessException or IOException => OneLine(error.Message),
            ArgumentException argument => OptionWords.Of(OneLine(WithoutParameterName(argument)), argument.ParamName, command),
            OutOfMemoryException => "the memory does not suffice; use fewer texts, a smaller table of vectors or a smaller model",
            _ when error.GetType().Assembly == typeof(Firn.Text.RaggedIds).Assembly => OptionWords.Of(OneLine(error.Message), null, command),
            _ => $"internal error ({error.GetType().Name}: {OneLine(error.Message)}); set FIRN_TRACE=1 to see where, and please report it",
        };
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim();

    // The name of a C# parameter tells a user of the tool nothing.
    private static string WithoutParameterName(ArgumentException error)
    {
        string message = error.Message;
        int tail = message.IndexOf(" (Parameter '", StringComparison.Ordinal);
        return tail < 0 ? message : message[..tail];
    }
}
