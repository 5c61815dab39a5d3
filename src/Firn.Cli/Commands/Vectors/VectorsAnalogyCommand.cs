using System.CommandLine;
using System.Text.Json.Nodes;
using Firn.Cli.Output;
using Firn.Vectors;

namespace Firn.Cli.Commands.Vectors;

/// <summary><c>firn vectors analogy FILE A B C</c>: A is to B as C is to what?</summary>
internal static class VectorsAnalogyCommand
{
    public static Command Create(Invocation run)
    {
        var source = new VectorFileOptions();
        var words = new Argument<string[]>("WORDS") { Description = "Three words A B C: A is to B as C is to ? (man king woman)", Arity = new ArgumentArity(3, 3) };
        var count = VectorsNeighborsCommand.Count();
        var method = new Option<string>("--method")
        {
            Description = "add is 3CosAdd, as word2vec and gensim do; multiply is 3CosMul",
            DefaultValueFactory = _ => "add",
        }.OneOf("add", "multiply");
        var json = CommonOptions.Json();
        var command = new Command("analogy", "Answer: A is to B as C is to what?");
        command.Add(source.File);
        command.Add(words);
        command.Add(count);
        command.Add(method);
        source.AddOptionsTo(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            string[] given = parsed.GetRequiredValue(words);
            using var vectors = source.Load(run.Terminal, parsed, given);
            foreach (string word in given)
                VectorsNeighborsCommand.RequireWord(vectors, word);
            var answers = new Similarity(vectors).Analogy([given[1], given[2]], [given[0]], parsed.GetValue(count),
                parsed.GetRequiredValue(method) == "add" ? AnalogyMethod.Add : AnalogyMethod.Multiply);
            if (parsed.GetValue(json))
                Json.Write(run.Terminal, new JsonObject { ["a"] = given[0], ["b"] = given[1], ["c"] = given[2], ["answers"] = VectorsNeighborsCommand.AsJson(answers) });
            else
                VectorsNeighborsCommand.Print(run.Terminal, $"{given[0]} : {given[1]} = {given[2]} : ?", answers);
            return ExitCode.Done;
        });
        return command;
    }
}
