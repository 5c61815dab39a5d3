using System.CommandLine;
using Firn.Cli.Commands.Importing;
using Firn.Cli.Commands.Serving;
using Firn.Cli.Commands.Vectors;

namespace Firn.Cli.Commands;

/// <summary>Every command, in the order in which help lists them: the order of a first acquaintance.</summary>
internal static class CommandList
{
    private static readonly string[] Names =
    [
        "quickstart",
        "peek",
        "train",
        "import",
        "evaluate",
        "predict",
        "inspect",
        "export",
        "audit",
        "suggest",
        "tune",
        "drift",
        "study",
        "serve",
        "wire",
        "vectors",
    ];

    /// <summary>
    /// The command that the arguments name, alone: its siblings' options would take longer to make than a query of word
    /// vectors takes to answer. All of them where the arguments name none, for help and for suggestions.
    /// </summary>
    public static IEnumerable<Command> For(IReadOnlyList<string> arguments, Invocation invocation)
    {
        string? first = arguments.Count > 0 ? arguments[0] : null,
            second = arguments.Count > 1 ? arguments[1] : null;
        return Array.IndexOf(Names, first) >= 0
            ? [Create(first!, second, invocation)]
            : Names.Select(name => Create(name, null, invocation));
    }

    private static Command Create(string name, string? second, Invocation invocation) =>
        name switch
        {
            "quickstart" => QuickstartCommand.Create(invocation),
            "peek" => PeekCommand.Create(invocation),
            "train" => TrainCommand.Create(invocation),
            "import" => ImportCommand.Create(invocation, second is not null),
            "evaluate" => EvaluateCommand.Create(invocation),
            "predict" => PredictCommand.Create(invocation),
            "inspect" => InspectCommand.Create(invocation),
            "export" => ExportCommand.Create(invocation),
            "audit" => AuditCommand.Create(invocation),
            "suggest" => SuggestCommand.Create(invocation),
            "tune" => TuneCommand.Create(invocation),
            "drift" => DriftCommand.Create(invocation),
            "study" => StudyCommand.Create(invocation),
            "serve" => ServeCommand.Create(invocation),
            "wire" => WireCommand.Create(invocation),
            "vectors" => VectorsCommand.Create(invocation, second),
            _ => throw new ArgumentException($"There is no command '{name}'.", nameof(name)),
        };
}
