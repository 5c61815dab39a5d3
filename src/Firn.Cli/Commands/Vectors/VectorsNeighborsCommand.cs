using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Firn.Cli.Output;
using Firn.Vectors;

namespace Firn.Cli.Commands.Vectors;

/// <summary><c>firn vectors neighbors FILE WORD...</c>: the words nearest to each word, by cosine.</summary>
internal static class VectorsNeighborsCommand
{
    public static Command Create(Invocation run)
    {
        var source = new VectorFileOptions();
        var words = new Argument<string[]>("WORD") { Description = "Words to look up", Arity = ArgumentArity.ZeroOrMore };
        var text = new Option<string?>("--text") { Description = "Instead of words: the words nearest to the mean vector of this text's words", HelpName = "TEXT" };
        var count = Count();
        var json = CommonOptions.Json();
        var command = new Command("neighbors", "Show the words nearest to a word or a text");
        command.Add(source.File);
        command.Add(words);
        command.Add(text);
        command.Add(count);
        source.AddOptionsTo(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            string? given = parsed.GetValue(text);
            string[] asked = parsed.GetValue(words) ?? [];
            if (asked.Length == 0 == given is null)
                throw new UserError(given is null ? "give a word, or --text and a text" : "give words or --text, not both");
            if (given is not null)
                asked = given.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            using var vectors = source.Load(run.Terminal, parsed, asked);
            var found = given is null ? OfWords(vectors, asked, parsed.GetValue(count)) : OfText(run.Terminal, vectors, given, asked, parsed.GetValue(count));
            if (parsed.GetValue(json))
            {
                var answer = new JsonObject();
                foreach (var (word, neighbors) in found)
                    answer[word] = AsJson(neighbors);
                Json.Write(run.Terminal, new JsonObject { ["neighbors"] = answer });
            }
            else
            {
                foreach (var (word, neighbors) in found)
                    Print(run.Terminal, word, neighbors);
            }
            return ExitCode.Done;
        });
        return command;
    }

    private static (string Word, IReadOnlyList<Neighbor> Neighbors)[] OfWords(WordVectors vectors, string[] words, int count)
    {
        foreach (string word in words)
            RequireWord(vectors, word);
        return [.. words.Zip(new Similarity(vectors).NearestOfEach(words, count))];
    }

    private static (string Word, IReadOnlyList<Neighbor> Neighbors)[] OfText(Terminal terminal, WordVectors vectors, string text, string[] words, int count)
    {
        string[] unknown = [.. words.Where(word => !vectors.TryGetRow(word, out _))];
        if (unknown.Length == words.Length)
            throw new UserError($"no word of '{text}' has a vector; words are split at white space and compared as written, so check case and punctuation");
        if (unknown.Length > 0)
            terminal.Note($"firn: passed over, without a vector: {string.Join(' ', unknown)}");
        return [(text, new Similarity(vectors).NearestToText(words, count))];
    }

    public static Option<int> Count() => new Option<int>("--count", "-n")
    {
        Description = "Words to show",
        DefaultValueFactory = _ => 10,
        HelpName = "N",
    }.Between(1, 100_000);

    public static JsonArray AsJson(IReadOnlyList<Neighbor> neighbors) =>
        new([.. neighbors.Select(n => (JsonNode)new JsonObject { ["word"] = n.Word, ["similarity"] = Json.Number(n.Similarity) })]);

    public static void Print(Terminal terminal, string title, IReadOnlyList<Neighbor> neighbors) =>
        Tables.Write(terminal, null, [title, ">cosine"], neighbors.Select(n => new[] { n.Word, n.Similarity.ToString("0.0000", CultureInfo.InvariantCulture) }));

    /// <summary>Refuses a word without a vector, and says which spelling has one.</summary>
    public static void RequireWord(WordVectors vectors, string word)
    {
        if (vectors.TryGetRow(word, out _))
            return;
        string[] spellings = [word.ToLowerInvariant(), word.ToUpperInvariant(), CultureInfo.InvariantCulture.TextInfo.ToTitleCase(word.ToLowerInvariant()), word.Replace(' ', '_')];
        string remedy = spellings.FirstOrDefault(spelling => vectors.TryGetRow(spelling, out _)) is { } other ? $"'{other}' has one" : "check its spelling";
        throw new UserError($"'{word}' has no vector; {remedy}");
    }
}
