using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Firn.Cli.Output;
using Firn.Vectors;

namespace Firn.Cli.Commands.Vectors;

/// <summary>
/// <c>firn vectors neighbors FILE WORD...</c>: the words nearest to each word, to a weighted sum of words or to a text.
/// </summary>
internal static class VectorsNeighborsCommand
{
    public static Command Create(Invocation run)
    {
        var source = new VectorFileOptions();
        var words = new Argument<string[]>("WORD")
        {
            Description = "Words to look up; - reads queries from standard input, a line each",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var text = new Option<string?>("--text")
        {
            Description =
                "Instead of words: the words nearest to the mean vector of this text's words; - reads texts from "
                + "standard input",
            HelpName = "TEXT",
        };
        var query = new QueryWords();
        var closer = new Option<string?>("--closer-than")
        {
            Description = "All words that are nearer to WORD than this one is, and its rank",
            HelpName = "OTHER",
        };
        var count = Count();
        var json = CommonOptions.Json();
        var command = new Command("neighbors", "Show the words nearest to a word, a weighted sum of words or a text");
        command.Add(source.File);
        command.Add(words);
        command.Add(text);
        query.AddTo(command);
        command.Add(closer);
        command.Add(count);
        source.AddOptionsTo(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            string? given = parsed.GetValue(text);
            string[] asked = parsed.GetValue(words) ?? [];
            int kinds = (asked.Length > 0 ? 1 : 0) + (given is null ? 0 : 1) + (query.AreGiven(parsed) ? 1 : 0);
            if (kinds != 1)
                throw new UsageError(
                    kinds == 0
                        ? "give a word, or --text and a text, or --positive and words"
                        : "give words, or --text, or --positive with --negative: one of the three, not both"
                );
            if (parsed.GetValue(closer) is { } other)
                return CloserThan(run, source, parsed, asked, other, parsed.GetValue(json));
            bool lines = QueryLines.AreAsked(asked) || given == QueryLines.StandardInput;
            using var vectors = lines
                ? source.Load(run.Terminal, parsed)
                : source.Load(
                    run.Terminal,
                    parsed,
                    [.. asked, .. query.Spellings(parsed), .. QueryLines.Words(given ?? "")]
                );
            // Made for many queries; one is answered sooner without.
            var similarity = new Lazy<Similarity>(() => new Similarity(vectors));
            int wanted = parsed.GetValue(count);
            void Show((string, IReadOnlyList<Neighbor>)[] found) =>
                Write(run.Terminal, found, parsed.GetValue(json), lines);
            if (lines)
            {
                return QueryLines.Answer(
                    run,
                    line =>
                        Show(
                            given is null
                                ? OfWords(similarity.Value, QueryLines.Words(line), wanted)
                                : OfText(run.Terminal, similarity.Value, line, wanted)
                        )
                );
            }
            if (query.AreGiven(parsed))
                Show([OfQuery(vectors, query.Read(parsed, vectors), wanted)]);
            else if (asked is [var word])
                Show([OfWord(vectors, word, wanted)]);
            else
                Show(
                    given is null
                        ? OfWords(similarity.Value, asked, wanted)
                        : OfText(run.Terminal, similarity.Value, given, wanted)
                );
            return ExitCode.Done;
        });
        return command;
    }

    private static void Write(
        Terminal terminal,
        (string Query, IReadOnlyList<Neighbor> Neighbors)[] found,
        bool json,
        bool lines
    )
    {
        if (!json)
        {
            foreach (var (query, neighbors) in found)
                Print(terminal, query, neighbors);
            return;
        }
        var answer = new JsonObject();
        foreach (var (query, neighbors) in found)
            answer[query] = AsJson(neighbors);
        if (lines)
            terminal.Out.WriteLine(Json.Line(new JsonObject { ["neighbors"] = answer }));
        else
            Json.Write(terminal, new JsonObject { ["neighbors"] = answer });
    }

    private static (string, IReadOnlyList<Neighbor>) OfWord(WordVectors vectors, string word, int count)
    {
        RequireWord(vectors, word);
        return (word, Similarity.NearestOnce(vectors, [new WeightedWord(word)], count));
    }

