using System.CommandLine;
using Firn.Cli.Commands.Serving;
using Firn.Cli.Commands.Vectors;

namespace Firn.Cli.Commands;

/// <summary>Every command, in the order in which help lists them: the order of a first acquaintance.</summary>
internal static class CommandList
{
    public static IEnumerable<Command> All(Invocation invocation) =>
    [
        QuickstartCommand.Create(invocation),
        PeekCommand.Create(invocation),
        TrainCommand.Create(invocation),
        EvaluateCommand.Create(invocation),
        PredictCommand.Create(invocation),
        InspectCommand.Create(invocation),
        AuditCommand.Create(invocation),
        TuneCommand.Create(invocation),
        DriftCommand.Create(invocation),
        StudyCommand.Create(invocation),
        ServeCommand.Create(invocation),
        WireCommand.Create(invocation),
        VectorsCommand.Create(invocation),
    ];
}
