using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Firn.Cli.Output;
using Firn.Files;
using Firn.Vectors;
using Firn.Vectors.Evaluation;

namespace Firn.Cli.Commands.Vectors;

/// <summary>
/// <c>firn vectors evaluate FILE TEST...</c>: standard tests of word vectors, told apart by their content.
/// </summary>
internal static class VectorsEvaluateCommand
{
    private enum Kind
    {
        Pairs,
        Analogies,
        Categories,
    }

    /// <summary>One test's outcome: its main figure, how much of the test was covered, and all of it as JSON.</summary>
    private sealed record Outcome(string Test, string Measure, double Figure, int Used, int Left, JsonObject Json)
    {
        /// <summary>What a line of such a test is.</summary>
        public string Line { get; init; } = "'word word score'";

        /// <summary>Lines left out because they are none of the test's.</summary>
        public int Invalid { get; init; }

        /// <summary>Number of the first of them.</summary>
        public int FirstInvalid { get; init; }

        /// <summary>Of word pairs, the probability of such a figure by chance.</summary>
        public double? Probability { get; init; }
    }

    private const int FewPairs = 20;

    public static Command Create(Invocation run)
    {
        var source = new VectorFileOptions();
        var tests = new Argument<string[]>("TEST")
        {
            Description = "Files of word pairs with scores, analogies or categories, or folders of such files",
            Arity = ArgumentArity.OneOrMore,
        };
        var restrict = new Option<int>("--restrict")
        {
            Description = "Use only the first N rows, which usually are the most frequent words",
            DefaultValueFactory = _ => 300_000,
            HelpName = "N",
        }.Between(1, int.MaxValue);
        var caseSensitive = new Option<bool>("--case-sensitive")
        {
            Description = "Tell upper from lower case (gensim does not by default)",
        };
        var dummy = new Option<bool>("--dummy")
        {
            Description = "Count unknown words as similarity 0 and as wrong instead of leaving them out",
        };
        var json = CommonOptions.Json();
        var command = new Command("evaluate", "Measure word vectors on word pairs, analogies and categories");
        command.Add(source.File);
        command.Add(tests);
        command.Add(restrict);
        command.Add(caseSensitive);
        command.Add(dummy);
        source.AddOptionsTo(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            string[] files = [.. parsed.GetRequiredValue(tests).SelectMany(Files)];
            var options = new EvaluationOptions
            {
                RestrictVocabulary = parsed.GetValue(restrict),
                CaseInsensitive = !parsed.GetValue(caseSensitive),
                DummyForUnknown = parsed.GetValue(dummy),
            };
            // a model composes those that it has not seen
            using var vectors = source.Load(run.Terminal, parsed, WordsOf(files));
            var similarity = new Similarity(vectors);
            using var progress = new ProgressLine(run.Terminal);
            var outcomes = new List<Outcome>();
            foreach (string file in files)
            {
                run.Stop.ThrowIfCancellationRequested();
                progress.Begin(file);
                outcomes.Add(MeasureOrNote(similarity, file, options, alone: files.Length == 1));
                TellOdd(run.Terminal, file, outcomes[^1]);
            }
            progress.Dispose();
            if (parsed.GetValue(json))
                Json.Write(
                    run.Terminal,
                    new JsonObject
                    {
                        ["tests"] = new JsonArray([.. outcomes.Select(outcome => (JsonNode)outcome.Json)]),
                    }
                );
            else
                Print(run.Terminal, outcomes);
            return ExitCode.Done;
        });
        return command;
    }

    private static IEnumerable<string> Files(string path) =>
        Directory.Exists(path)
            ? Directory
                .EnumerateFiles(path, "*", SearchOption.AllDirectories)
                .Where(file =>
                    file.EndsWith(".txt", StringComparison.Ordinal) || file.EndsWith(".csv", StringComparison.Ordinal)
                )
                .Order(StringComparer.Ordinal)
            : [Inputs.RequireFile(path)];

    private static Kind KindOf(string file)
    {
        string first = LinesOf(file).FirstOrDefault(line => line.Length > 0) ?? "";
        if (first.StartsWith(':') || first.StartsWith(",type,", StringComparison.Ordinal))
            return Kind.Analogies;
        string[] fields = QueryLines.Words(first);
        if (
            fields.Length == 4
            && fields.All(field => field.Any(char.IsLetter))
            && LinesOf(file).Take(5).All(line => QueryLines.Words(line).Length == 4)
        )
            return Kind.Analogies; // without its sections, which the test then says
        return first.StartsWith(",category,", StringComparison.Ordinal) ? Kind.Categories : Kind.Pairs;
    }

    private static IEnumerable<string> LinesOf(string file)
    {
        using var reader = new StreamReader(InputFile.Open(file));
        while (reader.ReadLine() is { } line)
            yield return line;
    }

    /// <summary>All that could be a word of the tests.</summary>
    private static HashSet<string> WordsOf(string[] files) =>
        [
            .. files
                .SelectMany(LinesOf)
                .Where(line => !line.StartsWith(':') && !line.StartsWith('#'))
                .SelectMany(line => line.Split([' ', '\t', ',', ';'], StringSplitOptions.RemoveEmptyEntries))
                .Where(word => word.Any(char.IsLetter)),
        ];

    /// <summary>Lines that were left out, and figures that few pairs stand behind.</summary>
    private static void TellOdd(Terminal terminal, string file, Outcome outcome)
    {
        if (outcome.Invalid > 0)
        {
            terminal.Note(
                $"firn: {file}: {Plural.Of(outcome.Invalid, "line is", "lines are")} no {outcome.Line}, first line "
                    + $"{outcome.FirstInvalid}, and left out"
            );
        }
        if (outcome.Probability is { } chance && (outcome.Used < FewPairs || chance > 0.05))
        {
            string p = double.IsNaN(chance) ? "undefined" : chance.ToString("0.00", CultureInfo.InvariantCulture);
            terminal.Note($"firn: {file}: {Plural.Of(outcome.Used, "pair says", "pairs say")} little (p = {p})");
        }
    }

    // Among many tests, one in another language or with none of the words is a row without a figure, not the end.
    private static Outcome MeasureOrNote(Similarity similarity, string file, EvaluationOptions options, bool alone)
    {
        try
        {
            return Measure(similarity, file, options);
        }
        catch (InvalidDataException error) when (!alone)
        {
            string name = Path.GetFileNameWithoutExtension(file);
            return new Outcome(
                name,
                "no word in common",
                double.NaN,
                0,
                0,
                new JsonObject { ["test"] = name, ["error"] = error.Message }
            );
        }
    }

    private static Outcome Measure(Similarity similarity, string file, EvaluationOptions options)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        switch (KindOf(file))
        {
            case Kind.Analogies:
                var analogies = VectorEvaluation.Analogies(similarity, file, options);
                var sections = new JsonArray([
                    .. analogies.Sections.Select(s =>
                        (JsonNode)
                            new JsonObject
                            {
                                ["name"] = s.Name,
                                ["correct"] = s.Correct,
                                ["total"] = s.Total,
                            }
                    ),
                ]);
                return new Outcome(
                    name,
                    "analogies, accuracy",
                    analogies.Accuracy,
                    analogies.Total,
                    analogies.OutOfVocabulary,
                    new JsonObject
                    {
                        ["test"] = name,
                        ["kind"] = "analogies",
                        ["accuracy"] = Json.Number(analogies.Accuracy),
                        ["total"] = analogies.Total,
                        ["outOfVocabulary"] = analogies.OutOfVocabulary,
                        ["sections"] = sections,
                        ["invalidLines"] = analogies.InvalidLines,
                    }
                )
                {
                    Line = "question of four words",
                    Invalid = analogies.InvalidLines,
                    FirstInvalid = analogies.FirstInvalidLine,
                };
            case Kind.Categories:
                var categories = VectorEvaluation.Categorization(similarity, file, options);
                return new Outcome(
                    name,
                    "categories, purity",
                    categories.Purity,
                    categories.Words,
                    categories.OutOfVocabulary,
                    new JsonObject
                    {
                        ["test"] = name,
                        ["kind"] = "categories",
                        ["purity"] = Json.Number(categories.Purity),
                        ["words"] = categories.Words,
                        ["categories"] = categories.Categories,
                        ["outOfVocabulary"] = categories.OutOfVocabulary,
                    }
                );
            default:
                var pairs = VectorEvaluation.Similarity(similarity, file, options);
                return new Outcome(
                    name,
                    "word pairs, Spearman",
                    pairs.Spearman,
                    pairs.Pairs,
                    pairs.OutOfVocabulary,
                    new JsonObject
                    {
                        ["test"] = name,
                        ["kind"] = "pairs",
                        ["spearman"] = Json.Number(pairs.Spearman),
                        ["pearson"] = Json.Number(pairs.Pearson),
                        ["pairs"] = pairs.Pairs,
                        ["outOfVocabulary"] = pairs.OutOfVocabulary,
                        ["spearmanP"] = Json.Number(pairs.SpearmanP),
                        ["pearsonP"] = Json.Number(pairs.PearsonP),
                        ["invalidLines"] = pairs.InvalidLines,
                    }
                )
                {
                    Invalid = pairs.InvalidLines,
                    FirstInvalid = pairs.FirstInvalidLine,
                    Probability = pairs.SpearmanP,
                };
        }
    }

    private static void Print(Terminal terminal, List<Outcome> outcomes) =>
        Tables.Write(
            terminal,
            null,
            ["test", "measure", ">figure", ">used", ">unknown words"],
            outcomes.Select(outcome =>
                new[]
                {
                    outcome.Test,
                    outcome.Measure,
                    double.IsNaN(outcome.Figure)
                        ? "n/a"
                        : outcome.Figure.ToString("0.0000", CultureInfo.InvariantCulture),
                    outcome.Used.ToString("N0", CultureInfo.InvariantCulture),
                    outcome.Left.ToString("N0", CultureInfo.InvariantCulture),
                }
            )
        );
}
