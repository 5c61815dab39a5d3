using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Firn.Cli.Mapping;
using Firn.Cli.Output;
using Firn.Files;
using Firn.Vectors;

namespace Firn.Cli.Commands.Vectors;

/// <summary><c>firn vectors map FILE OUT</c>: words in two dimensions, as a page to explore and as an image.</summary>
internal static class VectorsMapCommand
{
    private const int MaxWords = 3000,
        NeighborsShown = 6;

    public static Command Create(Invocation run)
    {
        var source = new VectorFileOptions();
        var target = new Argument<string>("OUT") { Description = "Where to write: OUT.html and OUT.png" };
        var count = new Option<int>("--count", "-n")
        {
            Description = "Words to draw: the first of FILE, which usually are the most frequent",
            DefaultValueFactory = _ => 500,
            HelpName = "N",
        }.Between(3, MaxWords);
        var near = new Option<string[]>("--near")
        {
            Description = "Draw these words and those nearest to them instead of the first",
            HelpName = "WORD",
            AllowMultipleArgumentsPerToken = true,
        };
        var method = new Option<string>("--method")
        {
            Description = "tsne keeps neighbors together; pca keeps the directions of largest variance",
            DefaultValueFactory = _ => "tsne",
        }.OneOf("tsne", "pca");
        var perplexity = new Option<double>("--perplexity")
        {
            Description = "t-SNE: how many neighbors count for a word; at most a third of the words",
            DefaultValueFactory = _ => 30,
            HelpName = "P",
        }.Between(1, 1000);
        var steps = new Option<int>("--steps")
        {
            Description = "t-SNE: steps of gradient descent",
            DefaultValueFactory = _ => 1000,
            HelpName = "N",
        }.Between(1, 100_000);
        var json = CommonOptions.Json();
        var command = new Command("map", "Draw words in two dimensions, as a page to search and as a PNG");
        source.AddTo(command);
        command.Add(target);
        command.Add(count);
        command.Add(near);
        command.Add(method);
        command.Add(perplexity);
        command.Add(steps);
        command.Add(json);
        command.SetAction(parsed =>
        {
            string stem = Stem(parsed.GetRequiredValue(target));
            foreach (string place in new[] { stem + ".html", stem + ".png" })
                OutputFile.Check(place, parsed.GetRequiredValue(source.File));
            string[] centres = parsed.GetValue(near) ?? [];
            using var vectors = source.Load(run.Terminal, parsed, centres);
            var similarity = new Similarity(vectors);
            int wanted = Math.Min(parsed.GetValue(count), vectors.Count);
            string[] words = centres.Length > 0 ? Near(similarity, centres, wanted) : [.. vectors.Words.Take(wanted)];
            double[][] rows = [.. words.Select(word => Unit(vectors, word)).Where(row => row.Length > 0)];
            words = [.. words.Where(word => Unit(vectors, word).Length > 0)];
            if (words.Length < 3)
                throw new UserError(
                    $"{parsed.GetRequiredValue(source.File)}: {Plural.Of(words.Length, "word has", "words have")} a "
                        + $"vector that is not zero, and a map needs 3; take more with --count, --near or another file"
                );
            var (points, how) =
                parsed.GetRequiredValue(method) == "pca"
                    ? Principal(rows)
                    : Stochastic(run, rows, parsed.GetValue(perplexity), parsed.GetValue(steps));
            var map = new WordMap(
                Path.GetFileName(Path.TrimEndingDirectorySeparator(parsed.GetRequiredValue(source.File))),
                how,
                words,
                WordMap.Fitted(points),
                similarity.NearestOfEach(words, Math.Min(NeighborsShown, vectors.Count))
            )
            {
                Seeds = Enumerable.Range(0, words.Length).Where(i => centres.Contains(words[i])).ToHashSet(),
            };
            string page = stem + ".html",
                image = stem + ".png";
            OutputFile.WriteText(page, MapPage.Render(map));
            if (MapImage.Save(map, image) is { Count: > 0 } missing)
                run.Terminal.Note(
                    $"firn: {image}: no font on this machine has the letters of {string.Join(", ", missing)}, so "
                        + $"those words are points without a label; install one, such as Noto Sans of that script"
                );
            if (parsed.GetValue(json))
            {
                Json.Write(
                    run.Terminal,
                    new JsonObject
                    {
                        ["page"] = page,
                        ["image"] = image,
                        ["method"] = how,
                        ["words"] = new JsonArray([
                            .. words.Select(
                                (word, i) =>
                                    (JsonNode)
                                        new JsonObject
                                        {
                                            ["word"] = word,
                                            ["x"] = Json.Number(map.Points[i, 0]),
                                            ["y"] = Json.Number(map.Points[i, 1]),
                                        }
                            ),
                        ]),
                    }
                );
                return ExitCode.Done;
            }
            run.Terminal.Note($"{page}: {words.Length:N0} words, {how}; open it in a browser to search and hover");
            run.Terminal.Note($"{image}: the same as an image");
            return ExitCode.Done;
        });
        return command;
    }

    private static string Stem(string target)
    {
        bool whole =
            target.EndsWith(".html", StringComparison.OrdinalIgnoreCase)
            || target.EndsWith(".png", StringComparison.OrdinalIgnoreCase);
        return whole ? Path.ChangeExtension(target, null) : target;
    }

    /// <summary>
    /// The words asked for, then in turn the nearest of each, the second nearest of each, until there are enough.
    /// </summary>
    private static string[] Near(Similarity similarity, string[] centres, int wanted)
    {
        foreach (string word in centres)
            VectorsNeighborsCommand.RequireWord(similarity.Vectors, word);
        var found = similarity.NearestOfEach(centres, wanted);
        IEnumerable<string> inTurn = Enumerable
            .Range(0, wanted)
            .SelectMany(place => found.Where(list => place < list.Count).Select(list => list[place].Word));
        return [.. centres.Concat(inTurn).Distinct(StringComparer.Ordinal).Take(Math.Max(wanted, centres.Length))];
    }

    /// <summary>The word's vector at length 1; empty when it is zero.</summary>
    private static double[] Unit(WordVectors vectors, string word)
    {
        if (!vectors.TryGetVector(word, out var vector))
            return [];
        double square = 0;
        foreach (float value in vector)
            square += (double)value * value;
        if (square == 0)
            return [];
        var unit = new double[vector.Length];
        for (int i = 0; i < unit.Length; i++)
            unit[i] = vector[i] / Math.Sqrt(square);
        return unit;
    }

    private static (double[,] Points, string How) Principal(double[][] rows)
    {
        var (points, share) = PrincipalAxes.Project(rows);
        return (
            points,
            string.Create(
                CultureInfo.InvariantCulture,
                $"principal axes of the unit vectors with {100 * share[0]:0}% and {100 * share[1]:0}% of the variance"
            )
        );
    }

    private static (double[,] Points, string How) Stochastic(
        Invocation run,
        double[][] rows,
        double perplexity,
        int steps
    )
    {
        using var progress = new ProgressLine(run.Terminal);
        progress.Begin("placing words");
        var (points, divergence) = NeighborEmbedding.Draw(
            rows,
            perplexity,
            steps,
            (done, at) => progress.Report(done, string.Create(CultureInfo.InvariantCulture, $"divergence {at:0.000}")),
            run.Stop
        );
        return (
            points,
            string.Create(
                CultureInfo.InvariantCulture,
                $"t-SNE of the unit vectors, perplexity "
                    + $"{Math.Min(perplexity, Math.Max(1, (rows.Length - 1) / 3.0)):0.#}, divergence {divergence:0.00}"
            )
        );
    }
}
