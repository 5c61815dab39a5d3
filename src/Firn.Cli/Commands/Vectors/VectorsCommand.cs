using System.CommandLine;

namespace Firn.Cli.Commands.Vectors;

/// <summary><c>firn vectors</c>: everything about tables of word vectors.</summary>
internal static class VectorsCommand
{
    private static readonly string[] Names =
    [
        "train",
        "info",
        "neighbors",
        "similarity",
        "analogy",
        "evaluate",
        "convert",
        "print",
        "transform",
        "align",
        "combine",
        "map",
    ];

    /// <param name="run">The streams.</param>
    /// <param name="asked">Where it names a command below this one, that one alone is made.</param>
    public static Command Create(Invocation run, string? asked = null)
    {
        var command = new Command("vectors", "Train, inspect, query, evaluate and convert word vectors");
        foreach (string name in Array.IndexOf(Names, asked) >= 0 ? [asked!] : Names)
            command.Add(Create(name, run));
        return command;
    }

    private static Command Create(string name, Invocation run) =>
        name switch
        {
            "train" => VectorsTrainCommand.Create(run),
            "info" => VectorsInfoCommand.Create(run),
            "neighbors" => VectorsNeighborsCommand.Create(run),
            "similarity" => VectorsSimilarityCommand.Create(run),
            "analogy" => VectorsAnalogyCommand.Create(run),
            "evaluate" => VectorsEvaluateCommand.Create(run),
            "convert" => VectorsConvertCommand.Create(run),
            "print" => VectorsPrintCommand.Create(run),
            "transform" => VectorsTransformCommand.Create(run),
            "align" => VectorsAlignCommand.Create(run),
            "combine" => VectorsCombineCommand.Create(run),
            "map" => VectorsMapCommand.Create(run),
            _ => throw new ArgumentException($"There is no command '{name}'.", nameof(name)),
        };
}
