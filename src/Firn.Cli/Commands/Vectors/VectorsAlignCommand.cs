using System.CommandLine;
using Firn.Cli.Algebra;
using Firn.Cli.Output;

namespace Firn.Cli.Commands.Vectors;

/// <summary>
/// <c>firn vectors align FILE REFERENCE OUT</c>: rotates a table so that its words lie where another's do.
/// </summary>
internal static class VectorsAlignCommand
{
    public static Command Create(Invocation run)
    {
        var source = new VectorFileOptions();
        var reference = new Argument<string>("REFERENCE")
        {
            Description = "The vectors to come near to, of the same dimension",
        };
        var output = new VectorOutput();
        var dictionary = new Option<string?>("--dictionary")
        {
            Description =
                "Fit on these pairs, one a line: a word of FILE and a word of REFERENCE (default: the words that "
                + "both have)",
            HelpName = "PAIRS",
        };
        var first = new Option<int?>("--first")
        {
            Description = "Fit on the first N common words of FILE alone, which usually are the most frequent",
            HelpName = "N",
        }.Between(1, int.MaxValue);
        var command = new Command("align", "Rotate word vectors onto those of another table (orthogonal Procrustes)");
        command.Add(source.File);
        command.Add(reference);
        command.Add(output.Target);
        command.Add(dictionary);
        command.Add(first);
        source.AddOptionsTo(command);
        output.AddOptionsTo(command);
        command.SetAction(parsed =>
        {
            output.Check(
                parsed,
                [
                    .. source.InputsOf(parsed),
                    parsed.GetRequiredValue(reference),
                    .. new[] { parsed.GetValue(dictionary) }.OfType<string>(),
                ]
            );
            using var vectors = source.Load(run.Terminal, parsed);
            using var goal = source.LoadFrom(parsed.GetRequiredValue(reference), run.Terminal, parsed);
            if (vectors.Dimension != goal.Dimension)
            {
                throw new UserError(
                    $"{parsed.GetRequiredValue(source.File)} has {vectors.Dimension} values a vector and "
                        + $"{parsed.GetRequiredValue(reference)} {goal.Dimension}; "
                        + "bring them to the same number with 'firn vectors transform --dimension'"
                );
            }
            var pairs = (
                parsed.GetValue(dictionary) is { } path
                    ? Pairs(path)
                    : vectors.Words.Where(word => goal.TryGetRow(word, out _)).Select(word => (word, word))
            ).Take(parsed.GetValue(first) ?? int.MaxValue);
            var alignment = TableAlignment.Fit(vectors, goal, pairs);
            if (alignment.Pairs < vectors.Dimension)
            {
                string few =
                    $"{Plural.Of(alignment.Pairs, "pair of words has", "pairs of words have")} a vector in both files";
                if (alignment.Pairs == 0)
                    throw new UserError(
                        $"{few}, so nothing tells how to rotate; check the files, or give --dictionary"
                    );
                run.Terminal.Note(
                    $"firn: {few}, fewer than the {vectors.Dimension} values of a vector: many rotations fit them"
                );
            }
            using var rotated = alignment.Apply(vectors);
            return output.Save(
                run.Terminal,
                parsed,
                rotated,
                ("pairs", alignment.Pairs),
                ("meanCosineBefore", alignment.Before),
                ("meanCosineAfter", alignment.After)
            );
        });
        return command;
    }

    private static IEnumerable<(string, string)> Pairs(string path)
    {
        int number = 0;
        foreach (string line in File.ReadLines(Inputs.RequireFile(path)))
        {
            number++;
            string[] words = line.Split('\t') is { Length: 2 } parts ? parts : QueryLines.Words(line);
            if (words.Length == 2)
                yield return (words[0], words[1]);
            else if (words.Length > 0)
                throw new UserError(
                    $"{path}: line {number}: two words are expected, parted by a space or a tab, and there are "
                        + $"{words.Length}"
                );
        }
    }
}
