using System.CommandLine;
using Firn.Cli.Algebra;
using Firn.Cli.Output;

namespace Firn.Cli.Commands.Vectors;

/// <summary>
/// <c>firn vectors transform FILE OUT</c>: center, remove or keep directions of largest variance, normalize.
/// </summary>
internal static class VectorsTransformCommand
{
    public static Command Create(Invocation run)
    {
        var source = new VectorFileOptions();
        var output = new VectorOutput();
        var center = new Option<bool>("--center") { Description = "Take the mean vector away" };
        var remove = new Option<int>("--remove-components")
        {
            Description =
                "Take the mean and the N directions of largest variance away (all but the top; the dimension over "
                + "100 is a good N)",
            DefaultValueFactory = _ => 0,
            HelpName = "N",
        }.Between(0, 1 << 16);
        var dimension = new Option<int?>("--dimension")
        {
            Description = "Keep the N directions of largest variance alone, as new numbers (PCA)",
            HelpName = "N",
        }.Between(1, 1 << 16);
        var normalize = new Option<bool>("--normalize") { Description = "Bring each vector to length 1, last of all" };
        var command = new Command("transform", "Center, normalize or reduce word vectors");
        source.AddTo(command);
        command.Add(output.Target);
        foreach (var option in new Option[] { center, remove, dimension, normalize })
            command.Add(option);
        output.AddOptionsTo(command);
        command.SetAction(parsed =>
        {
            var transform = new TableTransform(
                parsed.GetValue(center),
                parsed.GetValue(remove),
                parsed.GetValue(dimension),
                parsed.GetValue(normalize)
            );
            if (transform is { Center: false, Remove: 0, Dimension: null, Normalize: false })
                throw new UsageError(
                    "nothing would change; give --center, --remove-components N, --dimension N or --normalize"
                );
            output.Check(parsed, source.InputsOf(parsed));
            using var vectors = source.Load(run.Terminal, parsed);
            if (transform.Remove >= vectors.Dimension || transform.Dimension > vectors.Dimension)
            {
                string option =
                    transform.Remove >= vectors.Dimension
                        ? $"--remove-components {transform.Remove}"
                        : $"--dimension {transform.Dimension}";
                throw new UserError(
                    $"{option}: the vectors have {vectors.Dimension} values, and that is as many directions as there "
                        + $"are"
                );
            }
            using var changed = transform.Apply(vectors);
            return output.Save(run.Terminal, parsed, changed);
        });
        return command;
    }
}
