using System.Globalization;
using System.Text.Json.Nodes;
using Firn.Recipes;

namespace Firn.Cli.Output;

/// <summary>A forecast of memory, stage by stage.</summary>
internal static class MemoryTable
{
    private static readonly (string Name, string Key, Func<StageMemory, long> Of)[] Parts =
    [
        ("runtime", "runtime", s => s.Runtime),
        ("input data", "inputData", s => s.InputData),
        ("vectors", "wordVectors", s => s.WordVectors),
        ("weights", "weights", s => s.Weights),
        ("copies", "copies", s => s.Copies),
        ("gradients", "gradients", s => s.Gradients),
        ("optimizer", "optimizerState", s => s.OptimizerState),
        ("workspace", "workspace", s => s.Workspace),
        ("together", "total", s => s.Total),
    ];

    /// <summary>Writes a table, or one JSON object.</summary>
    public static void Write(Terminal terminal, MemoryForecast forecast, bool json)
    {
        if (json)
        {
            Json.Write(terminal, AsJson(forecast));
            return;
        }
        Tables.Write(
            terminal,
            null,
            ["MB", .. Parts.Select(part => $">{part.Name}")],
            forecast.Stages.Select(stage => (string[])[stage.Name, .. Parts.Select(part => Megabytes(part.Of(stage)))])
        );
        terminal.Out.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"peak  {Sizes.Bytes(forecast.Peak)}, in: {forecast.Largest.Name}"
            )
        );
        foreach (string line in Savings(forecast))
            terminal.Out.WriteLine(line);
    }

    /// <summary>What the schedule saves beside training everything at once.</summary>
    private static IEnumerable<string> Savings(MemoryForecast forecast)
    {
        long most = forecast.Trained.Max();
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"trains {most:N0} of {forecast.Parameters:N0} parameters at once; "
        )
            + $"Adam's state is {Sizes.Bytes(MemoryForecast.OptimizerBytes(most))}, of all it would be "
            + $"{Sizes.Bytes(MemoryForecast.OptimizerBytes(forecast.Parameters))}";
    }

    private static JsonObject AsJson(MemoryForecast forecast) =>
        new()
        {
            ["peakBytes"] = forecast.Peak,
            ["largest"] = forecast.Largest.Name,
            ["parameters"] = forecast.Parameters,
            ["trained"] = new JsonArray([.. forecast.Trained.Select(n => (JsonNode)n)]),
            ["stages"] = new JsonArray([
                .. forecast.Stages.Select(stage =>
                {
                    var described = new JsonObject { ["name"] = stage.Name };
                    foreach (var (_, key, of) in Parts)
                        described[key] = of(stage);
                    return (JsonNode)described;
                }),
            ]),
        };

    private static string Megabytes(long bytes) =>
        bytes == 0 ? "" : (bytes / 1e6).ToString("0.0", CultureInfo.InvariantCulture);
}