    private static (string, IReadOnlyList<Neighbor>)[] OfWords(Similarity similarity, string[] words, int count)
    {
        foreach (string word in words)
            RequireWord(similarity.Vectors, word);
        return [.. words.Zip(similarity.NearestOfEach(words, count))];
    }

    private static (string, IReadOnlyList<Neighbor>) OfQuery(WordVectors vectors, WeightedWord[] words, int count) =>
        (
            string.Join(
                ' ',
                words.Select(word =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{(word.Weight < 0 ? "- " : "+ ")}"
                            + $"{(Math.Abs(word.Weight) == 1 ? "" : $"{Math.Abs(word.Weight)} ")}{word.Word}"
                    )
                )
            ),
            Similarity.NearestOnce(vectors, words, count)
        );

    private static (string, IReadOnlyList<Neighbor>)[] OfText(
        Terminal terminal,
        Similarity similarity,
        string text,
        int count
    )
    {
        string[] words = QueryLines.Words(text);
        string[] unknown = [.. words.Where(word => !similarity.Vectors.TryGetRow(word, out _))];
        if (unknown.Length == words.Length)
            throw new UserError(
                $"no word of '{text}' has a vector; words are split at white space and compared as written, so check "
                    + $"case and punctuation"
            );
        if (unknown.Length > 0)
            terminal.Note($"firn: passed over, without a vector: {string.Join(' ', unknown)}");
        return [(text, similarity.NearestToText(words, count))];
    }

    private static int CloserThan(
        Invocation run,
        VectorFileOptions source,
        ParseResult parsed,
        string[] asked,
        string other,
        bool json
    )
    {
        if (asked is not [var word] || word == QueryLines.StandardInput)
            throw new UsageError("--closer-than needs one WORD: firn vectors neighbors FILE WORD --closer-than OTHER");
        using var vectors = source.Load(run.Terminal, parsed, word, other);
        RequireWord(vectors, word);
        RequireWord(vectors, other);
        var similarity = new Similarity(vectors);
        var closer = similarity.CloserThan(word, other);
        if (json)
        {
            Json.Write(
                run.Terminal,
                new JsonObject
                {
                    ["word"] = word,
                    ["other"] = other,
                    ["similarity"] = Json.Number(similarity.Cosine(word, other)),
                    ["rank"] = closer.Count + 1,
                    ["closer"] = AsJson(closer),
                }
            );
            return ExitCode.Done;
        }
        if (closer.Count > 0)
            Print(run.Terminal, word, closer);
        run.Terminal.Out.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"'{other}' is neighbor {closer.Count + 1:N0} of '{word}', cosine "
                    + $"{similarity.Cosine(word, other):0.0000}"
            )
        );
        return ExitCode.Done;
    }

    public static Option<int> Count() =>
        new Option<int>("--count", "-n")
        {
            Description = "Words to show",
            DefaultValueFactory = _ => 10,
            HelpName = "N",
        }.Between(1, 100_000);

    public static JsonArray AsJson(IReadOnlyList<Neighbor> neighbors) =>
        new([
            .. neighbors.Select(n =>
                (JsonNode)new JsonObject { ["word"] = n.Word, ["similarity"] = Json.Number(n.Similarity) }
            ),
        ]);

    public static void Print(Terminal terminal, string title, IReadOnlyList<Neighbor> neighbors) =>
        Tables.Write(
            terminal,
            null,
            [title, ">cosine"],
            neighbors.Select(n => new[] { n.Word, n.Similarity.ToString("0.0000", CultureInfo.InvariantCulture) })
        );

    /// <summary>Refuses a word without a vector, and says which spelling has one.</summary>
    public static void RequireWord(WordVectors vectors, string word)
    {
        if (vectors.TryGetRow(word, out _))
            return;
        string[] spellings =
        [
            word.ToLowerInvariant(),
            word.ToUpperInvariant(),
            CultureInfo.InvariantCulture.TextInfo.ToTitleCase(word.ToLowerInvariant()),
            word.Replace(' ', '_'),
        ];
        string remedy = spellings.FirstOrDefault(spelling => vectors.TryGetRow(spelling, out _)) is { } other
            ? $"'{other}' has one"
            : "check its spelling";
        throw new UserError($"'{word}' has no vector; {remedy}");
    }
}
