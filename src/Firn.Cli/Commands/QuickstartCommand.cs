using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Firn.Cli.Output;
using Firn.Cli.Quickstart;
using Firn.Data;
using Firn.Files;
using Firn.Model;
using Firn.Recipes;
using Firn.Training;

namespace Firn.Cli.Commands;

/// <summary><c>firn quickstart</c>: the whole way from texts to predictions without a file or a network.</summary>
internal static class QuickstartCommand
{
    private const string Notice =
        "The texts are synthetic: made by a grammar with a seed, not written by people. The figures show the tool at "
        + "work and say nothing about real text.";
    private const string RealData = "train YOUR-DATA.csv --text-column TEXT --label-column LABEL";

    private static readonly string[] Examples =
    [
        "the new series is brilliant and i love it",
        "i don't love this film",
        "the forecast was awful but the clouds finally cleared :)",
    ];

    public static Command Create(Invocation run)
    {
        var messages = new Option<int>("--messages")
        {
            Description = "Messages to make",
            DefaultValueFactory = _ => 16_000,
            HelpName = "N",
        }.Between(200, 1_000_000);
        var epochs = new Option<int>("--epochs")
        {
            Description = "Passes over the training texts",
            DefaultValueFactory = _ => 12,
            HelpName = "N",
        }.Between(1, 1000);
        var output = new Option<string>("--out")
        {
            Description = "Folder of the bundle",
            DefaultValueFactory = _ => Path.Combine("models", "quickstart"),
            HelpName = "FOLDER",
        };
        var runs = new Option<string>("--report")
        {
            Description = "Folder of messages.csv, report.html and its plots",
            DefaultValueFactory = _ => Path.Combine("runs", "quickstart"),
            HelpName = "FOLDER",
        };
        var seed = CommonOptions.Seed(
            "the messages, the word vectors and the model; the same seed repeats a run bit for bit"
        );
        var threads = CommonOptions.Threads();
        var json = CommonOptions.Json();
        var command = new Command(
            "quickstart",
            "Make synthetic messages, train on them, test, report and predict; needs no file"
        )
        {
            messages,
            epochs,
            output,
            runs,
            seed,
            threads,
            json,
        };
        command.SetAction(parsed =>
        {
            long began = Stopwatch.GetTimestamp();
            string folder = parsed.GetRequiredValue(runs),
                file = Path.Combine(folder, "messages.csv");
            var order = new TrainingOrder(
                "quickstart",
                "synthetic messages",
                Recipe(parsed.GetValue(epochs), parsed.GetValue(seed), parsed.GetValue(threads)),
                parsed.GetRequiredValue(output),
                folder,
                Notice
            );
            order.CheckTargets();
            run.Terminal.Note(
                "The texts of this quickstart are synthetic: made by a grammar with a seed, not written by people."
            );
            run.Terminal.Note($"On real data: {Tool.CalledAs} {RealData}");
            Save(new MessageGenerator(parsed.GetValue(seed)).Generate(parsed.GetValue(messages)), file);
            var result = order.Run(run, CorpusReader.Open(file), null);
            using var predictor = Predictor.Load(order.Bundle); // from the disk, as a user's own program would
            var predictions = predictor.Predict(Examples);
            if (parsed.GetValue(json))
            {
                var answer = TrainingOrder.AsJson(order, result, 0);
                answer["synthetic"] = true;
                answer["data"] = file;
                answer["predictions"] = new JsonArray([
                    .. Examples.Zip(
                        predictions,
                        (text, p) =>
                            (JsonNode)
                                new JsonObject
                                {
                                    ["text"] = text,
                                    ["label"] = p.Label,
                                    ["score"] = Json.Number(p.Score),
                                }
                    ),
                ]);
                Json.Write(run.Terminal, answer);
            }
            else
            {
                Print(run.Terminal, order, result, predictions, file, Stopwatch.GetElapsedTime(began));
            }
            return order.CodeOf(run, result);
        });
        return command;
    }

    // One thread for word vectors, where more would make runs differ; it takes a second.
    // The plain model on a frozen table, and smaller than the preset for real tweets: a grammar of a few hundred words
    // needs neither 200 values a word, nor much dropout, and few texts need small batches.
    private static RecipeOptions Recipe(int epochs, int seed, int threads)
    {
        var basis = RecipeOptions.Tweets.WithSeed((ulong)seed).WithThreads(threads);
        return basis with
        {
            Word2Vec = basis.Word2Vec with
            {
                VectorSize = 64,
                MinCount = 2,
                SkipGram = true,
                Alpha = 0.05,
                Epochs = 12,
                Threads = 1,
            },
            Classifier = new ClassifierOptions
            {
                HiddenSize = 64,
                EmbeddingDropout = 0.1,
                InputDropout = 0.1,
                RecurrentDropout = 0.1,
            },
            LinearBranch = null,
            Training = basis.Training with
            {
                Epochs = epochs,
                BatchSize = 64,
                LearningRate = 0.004,
                Schedule = ThawSchedule.Frozen,
            },
        };
    }

    private static void Save(Message[] messages, string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        OutputFile.Write(
            file,
            stream =>
            {
                using var writer = new StreamWriter(stream) { NewLine = "\n" };
                writer.WriteLine("label,text");
                foreach (var (label, text) in messages)
                    writer.WriteLine($"{label},\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"");
            }
        );
    }

    private static void Print(
        Terminal terminal,
        TrainingOrder order,
        RecipeResult result,
        IReadOnlyList<Prediction> predictions,
        string file,
        TimeSpan elapsed
    )
    {
        terminal.Out.WriteLine();
        Tables.Write(
            terminal,
            "predictions",
            ["text", "label", ">score"],
            Examples.Zip(
                predictions,
                (text, p) => new[] { text, p.Label, p.Score.ToString("0.000", CultureInfo.InvariantCulture) }
            )
        );
        terminal.Out.WriteLine();
        terminal.Out.WriteLine($"data    {file} (synthetic)");
        order.Print(
            terminal,
            result,
            [
                $"predict {Shell.Quoted(order.Bundle)} \"your own words\"",
                $"inspect {Shell.Quoted(order.Bundle)}",
                $"train {Shell.Quoted(file)} --schedule thaw-all@5",
                $"{RealData}    real data",
            ]
        );
        terminal.Note($"done in {elapsed.TotalSeconds:0.0} s");
    }
}
