using Firn.Cli.Output;

namespace Firn.Cli.Commands.Vectors;

/// <summary>
/// Queries: those of the command line, or where that says '-' the lines of standard input, answered as they come.
/// </summary>
internal static class QueryLines
{
    public const string StandardInput = "-";

    public static bool AreAsked(IReadOnlyList<string> given) => given is [StandardInput];

    /// <summary>
    /// Answers a line after the other; a line that cannot be answered is told with its number, and the next is
    /// answered.
    /// </summary>
    /// <param name="run">The streams.</param>
    /// <param name="answer">
    /// Answers one line; throws <see cref="UserError"/> or <see cref="ArgumentException"/> where it cannot.
    /// </param>
    /// <returns>Failed when a line was not answered.</returns>
    public static int Answer(Invocation run, Action<string> answer)
    {
        if (run.Terminal.InIsTerminal)
            run.Terminal.Note("firn: a query a line; end with Ctrl-D");
        var reader = new LineReader(run.Terminal.In);
        var lines = new List<string>();
        long number = 0;
        int code = ExitCode.Done;
        while (!run.Stop.IsCancellationRequested && reader.ReadBatch(lines, 1000))
        {
            foreach (string line in lines)
            {
                number++;
                if (string.IsNullOrWhiteSpace(line))
                    continue;
                try
                {
                    answer(line);
                }
                catch (Exception error) when (error is UserError or ArgumentException)
                {
                    string problem = error is ArgumentException argument
                        ? Failures.WithoutParameterName(argument)
                        : error.Message;
                    run.Terminal.Note($"firn: standard input: line {number}: {problem}");
                    code = ExitCode.Failed;
                }
            }
            run.Terminal.Out.Flush();
        }
        return code;
    }

    /// <summary>Words parted by white space.</summary>
    public static string[] Words(string line) => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
