using System.CommandLine;

namespace Firn.Cli.Commands.Vectors;

/// <summary><c>firn vectors</c>: everything about tables of word vectors.</summary>
internal static class VectorsCommand
{
    public static Command Create(Invocation run) => new("vectors", "Train, inspect, query, evaluate and convert word vectors")
    {
        VectorsTrainCommand.Create(run),
        VectorsInfoCommand.Create(run),
        VectorsNeighborsCommand.Create(run),
        VectorsSimilarityCommand.Create(run),
        VectorsAnalogyCommand.Create(run),
        VectorsEvaluateCommand.Create(run),
        VectorsConvertCommand.Create(run),
        VectorsPrintCommand.Create(run),
        VectorsTransformCommand.Create(run),
        VectorsAlignCommand.Create(run),
        VectorsCombineCommand.Create(run),
        VectorsMapCommand.Create(run),
    };
}
