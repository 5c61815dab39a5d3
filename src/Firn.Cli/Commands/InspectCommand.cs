using System.CommandLine;
using System.Text.Json.Nodes;
using Firn.Cli.Output;
using Firn.Cli.Reporting;

namespace Firn.Cli.Commands;

/// <summary><c>firn inspect BUNDLE</c>: what is in a bundle, after checking that it is whole.</summary>
internal static class InspectCommand
{
    public static Command Create(Invocation run)
    {
        var bundle = new Argument<string>("BUNDLE") { Description = "Folder of a trained model" };
        var json = CommonOptions.Json();
        var command = new Command("inspect", "Check a bundle and show its layers, sizes, data, settings and metrics")
        {
            bundle,
            json,
        };
        command.SetAction(parsed =>
        {
            string folder = Inputs.RequireBundle(parsed.GetRequiredValue(bundle));
            using var predictor = Predictor.Load(folder);
            var model = ModelSummary.Of(predictor.Classifier, ModelCardFacts.ScheduleOf(predictor.Card));
            var files = new DirectoryInfo(folder)
                .GetFiles()
                .OrderBy(file => file.Name, StringComparer.Ordinal)
                .ToArray();
            if (parsed.GetValue(json))
                Json.Write(run.Terminal, AsJson(folder, predictor, model, files));
            else
                Print(run.Terminal, folder, predictor, model, files);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Print(
        Terminal terminal,
        string folder,
        Predictor predictor,
        ModelSummary model,
        FileInfo[] files
    )
    {
        terminal.Out.WriteLine($"{folder}: whole; hashes and stored scores agree");
        terminal.Out.WriteLine();
        var table = model.ToTable();
        Tables.Write(
            terminal,
            "layers",
            [table.Heads[0], table.Heads[1], ">" + table.Heads[2], table.Heads[3]],
            table.Rows
        );
        terminal.Out.WriteLine();
        Tables.Write(
            terminal,
            "files",
            ["file", ">size"],
            [
                .. files.Select(file => new[] { file.Name, Sizes.Bytes(file.Length) }),
                ["total", Sizes.Bytes(files.Sum(file => file.Length))],
            ]
        );
        foreach (var section in ModelCardFacts.Sections(predictor))
        {
            terminal.Out.WriteLine();
            Tables.Write(
                terminal,
                section.Title.ToLowerInvariant(),
                ["", ""],
                section.Facts.Select(fact => new[] { fact.Name, fact.Value })
            );
        }
    }

    private static JsonObject AsJson(string folder, Predictor predictor, ModelSummary model, FileInfo[] files)
    {
        var layers = new JsonArray();
        foreach (var layer in model.Layers)
            layers.Add(
                new JsonObject
                {
                    ["name"] = layer.Name,
                    ["output"] = layer.Output,
                    ["parameters"] = layer.Parameters,
                    ["trained"] = layer.Trained,
                }
            );
        var weights = new JsonArray();
        foreach (var parameter in predictor.Classifier.Parameters)
            weights.Add(
                new JsonObject
                {
                    ["name"] = parameter.Name,
                    ["shape"] = Json.Array(parameter.Shape),
                    ["group"] = parameter.Group.ToString().ToLowerInvariant(),
                }
            );
        var sizes = new JsonObject();
        foreach (var file in files)
            sizes[file.Name] = file.Length;
        var metrics = new JsonObject();
        foreach (var (name, value) in predictor.Card.Metrics)
            metrics[name] = Json.Number(value);
        return new JsonObject
        {
            ["bundle"] = folder,
            ["firnVersion"] = predictor.Card.FirnVersion,
            ["labels"] = Json.Array(predictor.Labels),
            ["threshold"] = Json.Number(predictor.Threshold),
            ["abstainBelow"] = predictor.AbstainBelow is { } least ? Json.Number(least) : null,
            ["neutral"] = predictor.Neutral is { } band
                ? new JsonObject
                {
                    ["low"] = Json.Number(band.Low),
                    ["high"] = Json.Number(band.High),
                    ["label"] = band.Label,
                }
                : null,
            ["words"] = predictor.Vocabulary.Count - 1,
            ["layers"] = layers,
            ["weights"] = weights,
            ["parameters"] = new JsonObject
            {
                ["total"] = model.Total,
                ["trained"] = model.Trained,
                ["frozen"] = model.Frozen,
            },
            ["files"] = sizes,
            ["data"] = new JsonObject
            {
                ["description"] = predictor.Card.Data.Description,
                ["rows"] = predictor.Card.Data.Rows,
                ["sha256"] = predictor.Card.Data.Sha256,
                ["reading"] = predictor.Card.Data.Reading is { } reading ? CorpusView.AsJson(reading) : null,
            },
            ["metrics"] = metrics,
            ["training"] = predictor.Card.Training is { } training ? JsonNode.Parse(training.GetRawText()) : null,
        };
    }
}
