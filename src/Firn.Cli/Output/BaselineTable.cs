using System.Globalization;
using System.Text.Json.Nodes;
using Firn.Baselines;
using Firn.Evaluation;

namespace Firn.Cli.Output;

/// <summary>The cheap models beside the trained one.</summary>
internal static class BaselineTable
{
    /// <summary>Prints; the trained model stands last.</summary>
    public static void Print(
        Terminal terminal,
        IReadOnlyList<BaselineResult> baselines,
        EvaluationReport model,
        double seconds
    )
    {
        Tables.Write(
            terminal,
            "beside the baselines",
            [
                "",
                model.MultiLabel is null ? ">accuracy" : ">all labels right",
                ">AUC",
                ">macro F1",
                ">seconds",
                ">bytes",
            ],
            [
                .. baselines.Select(b => Row(b.Name, b.Test, b.Seconds, Sizes.Bytes(b.Bytes))),
                Row("this model", model, seconds, ""),
            ]
        );
    }

    public static JsonArray AsJson(IReadOnlyList<BaselineResult> baselines) =>
        new([
            .. baselines.Select(b =>
                (JsonNode)
                    new JsonObject
                    {
                        ["name"] = b.Name,
                        ["accuracy"] = Json.Number(b.Test.Accuracy),
                        ["rocAuc"] = b.Test.RocAuc is { } area ? Json.Number(area) : null,
                        ["macroF1"] = Json.Number(b.Test.MacroF1),
                        ["macroRecall"] = Json.Number(b.Test.MacroRecall),
                        ["microF1"] = b.Test.MultiLabel is { } several ? Json.Number(several.MicroF1) : null,
                        ["seconds"] = Json.Number(Math.Round(b.Seconds, 3)),
                        ["bytes"] = b.Bytes,
                    }
            ),
        ]);

    private static string[] Row(string name, EvaluationReport report, double seconds, string bytes) =>
        [
            name,
            Figure(report.Accuracy),
            report.RocAuc is { } area ? Figure(area) : "",
            Figure(report.MacroF1),
            seconds.ToString("0.0", CultureInfo.InvariantCulture),
            bytes,
        ];

    private static string Figure(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
}
