using System.CommandLine;
using System.Runtime.CompilerServices;
using Firn.Cli.Output;

namespace Firn.Cli.Commands.Serving;

/// <summary>
/// <c>firn serve MODELS</c>: the model server. Everything of ASP.NET Core stays behind <see cref="ServerRun"/>, so that
/// the other commands load nothing of it.
/// </summary>
internal static class ServeCommand
{
    public static Command Create(Invocation run)
    {
        var models = new Argument<string>("MODELS")
        {
            Description = "Folder of models (NAME/VERSION/ bundles), one model's folder, or a bundle",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var options = new ServeOptions();
        var command = new Command(
            "serve",
            "Serve models over REST (port 8501) and gRPC (port 8500), as TensorFlow Serving does"
        )
        {
            models,
        };
        foreach (Option option in options.All)
            command.Options.Add(option);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(options.NewKey) is { } name)
                return NewKey(run, name, parsed.GetValue(options.KeyRoles)!);
            string folder =
                parsed.GetValue(models)
                ?? throw new UsageError("serve needs the folder of the models, such as: firn serve models/");
            return Serve(run, options, parsed, folder);
        });
        return command;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Serve(Invocation run, ServeOptions options, ParseResult parsed, string folder) =>
        ServerRun.Run(run, options.ToSettings(parsed, folder));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int NewKey(Invocation run, string name, string roles) => ServerRun.NewKey(run, name, roles);
}
