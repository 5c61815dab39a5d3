using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Firn.Cli.Output;
using Firn.Vectors;

namespace Firn.Cli.Commands.Vectors;

/// <summary>
/// <c>firn vectors similarity FILE WORD WORD...</c>: the cosine of each word with each, and the one that fits least;
/// <c>--texts TEXT TEXT</c>: how alike two texts are.
/// </summary>
internal static class VectorsSimilarityCommand
{
    public static Command Create(Invocation run)
    {
        var source = new VectorFileOptions();
        var words = new Argument<string[]>("WORD")
        {
            Description = "Two words or more; - reads them from standard input, a query a line",
            Arity = new ArgumentArity(0, 1000),
        };
        var texts = new Option<string[]>("--texts")
        {
            Description =
                "Instead of words two texts: the cosine of their mean vectors and Word Mover's Distance; - reads "
                + "them from standard input, parted by a tab",
            HelpName = "TEXT",
            AllowMultipleArgumentsPerToken = true,
        };
        var json = CommonOptions.Json();
        var command = new Command(
            "similarity",
            "Compare words with each other and name the one that fits least, or compare two texts"
        );
        command.Add(source.File);
        command.Add(words);
        command.Add(texts);
        source.AddOptionsTo(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            string[] asked = parsed.GetValue(words) ?? [],
                given = parsed.GetValue(texts) ?? [];
            bool lines = QueryLines.AreAsked(asked) || QueryLines.AreAsked(given);
            if (!lines && (asked.Length > 0) == (given.Length > 0))
                throw new UsageError(
                    asked.Length > 0
                        ? "give words or --texts, not both"
                        : "give two words or more, or --texts and two texts"
                );
            if (!lines && (asked.Length == 1 || given.Length is not (0 or 2)))
                throw new UsageError(
                    asked.Length == 1
                        ? "give two words or more"
                        : $"--texts compares two texts, not {given.Length}; put each in quotes"
                );
            using var vectors = lines
                ? source.Load(run.Terminal, parsed)
                : source.Load(run.Terminal, parsed, [.. asked, .. given.SelectMany(QueryLines.Words)]);
            bool asJson = parsed.GetValue(json);
            if (lines)
            {
                return QueryLines.Answer(
                    run,
                    line =>
                    {
                        if (given.Length > 0)
                            WriteTexts(run.Terminal, vectors, line.Split('\t'), asJson, lines);
                        else
                            WriteWords(run.Terminal, vectors, QueryLines.Words(line), asJson, lines);
                    }
                );
            }
            if (given.Length > 0)
                WriteTexts(run.Terminal, vectors, given, asJson, lines);
            else
                WriteWords(run.Terminal, vectors, asked, asJson, lines);
            return ExitCode.Done;
        });
        return command;
    }

    private static void WriteWords(Terminal terminal, WordVectors all, string[] words, bool json, bool lines)
    {
        if (words.Length < 2)
            throw new UserError("two words or more are expected");
        foreach (string word in words)
            VectorsNeighborsCommand.RequireWord(all, word);
        // Only these words are compared, so only they are prepared.
        using var vectors = all.Select(words);
        var similarity = new Similarity(vectors);
        float[,] cosines = similarity.Matrix(words, words);
        string? odd = words.Length > 2 ? similarity.DoesNotMatch(words) : null;
        if (json)
        {
            Write(
                terminal,
                new JsonObject
                {
                    ["words"] = Json.Array(words),
                    ["cosines"] = new JsonArray([
                        .. words.Select(
                            (_, i) =>
                                (JsonNode)
                                    new JsonArray([.. words.Select((_, j) => (JsonNode?)Json.Number(cosines[i, j]))])
                        ),
                    ]),
                    ["doesNotMatch"] = odd,
                },
                lines
            );
            return;
        }
        Tables.Write(
            terminal,
            null,
            ["", .. words.Select(word => ">" + word)],
            words.Select(
                (word, i) =>
                    words
                        .Select((_, j) => cosines[i, j].ToString("0.000", CultureInfo.InvariantCulture))
                        .Prepend(word)
                        .ToArray()
            )
        );
        if (odd is not null)
            terminal.Out.WriteLine($"fits least: {odd}");
    }

    private static void WriteTexts(Terminal terminal, WordVectors vectors, string[] texts, bool json, bool lines)
    {
        if (texts.Length != 2)
            throw new UserError($"two texts are expected, parted by a tab, and there are {texts.Length}");
        string[] a = QueryLines.Words(texts[0]),
            b = QueryLines.Words(texts[1]);
        string[] unknown = [.. a.Concat(b).Where(word => !vectors.TryGetRow(word, out _)).Distinct()];
        foreach (string[] text in new[] { a, b })
        {
            if (text.All(unknown.Contains))
                throw new UserError(
                    $"no word of '{string.Join(' ', text)}' has a vector; words are split at white space and "
                        + $"compared as written, so check case and punctuation"
                );
        }
        var distance = new TextDistance(vectors);
        (double cosine, double mover, double relaxed) = (
            distance.Cosine(a, b),
            distance.WordMovers(a, b),
            distance.RelaxedWordMovers(a, b)
        );
        if (json)
        {
            Write(
                terminal,
                new JsonObject
                {
                    ["cosine"] = Json.Number(cosine),
                    ["wordMovers"] = Json.Number(mover),
                    ["relaxedWordMovers"] = Json.Number(relaxed),
                    ["unknown"] = Json.Array(unknown),
                },
                lines
            );
            return;
        }
        if (unknown.Length > 0)
            terminal.Note($"firn: passed over, without a vector: {string.Join(' ', unknown)}");
        Tables.Write(
            terminal,
            null,
            ["measure", ">value"],
            [
                ["cosine of the mean vectors", cosine.ToString("0.0000", CultureInfo.InvariantCulture)],
                ["Word Mover's Distance", mover.ToString("0.0000", CultureInfo.InvariantCulture)],
                ["  its relaxed lower bound", relaxed.ToString("0.0000", CultureInfo.InvariantCulture)],
            ]
        );
    }

    private static void Write(Terminal terminal, JsonObject answer, bool lines)
    {
        if (lines)
            terminal.Out.WriteLine(Json.Line(answer));
        else
            Json.Write(terminal, answer);
    }
}
