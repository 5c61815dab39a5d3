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
        var words = new Argument<string[]>("WORDS")
        {
            Description =
                "Three words A B C: A is to B as C is to ? (man king woman); - reads three words a line from "
                + "standard input",
            Arity = new ArgumentArity(1, 3),
        };
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
            bool lines = QueryLines.AreAsked(given);
            if (!lines && given.Length != 3)
                throw new UsageError(
                    $"an analogy has three words, A B C, not {given.Length}; any number of words: firn vectors "
                        + $"neighbors FILE --positive B C --negative A"
                );
            using var vectors = lines ? source.Load(run.Terminal, parsed) : source.Load(run.Terminal, parsed, given);
            var similarity = new Similarity(vectors);
            var how = parsed.GetRequiredValue(method) == "add" ? AnalogyMethod.Add : AnalogyMethod.Multiply;
            void Show(string[] query) =>
                Answer(
                    run.Terminal,
                    query,
                    Find(similarity, query, parsed.GetValue(count), how),
                    parsed.GetValue(json),
                    lines
                );
            if (lines)
                return QueryLines.Answer(run, line => Show(QueryLines.Words(line)));
            Show(given);
            return ExitCode.Done;
        });
        return command;
    }

    private static IReadOnlyList<Neighbor> Find(Similarity similarity, string[] words, int count, AnalogyMethod method)
    {
        if (words.Length != 3)
            throw new UserError($"three words are expected, A B C, and there are {words.Length}");
        foreach (string word in words)
            VectorsNeighborsCommand.RequireWord(similarity.Vectors, word);
        return similarity.Analogy([words[1], words[2]], [words[0]], count, method);
    }

    private static void Answer(
        Terminal terminal,
        string[] words,
        IReadOnlyList<Neighbor> answers,
        bool json,
        bool lines
    )
    {
        if (!json)
        {
            VectorsNeighborsCommand.Print(terminal, $"{words[0]} : {words[1]} = {words[2]} : ?", answers);
            return;
        }
        var answer = new JsonObject
        {
            ["a"] = words[0],
            ["b"] = words[1],
            ["c"] = words[2],
            ["answers"] = VectorsNeighborsCommand.AsJson(answers),
        };
        if (lines)
            terminal.Out.WriteLine(Json.Line(answer));
        else
            Json.Write(terminal, answer);
    }
}
