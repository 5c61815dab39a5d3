using Firn.Cli;
using Firn.Cli.Output;

namespace Firn.Tests.Cli;

/// <summary>Runs the tool in this process and keeps what it wrote.</summary>
internal sealed record CapturedRun(int ExitCode, string Out, string Error)
{
    public static CapturedRun Of(params string[] args) => With("", args);

    public static CapturedRun With(string input, params string[] args)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var terminal = new Terminal
        {
            In = new StringReader(input),
            Out = output,
            Error = error,
        };
        int code = Tool.Run(args, terminal, TestContext.Current.CancellationToken);
        return new CapturedRun(code, output.ToString(), error.ToString());
    }

    /// <summary>The lines of standard error, without the empty one at the end.</summary>
    public string[] ErrorLines => Error.TrimEnd('\n').Split('\n');
}
