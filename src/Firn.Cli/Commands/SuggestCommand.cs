using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using CsvHelper;
using Firn.Cli.Output;
using Firn.Data;
using Firn.Files;

namespace Firn.Cli.Commands;

/// <summary><c>firn suggest BUNDLE FILE</c>: which texts to label next.</summary>
internal static class SuggestCommand
{
    private const int Shown = 10,
        TextLength = 44;

    public static Command Create(Invocation run)
    {
        var bundle = new Argument<string>("BUNDLE") { Description = "Folder of a trained model" };
        var file = new Argument<string>("FILE")
        {
            Description = "Texts without labels: .csv, .tsv, .jsonl, or a text a line; plain or gzip",
        };
        var count = new Option<int>("--n")
        {
            Description = "How many texts to choose",
            DefaultValueFactory = _ => 100,
            HelpName = "N",
        }.Between(1, 100_000);
        var output = new Option<string>("--out")
        {
            Description = "CSV file for the chosen texts, its column label left to fill in",
            DefaultValueFactory = _ => "to-label.csv",
            HelpName = "FILE",
        };
        var column = new Option<string?>("--text-column")
        {
            Description =
                "Column or JSON property of the text, by name or number from 1 (default: text, tweet, review, ... "
                + "whichever is there)",
            HelpName = "NAME",
        };
        Option<int> seed = CommonOptions.Seed("the draw"),
            threads = CommonOptions.Threads();
        var json = CommonOptions.Json();
        var command = new Command("suggest", "Choose the texts whose labels would teach a model most")
        {
            bundle,
            file,
            count,
            output,
            column,
            seed,
            threads,
            json,
        };
        command.SetAction(parsed =>
        {
            string folder = Inputs.RequireBundle(parsed.GetRequiredValue(bundle)),
                input = Inputs.RequireFile(parsed.GetRequiredValue(file));
            string target = parsed.GetRequiredValue(output);
            OutputFile.Check(target, input);
            using var loaded = Predictor.Load(folder);
            List<string> texts = Read(input, parsed.GetValue(column), run.Stop);
            if (texts.Count == 0)
                throw new UserError($"{input}: no text in it; give a file of texts without labels");
            if (loaded.Classifier.Options.MultiLabel)
                throw new UserError(
                    $"{folder}: this model gives a text any number of labels, and suggest chooses for models with "
                        + $"one; train a model of one class by itself"
                );
            IReadOnlyList<LabelSuggestion> chosen = LabelSuggestions.Choose(
                loaded.WithThreads(parsed.GetValue(threads)),
                texts,
                parsed.GetValue(count),
                (ulong)parsed.GetValue(seed),
                run.Stop
            );
            Save(target, chosen, texts, input);
            if (parsed.GetValue(json))
                Json.Write(
                    run.Terminal,
                    new JsonObject
                    {
                        ["texts"] = texts.Count,
                        ["chosen"] = chosen.Count,
                        ["out"] = target,
                    }
                );
            else
                Print(run.Terminal, chosen, texts, target);
            return ExitCode.Done;
        });
        return command;
    }

    private static List<string> Read(string path, string? column, CancellationToken stop)
    {
        using TextTable table = TextTable.Open(path, new TextTableOptions { TextColumn = column });
        var texts = new List<string>();
        while (table.Read())
        {
            stop.ThrowIfCancellationRequested();
            texts.Add(table.Problem is null ? table.Text : "");
        }
        return texts;
    }

    private static void Save(string path, IReadOnlyList<LabelSuggestion> chosen, List<string> texts, string input) =>
        OutputFile.Write(
            path,
            stream =>
            {
                using var csv = CsvWriter.Create(stream, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true);
                foreach (string head in (string[])["label", "text", "row", "predicted", "probability", "margin"])
                    csv.WriteField(head);
                csv.EndRecord();
                foreach (LabelSuggestion one in chosen)
                {
                    csv.WriteField("");
                    csv.WriteField(texts[one.Index]);
                    csv.WriteField((one.Index + 1).ToString(CultureInfo.InvariantCulture));
                    csv.WriteField(one.Label);
                    csv.WriteField(one.Probability.ToString("0.0000", CultureInfo.InvariantCulture));
                    csv.WriteField(one.Margin.ToString("0.0000", CultureInfo.InvariantCulture));
                    csv.EndRecord();
                }
                csv.Flush();
            },
            input
        );

    private static void Print(Terminal terminal, IReadOnlyList<LabelSuggestion> chosen, List<string> texts, string path)
    {
        Tables.Write(
            terminal,
            string.Create(CultureInfo.InvariantCulture, $"{Plural.Of(chosen.Count, "text")} of {texts.Count:N0}"),
            [">row", "predicted", ">probability", "text"],
            chosen
                .Take(Shown)
                .Select(one =>
                    new[]
                    {
                        (one.Index + 1).ToString("N0", CultureInfo.InvariantCulture),
                        one.Label,
                        one.Probability.ToString("0.00", CultureInfo.InvariantCulture),
                        Line(texts[one.Index]),
                    }
                )
        );
        terminal.Out.WriteLine($"to label  {path}");
    }

    private static string Line(string text) =>
        (text.Length > TextLength ? text[..TextLength] + "..." : text).ReplaceLineEndings(" ").Replace('\t', ' ');
}
