using System.CommandLine;
using Firn.Cli.Commands;
using Firn.Cli.Output;
using Firn.Data;
using Firn.Interop.Export;
using Firn.Interop.Keras;

namespace Firn.Cli;

/// <summary>Which failures are the user's to mend, and the one line that each becomes.</summary>
internal static class Failures
{
    // ENOSPC, and ERROR_DISK_FULL.
    private const int NoSpace = 28,
        WindowsNoSpace = unchecked((int)0x80070070);

    /// <summary>
    /// The line, with settings named as the command's options, or null where FIRN_TRACE asks for the whole stack of an
    /// exception instead.
    /// </summary>
    public static string? Describe(Exception error, Command? command)
    {
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable("FIRN_TRACE")))
            return null;
        error = Innermost(error);
        return error switch
        {
            CorpusException corpus => corpus.Describe(CorpusArguments.OptionNames),
            UserError => OneLine(error.Message),
            KerasImportException => OneLine(error.Message),
            InvalidDataException => OptionWords.Of(OneLine(error.Message), null, command),
            FileNotFoundException { FileName: { Length: > 0 } path } =>
                $"{path}: there is no such file; check the path",
            UnauthorizedAccessException =>
                $"{OneLine(error.Message).TrimEnd('.')}; change its permissions or choose another place",
            IOException when error.HResult is NoSpace or WindowsNoSpace =>
                $"{OneLine(error.Message).TrimEnd('.')}; make room or choose another place",
            ExportException => OptionWords.Of(OneLine(error.Message), null, command),
            IOException => OptionWords.Of(OneLine(error.Message), null, command),
            ArgumentException argument => OptionWords.Of(
                OneLine(WithoutParameterName(argument)),
                argument.ParamName,
                command
            ),
            NotFiniteNumberException => OneLine(error.Message),
            OutOfMemoryException =>
                "the memory does not suffice; use fewer texts, a smaller table of vectors or a smaller model",
            _ when error.GetType().Assembly == typeof(Firn.Text.RaggedIds).Assembly => OptionWords.Of(
                OneLine(error.Message),
                null,
                command
            ),
            _ => $"internal error ({error.GetType().Name}: {OneLine(error.Message)}); set FIRN_TRACE=1 to see where, "
                + $"and please report it",
        };
    }

    /// <summary>Whether the reader of standard output has left, which ends a command quietly.</summary>
    public static bool IsClosedOutput(Exception error) => Innermost(error) is OutputClosedException;

    private static Exception Innermost(Exception error)
    {
        while (error is AggregateException && error.InnerException is { } inner)
            error = inner;
        return error;
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim();

    /// <summary>The message alone: the name of a C# parameter tells a user of the tool nothing.</summary>
    public static string WithoutParameterName(ArgumentException error)
    {
        string message = error.Message;
        int tail = message.IndexOf(" (Parameter '", StringComparison.Ordinal);
        return tail < 0 ? message : message[..tail];
    }
}
