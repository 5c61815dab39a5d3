using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Firn.Cli.Output;
using Firn.Vectors;

namespace Firn.Cli.Commands.Vectors;

/// <summary><c>firn vectors similarity FILE WORD WORD...</c>: the cosine of each word with each, and the one that fits least.</summary>
internal static class VectorsSimilarityCommand
{
    public static Command Create(Invocation run)
    {
        var source = new VectorFileOptions();
        var words = new Argument<string[]>("WORD") { Description = "Two words or more", Arity = new ArgumentArity(2, 1000) };
        var json = CommonOptions.Json();
        var command = new Command("similarity", "Compare words with each other and name the one that fits least");
        command.Add(source.File);
        command.Add(words);
        source.AddOptionsTo(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            string[] asked = parsed.GetRequiredValue(words);
            using var all = source.Load(run.Terminal, parsed, asked);
            foreach (string word in asked)
                VectorsNeighborsCommand.RequireWord(all, word);
            // Only these words are compared, so only they are prepared.
            using var vectors = all.Select(asked);
            var similarity = new Similarity(vectors);
            float[,] cosines = similarity.Matrix(asked, asked);
            string? odd = asked.Length > 2 ? similarity.DoesNotMatch(asked) : null;
            if (parsed.GetValue(json))
            {
                Json.Write(run.Terminal, new JsonObject
                {
                    ["words"] = Json.Array(asked),
                    ["cosines"] = new JsonArray([.. asked.Select((_, i) => (JsonNode)new JsonArray([.. asked.Select((_, j) => (JsonNode?)Json.Number(cosines[i, j]))]))]),
                    ["doesNotMatch"] = odd,
                });
                return ExitCode.Done;
            }
            Tables.Write(run.Terminal, null, ["", .. asked.Select(word => ">" + word)],
                asked.Select((word, i) => asked.Select((_, j) => cosines[i, j].ToString("0.000", CultureInfo.InvariantCulture)).Prepend(word).ToArray()));
            if (odd is not null)
                run.Terminal.Out.WriteLine($"fits least: {odd}");
            return ExitCode.Done;
        });
        return command;
    }
}
