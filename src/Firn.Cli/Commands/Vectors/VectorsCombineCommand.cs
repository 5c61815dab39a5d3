using System.CommandLine;
using Firn.Cli.Algebra;
using Firn.Cli.Output;
using Firn.Vectors;

namespace Firn.Cli.Commands.Vectors;

/// <summary><c>firn vectors combine OUT FILE FILE...</c>: several tables as one, a meta-embedding.</summary>
internal static class VectorsCombineCommand
{
    public static Command Create(Invocation run)
    {
        var source = new VectorFileOptions();
        var output = new VectorOutput();
        var others = new Argument<string[]>("OTHER")
        {
            Description = "More files of word vectors",
            Arity = ArgumentArity.OneOrMore,
        };
        var by = new Option<string>("--by")
        {
            Description = "mean takes the mean of the vectors at length 1, concatenate puts them side by side",
            DefaultValueFactory = _ => "mean",
        }.OneOf("mean", "concatenate");
        var words = new Option<string>("--words")
        {
            Description = "all words of any file, or those common to all",
            DefaultValueFactory = _ => "all",
        }.OneOf("all", "common");
        var command = new Command(
            "combine",
            "Make one table of several: the mean of their vectors or all of them side by side"
        );
        command.Add(output.Target);
        command.Add(source.File);
        command.Add(others);
        command.Add(by);
        command.Add(words);
        source.AddOptionsTo(command);
        output.AddOptionsTo(command);
        command.SetAction(parsed =>
        {
            output.Check(parsed, [.. source.InputsOf(parsed), .. parsed.GetRequiredValue(others)]);
            var tables = new List<WordVectors>();
            try
            {
                tables.Add(source.Load(run.Terminal, parsed));
                foreach (string path in parsed.GetRequiredValue(others))
                    tables.Add(source.LoadFrom(path, run.Terminal, parsed));
                bool common = parsed.GetRequiredValue(words) == "common";
                if (common && !tables[0].Words.Any(word => tables.All(table => table.TryGetRow(word, out _))))
                    throw new UserError(
                        "no word stands in all files, so --words common leaves none; leave it out, or check that "
                            + "words are written alike"
                    );
                using var combined = TableUnion.Of(tables, parsed.GetRequiredValue(by) == "concatenate", common);
                return output.Save(run.Terminal, parsed, combined);
            }
            finally
            {
                tables.ForEach(table => table.Dispose());
            }
        });
        return command;
    }
}
